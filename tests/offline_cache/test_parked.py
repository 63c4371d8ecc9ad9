"""Events that the hub could not use stay on the lane's status until the hub has found a use for them."""

from pathlib import Path

import pytest

from offline_cache.board import StatusBoard
from offline_cache.status import RefusedEvent, read_status

COFFEE = RefusedEvent(5, "this hub does not know events of kind 'coffee.made'")


@pytest.fixture
def board(tmp_path: Path) -> StatusBoard:
    board = StatusBoard(tmp_path)
    board.refused((COFFEE,))
    return board


def beat(board: StatusBoard, *counts: int | None) -> None:
    for count in counts:
        board.parked(count)


@pytest.mark.parametrize("counts", [(1,) * 50, (None,) * 50, (0,) * 11, (*((0,) * 11), 1, *((0,) * 11))])
def test_they_stay_while_the_hub_may_still_have_them_parked(tmp_path, board, counts):
    beat(board, *counts)
    assert read_status(tmp_path).refused == (COFFEE,)


def test_they_go_once_the_hub_has_none_parked_for_some_minutes(tmp_path, board):
    beat(board, *(0,) * 12)
    assert read_status(tmp_path).refused == ()


def test_one_that_is_parked_meanwhile_is_not_lost(tmp_path, board):
    beat(board, *(0,) * 11)
    later = RefusedEvent(9, "no such line")
    board.refused((later,))
    beat(board, *(0,) * 11)
    assert read_status(tmp_path).refused == (COFFEE, later)

"""What one thread does with pictures: the codes, the picture for the screen, the torch."""

import pytest

from hardware.aim import MIDDLE
from hardware.camera_picture import CameraPicture
from hardware.lookout import Lookout, Sight
from hardware.shot import Shot
from hardware.sightings import Patience
from hardware.watcher import Pace
from tests.hardware.drawn import ean13, picture

MILK = "6901234567892"
MAT, PACK = picture(), ean13(MILK)


class Bench:
    def __init__(self) -> None:
        self.codes: list[str] = []
        self.pictures: list[CameraPicture] = []
        sight = Sight(frozenset({"EAN13"}), MIDDLE, Pace(), Patience())
        self.lookout = Lookout(sight, lambda code, _: self.codes.append(code.text), self.pictures.append)
        self.now = 0.0

    def show(self, grey, seconds: float) -> list[bool]:
        """Whether it asked for light, picture by picture."""
        light = []
        for _ in range(round(seconds * 30)):
            self.now += 1 / 30
            self.lookout.look(Shot(grey), self.now)
            light.append(self.lookout.wants_light(self.now))
        return light


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.lookout.close()


def test_the_screen_gets_few_pictures_of_a_mat_and_at_most_twelve_a_second_of_what_is_held_up(bench) -> None:
    bench.show(MAT, 2)
    assert len(bench.pictures) <= 9
    bench.pictures.clear()
    bench.show(PACK, 1)
    assert 8 <= len(bench.pictures) <= 13
    assert bench.codes == [MILK]


def test_the_picture_in_which_a_code_counts_is_shown_at_once(bench) -> None:
    bench.show(MAT, 2)
    bench.pictures.clear()
    for _ in range(4):
        bench.show(PACK, 1 / 30)
        if bench.codes:
            break
    assert [found.counted for found in bench.pictures[-1].found] == [True]


def test_a_picture_is_small_and_says_where_the_zone_is(bench) -> None:
    bench.show(PACK, 0.1)
    grey = bench.pictures[0].grey
    assert grey is not None
    assert grey.shape == (270, 480)
    assert bench.pictures[0].zone == MIDDLE
    assert bench.pictures[0].jpeg()[:2] == b"\xff\xd8"


def test_the_screen_is_told_that_the_camera_is_away(bench) -> None:
    bench.lookout.away()
    assert (bench.pictures[-1].grey, bench.pictures[-1].jpeg()) == (None, b"")


def test_light_is_asked_for_in_the_dark_while_something_is_held_up_and_a_moment_longer(bench) -> None:
    bench.show(MAT, 2)
    assert not any(bench.show(PACK, 0.5))
    bench.show(MAT // 8, 3)
    bench.show(MAT // 8, 6)
    assert bench.show(PACK // 8, 0.2)[-1]
    assert all(bench.show(PACK, 7))  # lit by the torch itself: that must not put it out
    assert bench.show(MAT // 8, 12)[-1] is False

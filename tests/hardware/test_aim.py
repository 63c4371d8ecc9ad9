"""Several codes in one picture: the one that the shopper aims at."""

import pytest

from hardware.aim import MIDDLE
from hardware.code import Box, Code
from hardware.sightings import Sightings

FRAME_S = 1 / 30
CENTRE, BESIDE, CORNER, OTHER_CORNER = (0.5, 0.5), (0.3, 0.5), (0.05, 0.05), (0.95, 0.95)
MILK, PLUMS, LINK = "6901234567892", "4006381333931", "https://example.com/milk"


def at(place: tuple[float, float], text: str, symbology: str = "EAN13") -> Code:
    column, row = place
    return Code(text, symbology, Box(column - 0.05, row - 0.05, column + 0.05, row + 0.05).corners, sure=True)


class Lane:
    def __init__(self) -> None:
        self.sightings = Sightings(zone=MIDDLE)
        self.now = 0.0

    def shows(self, *codes: Code, seconds: float = FRAME_S) -> list[str]:
        counted = []
        for _ in range(round(seconds / FRAME_S)):
            self.now += FRAME_S
            counted += [code.text for code in self.sightings.see(codes, self.now)]
        return counted


@pytest.fixture
def lane() -> Lane:
    return Lane()


def test_of_two_in_the_zone_the_one_nearest_to_its_middle_counts_and_the_other_does_not(lane) -> None:
    assert lane.shows(at(BESIDE, PLUMS), at(CENTRE, MILK), seconds=3) == [MILK]


def test_what_lies_outside_the_zone_does_not_count_beside_one_inside(lane) -> None:
    assert lane.shows(at(CORNER, PLUMS), at(BESIDE, MILK), seconds=3) == [MILK]


def test_a_code_all_alone_outside_the_zone_counts_after_a_moment(lane) -> None:
    assert lane.shows(at(CORNER, MILK), seconds=0.2) == []
    assert lane.shows(at(CORNER, MILK), seconds=0.5) == [MILK]


def test_a_code_alone_outside_that_is_not_read_in_each_look_counts_all_the_same(lane) -> None:
    counted = []
    for _ in range(10):
        counted += lane.shows(at(CORNER, MILK)) + lane.shows(seconds=2 * FRAME_S)
    assert counted == [MILK]


def test_of_several_outside_none_counts_until_one_is_brought_into_the_zone(lane) -> None:
    assert lane.shows(at(CORNER, MILK), at(OTHER_CORNER, PLUMS), seconds=3) == []
    assert lane.shows(at(CENTRE, MILK), at(OTHER_CORNER, PLUMS), seconds=1) == [MILK]


def test_what_comes_later_is_not_held_up_by_what_lies_in_the_middle(lane) -> None:
    assert lane.shows(at(CENTRE, MILK), seconds=1) == [MILK]
    assert lane.shows(at(CENTRE, MILK), at(BESIDE, PLUMS), seconds=0.1) == [PLUMS]


def test_the_next_code_of_a_sheet_counts_when_it_is_aimed_at_for_a_while(lane) -> None:
    assert lane.shows(at(CENTRE, MILK), at(BESIDE, PLUMS), seconds=1) == [MILK]
    assert lane.shows(at(CORNER, MILK), at(CENTRE, PLUMS), seconds=0.2) == []
    assert lane.shows(at(CORNER, MILK), at(CENTRE, PLUMS), seconds=0.5) == [PLUMS]


def test_what_was_passed_over_does_not_count_when_it_is_the_last_to_leave(lane) -> None:
    assert lane.shows(at(CENTRE, MILK), at(CORNER, PLUMS), seconds=1) == [MILK]
    assert lane.shows(at(CORNER, PLUMS), seconds=2) == []


def test_an_article_number_counts_before_a_link_that_is_nearer(lane) -> None:
    assert lane.shows(at(CENTRE, LINK, "QR"), at(BESIDE, MILK), seconds=3) == [MILK]


def test_a_link_alone_in_the_zone_counts(lane) -> None:
    assert lane.shows(at(CENTRE, LINK, "QR")) == [LINK]

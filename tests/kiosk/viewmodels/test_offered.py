"""What a lane is called, which languages it offers, and the line whose quantity is asked for."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from kiosk.services.lane_view import LaneActions
from kiosk.services.texts import Texts
from kiosk.viewmodels.lane import LaneViewModel
from tests.kiosk.qml.pay_views import BASE
from tests.kiosk.viewmodels.shown import as_qml

TEXTS = Texts.load()


class Asked:
    """Notes each act with its arguments."""

    def __init__(self) -> None:
        self.acts: list[tuple[object, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args: self.acts.append((name, *args))


@pytest.fixture
def asked() -> Asked:
    return Asked()


def model(asked: Asked, languages: tuple[str, ...] = ()) -> LaneViewModel:
    return LaneViewModel(cast("LaneActions", asked), TEXTS, languages=languages)


@pytest.mark.parametrize(
    ("lane", "shown"),
    [("3", "Till 3"), ("lane-1", "Till 1"), ("LANE07", "Till 7"), ("Bakery", "Bakery"), ("9-2", "9-2"), ("", "")],
)
def test_a_number_is_said_with_a_word_and_a_name_is_left_alone(asked, qapp, lane, shown):
    shows = model(asked)
    shows.show(replace(BASE, lane=lane, language="en"))
    assert shows.property("laneName") == shown


@pytest.mark.parametrize(
    ("languages", "offered"),
    [
        ((), list(TEXTS.languages)),
        (("en", "zh-TW"), ["en", "zh-TW"]),
        (("zh-TW", "xx"), ["zh-TW"]),
        (("xx",), list(TEXTS.languages)),
    ],
)
def test_only_languages_that_the_shop_wants_and_we_have_are_offered(asked, qapp, languages, offered):
    shows = model(asked, languages)
    assert [one["tag"] for one in shows.property("languages")] == offered
    assert shows.property("language") == offered[0]


def test_a_quantity_is_asked_of_a_line_that_is_counted(asked, qapp):
    shows = model(asked)
    shows.show(replace(BASE, language="en"))
    shows.openQuantity(5)
    assert as_qml(shows.basket).property("editedName") == "Spring water 1.5\u00a0l"
    shows.typed("1")
    shows.typed("x")
    shows.typed("２")
    shows.typed("2")
    shows.enterQuantity()
    assert asked.acts[-1] == ("set_quantity", 5, 12)
    assert shows.property("sheet") == ""


@pytest.mark.parametrize("line", [2, 99])
def test_a_weighed_line_or_none_has_no_quantity_to_ask_for(asked, qapp, line):
    shows = model(asked)
    shows.show(replace(BASE, language="en"))
    shows.openQuantity(line)
    shows.typed("4")
    shows.enterQuantity()
    assert as_qml(shows.basket).property("editedLine") == 0
    assert all(act[0] != "set_quantity" for act in asked.acts)


def test_the_names_language_follows_while_a_quantity_is_asked(asked, qapp):
    shows = model(asked)
    shows.show(replace(BASE, language="en"))
    shows.openQuantity(5)
    shows.show(replace(BASE, language="zh-CN"))
    assert as_qml(shows.basket).property("editedName").startswith("山泉水")

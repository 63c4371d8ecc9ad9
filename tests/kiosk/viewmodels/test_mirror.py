"""A mirror emits on change only, and for what changed only."""

import pytest
from PySide6.QtCore import Signal

from kiosk.services.lane_view import LaneView
from kiosk.viewmodels.mirror import Mirror, picture_address
from tests.kiosk.viewmodels.shown import changes

pytestmark = pytest.mark.usefixtures("qapp")


class Two(Mirror):
    firstChanged = Signal()  # noqa: N815 - as in the view-models
    secondChanged = Signal()  # noqa: N815


def test_a_new_value_is_there_when_its_signal_comes() -> None:
    two = Two(first=1, second="a")
    seen: list[object] = []
    two.firstChanged.connect(lambda: seen.append(two.value("first")))
    two.put(first=2)
    assert seen == [2]


def test_the_same_value_is_silent() -> None:
    two = Two(first=1, second="a")
    with changes(two) as said:
        two.put(first=1, second="b")
    assert said == ["second"]


def test_a_name_that_is_no_property_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        Two(first=1, second="a").put(third=3)


@pytest.mark.parametrize(
    ("root", "name", "address"), [("file:///p/", "milk", "file:///p/milk"), ("", "milk", ""), ("file:///p/", "", "")]
)
def test_a_picture_needs_a_name_and_a_place(root: str, name: str, address: str) -> None:
    assert picture_address(LaneView(picture_root=root), name) == address

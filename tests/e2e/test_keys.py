"""Keys typed a millisecond apart into the running lane: any layout, any suffix, every shortcut.

Codes are read; nothing else ever happens: no screen, no act, no window of another.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.virtual_screen import NEEDED, LaneOnScreen, VirtualScreen, virtual_screen, wait

pytestmark = pytest.mark.skipif(bool(NEEDED), reason=f"not installed: {', '.join(NEEDED)}")

GS1 = "010952123454321010A"
LAYOUTS = ("us", "fr", "de", "ru", "cn", "dvorak")
MODIFIERS = ("", "ctrl+", "alt+", "super+", "ctrl+alt+", "ctrl+shift+")
PLACES = range(9, 256)
A_LANES_ACTS = {"basket.started", "line.unknown"}


@pytest.fixture(scope="module")
def screen() -> Iterator[VirtualScreen]:
    with virtual_screen() as screen:
        yield screen


def test_codes_are_read_and_nothing_else_happens(screen: VirtualScreen, tmp_path: Path) -> None:
    with screen.lane(tmp_path) as lane:
        _on_any_layout(screen, lane)
        _with_any_end(screen, lane)
        _a_gs1_message(screen, lane)
        _whatever_the_scanner_is_made_to_type(screen, lane)
        assert lane.end() == 0


def _on_any_layout(screen: VirtualScreen, lane: LaneOnScreen) -> None:
    for number, layout in enumerate(LAYOUTS):
        screen.layout(layout)
        for code in (
            f"69000000000{number:02}",
            f"SGX-{layout.upper()}-0A1B{number}",
            f"{layout.upper()}/1?b=C&d={number}",
        ):
            screen.scan(code)
            lane.wait_for(code)
    screen.layout("us")


def _with_any_end(screen: VirtualScreen, lane: LaneOnScreen) -> None:
    for number, end in enumerate(("Return", "Tab", "KP_Enter", "ctrl+m", "Down", "F12", "Escape", "shift+Tab", "")):
        codes = [f"70000000{number:02}{piece:03}" for piece in range(2)]
        for code in codes:
            screen.scan(code, end)
            if not end:
                lane.wait_for(code)
        for code in codes:
            lane.wait_for(code)
    assert lane.codes()[-2:] == ["7000000008000", "7000000008001"]


def _a_gs1_message(screen: VirtualScreen, lane: LaneOnScreen) -> None:
    """Its separator as Ctrl and ], as F8, and as a number on the keypad with Alt."""
    for number, separator in enumerate((["ctrl+35"], ["F8"], None)):
        lot = f"]C1{GS1}{number}"
        if separator is None:
            screen.scan(lot, "")
            screen.run("xdotool", "keydown", "Alt_L", "key", "--delay", "1", "90", "88", "81", "keyup", "Alt_L")
            screen.scan("21X")
        else:
            screen.scan(lot, separator[0])
            screen.scan("21X")
        lane.wait_for(f"{lot[3:]}·21X")  # so the journal writes the separator


def _whatever_the_scanner_is_made_to_type(screen: VirtualScreen, lane: LaneOnScreen) -> None:
    for number, modifiers in enumerate(MODIFIERS):
        screen.keys(*(f"{modifiers}{place}" for place in PLACES))
        code = f"710000000000{number}"
        screen.keys("Return")
        screen.scan(code)
        lane.wait_for(code)
        assert lane.has_the_screen
    assert {kind for kind, _ in lane.events()} <= A_LANES_ACTS


def test_where_the_scanner_is_no_keyboard_no_keys_are_a_code(screen: VirtualScreen, tmp_path: Path) -> None:
    more = (
        '[[scanners]]\nname = "hand"\nkind = "hid"\nsource = "ffff:fffe"\n[[scanners]]\nname = "rig"\nkind = "socket"\n'
    )
    with screen.lane(tmp_path, more + 'source = "rig.socket"\n') as lane:
        wait(lambda: any(kind == "device.fault" for kind, _ in lane.events()), "the scanner's fault")
        for number in range(3):
            screen.scan(f"720000000000{number}")
        assert lane.end() == 0
        assert lane.codes() == []

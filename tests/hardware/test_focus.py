"""A picture that the hand's motion has blurred is passed over, but never two in a row."""

import numpy as np

from hardware.focus import Focus, sharpness
from hardware.opencv import Grey, cv2
from tests.hardware.drawn import ean13

SHARP = ean13("6901234567892")
BLURRED = np.asarray(cv2.blur(SHARP, (25, 3)), np.uint8)


def moved(focus: Focus, picture: Grey) -> bool:
    focus.moves()
    return focus.is_worth_a_search(picture)


def test_lines_are_sharper_than_what_motion_makes_of_them() -> None:
    assert sharpness(BLURRED) < 0.5 * sharpness(SHARP)
    assert sharpness(SHARP[:8, :8]) == 0.0


def test_a_blurred_picture_after_a_sharp_one_is_passed_over_once() -> None:
    focus = Focus()
    assert moved(focus, SHARP)
    assert [moved(focus, BLURRED) for _ in range(4)] == [False, True, False, True]


def test_what_does_not_move_is_searched_however_blurred() -> None:
    focus = Focus()
    moved(focus, SHARP)
    assert focus.is_worth_a_search(BLURRED)


def test_who_holds_all_pictures_badly_is_not_measured_by_a_sharp_one_for_long() -> None:
    focus = Focus()
    moved(focus, SHARP)
    assert [moved(focus, BLURRED) for _ in range(12)][-4:] == [True] * 4

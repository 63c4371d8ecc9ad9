"""EAN-13 read from bars that run into each other."""

import numpy as np
import pytest

from hardware.decoding.ean_reader import read_bars
from hardware.opencv import Grey, cv2
from tests.hardware.drawn import ean13_bars, itf_bars

COLUMNS = 4


def out_of_focus(bars: str, modules: float) -> Grey:
    line = np.repeat(np.array([40 if bit == "1" else 200 for bit in "0" * 11 + bars + "0" * 11], np.uint8), COLUMNS)
    noise = np.random.default_rng(3).normal(0, 3, (16, line.size))
    blurred = cv2.GaussianBlur(np.tile(line, (16, 1)).astype(np.float32), (0, 0), modules * COLUMNS)
    return np.clip(blurred + noise, 0, 255).astype(np.uint8)


ENDS = (11.0 * COLUMNS - 6, 106.0 * COLUMNS + 9)


@pytest.mark.parametrize("text", ["6901234567892", "4006381333931", "0036000291452"])
@pytest.mark.parametrize("modules", [0.4, 0.6])
def test_bars_that_run_into_each_other_are_still_those_of_one_code(text, modules) -> None:
    read = read_bars(out_of_focus(ean13_bars(text), modules), ENDS, tries=4)
    assert read is not None
    assert read[0] == text


def test_a_code_upside_down_is_read() -> None:
    read = read_bars(np.ascontiguousarray(out_of_focus(ean13_bars("6901234567892"), 0.8)[:, ::-1]), ENDS, tries=4)
    assert read is not None
    assert read[0] == "6901234567892"


def test_what_is_blurred_beyond_reading_is_not_guessed() -> None:
    assert read_bars(out_of_focus(ean13_bars("6901234567892"), 2.6), ENDS, tries=4) is None


@pytest.mark.parametrize("bars", [itf_bars("1540014128876315"), "10" * 47 + "1", "1100" * 24])
def test_other_bars_are_no_ean(bars) -> None:
    assert read_bars(out_of_focus(bars, 0.6), ENDS, tries=4) is None


def test_a_code_without_a_right_check_digit_is_not_bent_to_one() -> None:
    assert read_bars(out_of_focus(ean13_bars("6901234567893"), 0.6), ENDS, tries=4) is None

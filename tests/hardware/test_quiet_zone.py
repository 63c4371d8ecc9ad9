"""A whole Interleaved 2 of 5 is told from a part of a longer one by what lies beside it."""

import numpy as np
import pytest
import zxingcpp

from hardware.decoding.quiet_zone import is_whole
from hardware.opencv import Grey, cv2

SCALE, TEXT = 4, "59640235925639"


def drawn(text: str = TEXT) -> tuple[Grey, tuple[float, float], tuple[float, float]]:
    """The code on white paper, and the columns and rows between which its bars stand."""
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.ITF).to_image(scale=SCALE, add_quiet_zones=False)
    paper = cv2.copyMakeBorder(np.array(symbol, np.uint8), 60, 60, 80, 80, cv2.BORDER_CONSTANT, value=(255,))
    dark = np.argwhere(np.asarray(paper) < 128)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0) + 1
    return np.asarray(paper, np.uint8), (float(left), float(right)), (float(top), float(bottom))


def box(columns: tuple[float, float], rows: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    (left, right), (top, bottom) = columns, rows
    return (left, top), (right, top), (right, bottom), (left, bottom)


@pytest.mark.parametrize("text", ["070429", "0829220875", TEXT])
def test_a_whole_code_on_paper_is_whole(text: str) -> None:
    paper, columns, rows = drawn(text)
    assert is_whole(paper, box(columns, rows), len(text))


def test_a_blurred_code_in_a_shadow_is_whole() -> None:
    paper, columns, rows = drawn()
    shadow = np.linspace(0.6, 1.0, paper.shape[1], dtype=np.float32)
    seen = cv2.GaussianBlur(paper, (0, 0), 0.4 * SCALE) * shadow * 0.7 + 40
    assert is_whole(np.asarray(seen, np.uint8), box(columns, rows), len(TEXT))


@pytest.mark.parametrize("part", [(0.0, 0.55), (0.45, 1.0), (0.2, 0.8)])
def test_a_part_of_a_longer_one_is_not(part: tuple[float, float]) -> None:
    paper, (left, right), rows = drawn()
    columns = left + part[0] * (right - left), left + part[1] * (right - left)
    assert not is_whole(paper, box(columns, rows), 8)


def test_a_line_that_leaves_the_code_over_its_upper_edge_is_not() -> None:
    paper, (left, right), (top, _) = drawn()
    middle = (left + right) / 2
    assert not is_whole(paper, box((middle, right), (top - 0.5, top + 0.5)), 6)


def test_a_finger_beside_the_bars_is_no_paper() -> None:
    paper, (left, right), rows = drawn()
    hidden = paper.copy()
    hidden[:, : int((left + right) / 2)] = 120
    assert not is_whole(hidden, box(((left + right) / 2, right), rows), 6)


def test_more_bars_than_its_digits_have_are_of_another_code() -> None:
    paper, columns, rows = drawn()
    assert not is_whole(paper, box(columns, rows), 6)

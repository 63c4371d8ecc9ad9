"""Where bars are in a picture, and which way they are to be read."""

from math import degrees

import numpy as np
import pytest

from hardware.decoding.cutout import Cutter
from hardware.decoding.locator import Locator, Region
from hardware.opencv import Grey, cv2
from tests.hardware.drawn import ean13


def turned(angle: float, columns: int = 640, rows: int = 480) -> Grey:
    there = cv2.getRotationMatrix2D((320, 180), -angle, 1.0)
    there[:, 2] += np.array([(columns - 640) / 2, (rows - 360) / 2])
    return np.asarray(cv2.warpAffine(ean13("6901234567892"), there, (columns, rows), borderValue=(225.0,)), np.uint8)


def strongest(grey: Grey) -> Region:
    return Locator().regions(grey)[0]


@pytest.mark.parametrize("angle", [-80, -30, 0, 12, 45, 75])
def test_bars_are_found_whichever_way_they_lie(angle) -> None:
    region = strongest(turned(angle))
    assert (region.column, region.row) == pytest.approx((320, 240), abs=6)
    assert (degrees(region.angle) - angle + 90) % 180 - 90 == pytest.approx(0, abs=2)
    assert region.width == pytest.approx(95 * 3, abs=25)


def test_a_large_picture_is_searched_small_and_answered_in_its_own_pixels() -> None:
    large = cv2.resize(turned(0), None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)
    region = strongest(np.asarray(large, np.uint8))
    assert (region.column, region.row) == pytest.approx((1280, 960), abs=24)
    assert region.width == pytest.approx(4 * 95 * 3, abs=100)


def test_an_empty_mat_and_the_noise_of_a_camera_hold_nothing() -> None:
    noise = np.clip(np.random.default_rng(1).normal(200, 3, (720, 1280)), 0, 255).astype(np.uint8)
    locator = Locator()
    assert (locator.regions(noise), locator.texture) == ((), None)


def test_what_has_edges_of_all_directions_is_told_apart_from_bars() -> None:
    grey = np.full((480, 640), 225, np.uint8)
    squares = np.random.default_rng(2).integers(0, 2, (25, 25), np.uint8) * 200
    grey[100:300, 200:400] = np.kron(squares, np.ones((8, 8), np.uint8))
    locator = Locator()
    locator.regions(grey)
    assert locator.texture is not None
    rows, columns = locator.texture
    assert rows.start < 110
    assert rows.stop > 290
    assert columns.start < 210
    assert columns.stop > 390


@pytest.mark.parametrize("angle", [0, 25, -60])
def test_a_cutout_has_its_bars_upright_and_knows_where_it_was(angle) -> None:
    grey = turned(angle)
    region = strongest(grey)
    cutout = Cutter(grey).cut(region, least=400, rows=24)
    upright = cutout.grey[8:-8].astype(np.float64)
    assert upright.std(axis=0).mean() < 20
    rows, columns = cutout.grey.shape
    ((column, row),) = cutout.in_picture(((columns / 2, rows / 2),))
    assert (column, row) == pytest.approx((region.column, region.row), abs=1)
    ((back, _),) = cutout.from_picture(((column, row),))
    assert back == pytest.approx(columns / 2)


def test_a_wide_region_is_cut_out_of_a_smaller_copy_so_that_no_bar_is_stepped_over() -> None:
    fine = np.full((300, 6000), 230, np.uint8)
    fine[:, 1000:5000:2] = 20
    cutout = Cutter(fine).cut(Region(3000, 150, 4400, 300, 0.0, 1.0), least=300, rows=24)
    assert 100 < int(cutout.grey[12, 600]) < 150, "the average of what is too fine, not now and then a bar"

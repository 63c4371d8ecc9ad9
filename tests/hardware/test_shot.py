"""Pictures as sources give them: small or whole, always the same luminance."""

import numpy as np
import pytest

from hardware.opencv import Grey, cv2
from hardware.shot import Shot
from tests.hardware.drawn import ean13

GREY = ean13("6901234567892", columns=1280, rows=720)
COLOUR = cv2.cvtColor(GREY, cv2.COLOR_GRAY2BGR)


def yuyv() -> np.ndarray:
    return np.dstack([GREY, np.full_like(GREY, 128)])


def nv12() -> np.ndarray:
    return np.vstack([GREY, np.full((360, 1280), 128, np.uint8)])


def jpeg() -> np.ndarray:
    return cv2.imencode(".jpg", GREY)[1].reshape(1, -1)


SOURCES = [(jpeg(), "MJPG"), (yuyv(), "YUYV"), (nv12(), "NV12"), (GREY, ""), (COLOUR, "")]


@pytest.mark.parametrize(("frame", "fourcc"), SOURCES, ids=["mjpeg", "yuyv", "nv12", "grey", "colour"])
def test_the_whole_picture_a_glance_and_a_small_one_show_the_same(frame, fourcc) -> None:
    for decoded in (False, True):
        shot = Shot(frame, fourcc)
        if decoded:
            assert np.abs(there(shot.grey()).astype(int) - GREY).mean() < 1.5
        for small in (there(shot.glance()), there(shot.reduced(480))):
            assert small.shape[1] < 1280
            cells = cv2.resize(small, (16, 9), interpolation=cv2.INTER_AREA).astype(int)
            assert np.abs(cells - cv2.resize(GREY, (16, 9), interpolation=cv2.INTER_AREA)).max() < 40
        assert there(shot.reduced(480)).shape[1] >= 480


def there(grey: Grey | None) -> Grey:
    assert grey is not None
    return grey


def test_only_mjpeg_tells_its_size() -> None:
    assert [Shot(frame, fourcc).compressed_size > 0 for frame, fourcc in SOURCES] == [True, False, False, False, False]


@pytest.mark.parametrize("frame", [np.zeros((1, 9), np.uint8), np.empty((0, 0, 3), np.uint8)])
def test_a_broken_picture_shows_nothing(frame) -> None:
    shot = Shot(frame)
    assert (shot.grey(), shot.glance(), shot.reduced(480)) == (None, None, None)


@pytest.mark.parametrize(("frame", "fourcc"), SOURCES, ids=["mjpeg", "yuyv", "nv12", "grey", "colour"])
def test_a_fingerprint_is_the_pictures_own(frame, fourcc) -> None:
    other = frame.copy()
    other[:, ::4] ^= 1
    assert Shot(frame, fourcc).fingerprint() == Shot(frame.copy(), fourcc).fingerprint()
    assert Shot(frame, fourcc).fingerprint() != Shot(other, fourcc).fingerprint()

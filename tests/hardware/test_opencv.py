"""OpenCV behind one door: Qt's environment stays ours, and grey is taken where the camera gives it."""

import os
import subprocess
import sys

import numpy as np
import pytest

from hardware.opencv import cv2, luminance, scaled, still

GREY = np.arange(48 * 64, dtype=np.uint8).reshape(48, 64)


def is_grey(picture: np.ndarray | None) -> bool:
    return picture is not None and np.array_equal(picture, GREY)


@pytest.mark.parametrize("before", [None, "/our/own/plug-ins"])
def test_loading_opencv_leaves_the_environment_of_qt_as_it_was(before) -> None:
    names = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    if before is not None:
        environment |= dict.fromkeys(names, before)
    program = f"import os, hardware.opencv; print([os.environ.get(name) for name in {names}])"
    answer = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == str([before, before])


def test_naming_a_camera_scanner_loads_no_opencv() -> None:
    program = "import sys, hardware.camera; print({'cv2', 'numpy', 'pyzbar'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


def test_the_luminance_of_yuyv_is_its_first_channel() -> None:
    yuyv = np.dstack([GREY, np.full_like(GREY, 128)])
    assert is_grey(luminance(yuyv))


def test_the_luminance_of_nv12_lies_above_its_colour() -> None:
    nv12 = np.vstack([GREY, np.full((24, 64), 128, np.uint8)])
    assert is_grey(luminance(nv12, "NV12"))


def test_a_row_of_bytes_is_a_jpeg() -> None:
    flat = np.full((48, 64), 200, np.uint8)
    whole, jpeg = cv2.imencode(".jpg", flat)
    assert whole
    grey = luminance(jpeg.reshape(1, -1))
    assert grey is not None
    assert (grey.shape, int(grey.mean())) == ((48, 64), 200)


def test_a_broken_jpeg_is_no_picture() -> None:
    assert luminance(np.zeros((1, 500), np.uint8)) is None
    assert luminance(np.zeros((0, 0), np.uint8)) is None


def test_grey_stays_grey() -> None:
    assert is_grey(luminance(GREY))
    assert is_grey(luminance(GREY[:, :, None]))


def test_colour_becomes_grey() -> None:
    assert is_grey(luminance(np.dstack([GREY, GREY, GREY])))


def test_scaling_keeps_the_shape() -> None:
    assert scaled(GREY, 32).shape == (24, 32)
    assert scaled(GREY, 64) is GREY


def test_a_file_that_is_no_picture_is_none(tmp_path) -> None:
    (tmp_path / "x.png").write_text("not a picture")
    assert still(str(tmp_path / "x.png")) is None

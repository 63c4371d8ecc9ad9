"""What the camera sees becomes addresses that an Image can show, on the Qt thread and never late."""

import base64
import threading

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from hardware.aim import MIDDLE
from hardware.camera_picture import CameraPicture, Found
from hardware.code import Box
from kiosk.viewmodels.camera import CameraViewModel

pytestmark = pytest.mark.usefixtures("qapp")
GREY = np.tile(np.linspace(0, 255, 480, dtype=np.uint8), (270, 1))
LEFT = Box(0.2, 0.4, 0.3, 0.6).corners
RIGHT = Box(0.7, 0.4, 0.8, 0.6).corners


def shown(*found: Found, grey: np.ndarray | None = GREY, mirrored: bool = False) -> CameraViewModel:
    model = CameraViewModel()
    model.expect(mirrored=mirrored)
    model.take(CameraPicture(grey, MIDDLE, found))
    QCoreApplication.processEvents()
    return model


def image(address: object) -> QImage:
    return QImage.fromData(base64.b64decode(str(address).partition("base64,")[2]))


def test_without_a_camera_nothing_is_there() -> None:
    model = CameraViewModel()
    assert (model.property("there"), model.property("away"), model.property("picture")) == (False, False, "")


def test_a_picture_is_shown_in_its_own_shape() -> None:
    model = shown()
    assert model.property("there")
    assert model.property("aspect") == pytest.approx(16 / 9, abs=0.001)
    picture = image(model.property("picture"))
    assert (picture.width(), picture.height()) == (480, 270)
    assert picture.pixelColor(10, 100).red() < 30
    assert picture.pixelColor(470, 100).red() > 225


def test_the_overlay_dims_what_is_outside_the_zone_and_outlines_what_was_found() -> None:
    overlay = image(shown(Found(LEFT, counted=True)).property("overlay"))
    wide, high = overlay.width(), overlay.height()
    assert overlay.pixelColor(int(wide * 0.05), high // 2).alpha() > 80
    assert overlay.pixelColor(wide // 2, high // 2).alpha() == 0
    green = overlay.pixelColor(int(wide * 0.2), int(high * 0.5))
    assert green.alpha() == 255
    assert green.green() > 2 * green.red()


def test_a_mirrored_picture_has_its_outlines_mirrored_and_its_zone_too() -> None:
    overlay = image(shown(Found(LEFT, counted=True), mirrored=True).property("overlay"))
    assert overlay.pixelColor(int(overlay.width() * 0.8), overlay.height() // 2).alpha() == 255
    assert overlay.pixelColor(int(overlay.width() * 0.2), overlay.height() // 2).alpha() < 255


@pytest.mark.parametrize(
    ("found", "hint"),
    [
        ((), ""),
        ((Found(LEFT, counted=False),), ""),
        ((Found(LEFT, counted=False), Found(RIGHT, counted=False)), "several"),
        ((Found(LEFT, counted=True), Found(RIGHT, counted=False)), "counted"),
    ],
)
def test_the_hint_says_when_several_codes_wait_for_the_shopper(found, hint) -> None:
    assert shown(*found).property("hint") == hint


def test_a_camera_that_is_away_leaves_no_old_picture() -> None:
    model = shown(Found(LEFT, counted=False), Found(RIGHT, counted=False))
    model.take(CameraPicture(None, MIDDLE))
    QCoreApplication.processEvents()
    values = [model.property(name) for name in ("away", "picture", "overlay", "hint")]
    assert values == [True, "", "", ""]
    model.take(CameraPicture(GREY, MIDDLE))
    QCoreApplication.processEvents()
    assert not model.property("away")


def test_pictures_from_a_device_thread_are_shown_on_the_qt_thread_and_only_the_newest() -> None:
    model = CameraViewModel()
    threads: list[threading.Thread] = []
    model.pictureChanged.connect(lambda: threads.append(threading.current_thread()))

    def take_five() -> None:
        for more in range(5):
            model.take(CameraPicture(GREY[: 200 + more], MIDDLE))

    taker = threading.Thread(target=take_five)
    taker.start()
    taker.join()
    QCoreApplication.processEvents()
    assert image(model.property("picture")).height() == 204
    assert threads == [threading.main_thread()]

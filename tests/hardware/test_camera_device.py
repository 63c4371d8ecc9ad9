"""A V4L2 camera: a recording stands in for the device, which a test machine lacks; the same calls into OpenCV."""

from pathlib import Path

import numpy as np
import pytest

from hardware.camera_device import CameraPictures
from hardware.camera_place import CameraPlace
from hardware.errors import DeviceBusy, DeviceLost
from hardware.opencv import Grey, cv2
from tests.hardware.drawn import ean13, write_video

MILK = ean13("6901234567892")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    write_video(tmp_path / "film.avi", [np.roll(MILK, shift, 1) for shift in range(3)])
    return tmp_path / "film.avi"


def camera_of(film: Path, frozen_s: float = 5.0) -> CameraPictures:
    place = CameraPlace(str(film), "camera")
    return CameraPictures(place, "camera", columns=640, backend=cv2.CAP_FFMPEG, frozen_s=frozen_s)


def test_a_camera_gives_grey_pictures_until_it_is_lost(film) -> None:
    camera = camera_of(film)
    assert camera.open() == f"camera at {film}, 640x360 MJPG, 30 pictures a second"
    for _ in range(3):
        camera.advance()
        shot = camera.current()
        assert shot is not None
        grey = shot.grey()
        assert grey is not None
        assert (grey.shape, grey.dtype) == ((360, 640), np.dtype(np.uint8))
    with pytest.raises(DeviceLost, match=r"camera: .*film\.avi gives no more pictures"):
        camera.advance()
    camera.close()


def test_a_closed_camera_gives_nothing_and_opens_again(film) -> None:
    camera = camera_of(film)
    camera.open()
    camera.close()
    camera.close()
    assert camera.current() is None
    with pytest.raises(DeviceLost):
        camera.advance()
    camera.open()
    camera.advance()
    assert camera.current() is not None
    camera.close()


def test_what_is_no_camera_does_not_open_as_one(tmp_path) -> None:
    (tmp_path / "video0").write_text("no camera")
    place = CameraPlace(str(tmp_path / "video0"), "camera")
    with pytest.raises(DeviceBusy, match="if it is a camera at all"):
        CameraPictures(place, "camera", columns=640).open()


def test_a_camera_that_shows_the_same_picture_for_ever_is_lost_also_when_it_is_opened_again(tmp_path) -> None:
    film = lossless(tmp_path / "film.mkv", [MILK] * 4)
    camera = camera_of(film, frozen_s=1e-9)
    camera.open()
    camera.advance()
    for _ in range(2):
        with pytest.raises(DeviceLost, match="open its shutter or plug it in anew"):
            camera.advance()
        camera.close()
        camera.open()
    camera.close()


def test_a_camera_whose_pictures_differ_or_stand_still_for_a_moment_is_not_lost(tmp_path) -> None:
    moving = camera_of(
        lossless(tmp_path / "moving.mkv", [np.roll(MILK, shift, 1) for shift in range(4)]), frozen_s=1e-9
    )
    patient = camera_of(lossless(tmp_path / "still.mkv", [MILK] * 4), frozen_s=60.0)
    for camera in (moving, patient):
        camera.open()
        for _ in range(4):
            camera.advance()
        camera.close()


def lossless(path: Path, frames: list[Grey]) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), 30, (640, 360))
    for grey in frames:
        writer.write(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    writer.release()
    return path

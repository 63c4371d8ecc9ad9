"""Sources of pictures: what they give, and what they say when they cannot."""

from pathlib import Path

import numpy as np
import pytest

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.opencv import cv2
from hardware.pictures import CameraPictures, Hold, StillPictures, VideoPictures, pictures_from
from tests.hardware.drawn import ean13, write_video


def no_pause(_: float) -> None:
    """Plays as fast as it can."""


@pytest.fixture
def film(tmp_path: Path) -> Path:
    write_video(tmp_path / "film.avi", [ean13("6901234567892")] * 3)
    return tmp_path / "film.avi"


def recorded_camera(film: Path) -> CameraPictures:
    """A recording in place of the V4L2 device, which a test machine lacks: the same calls into OpenCV."""
    return CameraPictures(str(film), "camera", columns=640, backend=cv2.CAP_FFMPEG)


def test_a_camera_gives_grey_pictures_until_it_is_lost(film) -> None:
    camera = recorded_camera(film)
    camera.open()
    for _ in range(3):
        camera.advance()
        grey = camera.current()
        assert grey is not None
        assert (grey.shape, grey.dtype) == ((360, 640), np.dtype(np.uint8))
    with pytest.raises(DeviceLost, match=r"camera: .*film\.avi gives no more pictures"):
        camera.advance()
    camera.close()


def test_a_closed_camera_gives_nothing_and_opens_again(film) -> None:
    camera = recorded_camera(film)
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
    with pytest.raises(DeviceBusy, match="it is no camera"):
        CameraPictures(str(tmp_path / "video0"), "camera", columns=640).open()


def test_a_video_ends_with_nothing_to_see(film) -> None:
    pictures = VideoPictures(film, "video", no_pause)
    pictures.open()
    seen = []
    for _ in range(5):
        pictures.advance()
        seen.append(pictures.current() is not None)
    assert seen == [True, True, True, False, False]
    pictures.close()


def test_stills_are_held_for_so_many_looks_with_nothing_between(tmp_path) -> None:
    for name in ("1.png", "2.png"):
        cv2.imwrite(str(tmp_path / name), ean13("6901234567892"))
    pictures = StillPictures(tmp_path, "stills", no_pause, Hold(shown_s=0, empty_s=0, looks=2))
    pictures.open()
    seen = ""
    for _ in range(10):
        pictures.advance()
        seen += "." if pictures.current() is None else "#"
    assert seen == "..##..##.."


def test_a_missing_folder_is_missing(tmp_path) -> None:
    with pytest.raises(DeviceMissing):
        StillPictures(tmp_path / "none", "stills", no_pause, Hold()).open()


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (0, CameraPictures),
        ("2", CameraPictures),
        ("/dev/v4l/by-id/usb-cam", CameraPictures),
        ("shelf/film.MP4", VideoPictures),
        (Path("shelf/stills"), StillPictures),
    ],
)
def test_the_name_of_a_source_tells_its_kind(source, kind) -> None:
    assert type(pictures_from(source, "x", pause=no_pause, columns=640, hold=Hold())) is kind

"""Sources of pictures: what they give, and what they say when they cannot."""

from pathlib import Path

import pytest

from hardware.camera_source import camera_source
from hardware.errors import DeviceMissing
from hardware.opencv import cv2
from hardware.pictures import Hold, StillPictures, VideoPictures
from tests.hardware.drawn import ean13, write_video


def no_pause(_: float) -> None:
    """Plays as fast as it can."""


@pytest.fixture
def film(tmp_path: Path) -> Path:
    write_video(tmp_path / "film.avi", [ean13("6901234567892")] * 3)
    return tmp_path / "film.avi"


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
    ("text", "source"),
    [
        ("2", "2"),
        ("/dev/v4l/by-id/usb-cam", "/dev/v4l/by-id/usb-cam"),
        ("HD Pro Webcam", "HD Pro Webcam"),
        ("film.MP4", Path("shop/film.MP4")),
        ("shelf/stills", Path("shop/shelf/stills")),
        ("/var/stills", Path("/var/stills")),
    ],
)
def test_the_text_of_a_source_tells_what_it_is(text, source) -> None:
    assert camera_source(text, Path("shop")) == source


def test_a_folder_that_is_there_needs_no_slash(tmp_path) -> None:
    (tmp_path / "stills").mkdir()
    assert camera_source("stills", tmp_path) == tmp_path / "stills"

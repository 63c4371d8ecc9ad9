"""Videos made frame by frame: each item once, none missed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.filmed import Held, background, shown, write_film
from hardware.errors import DeviceMissing, DeviceRefused
from hardware.opencv import Grey
from hardware.video_codes import codes_in_video

FPS = 15
MILK, PLUMS, TEA, RICE = "6901234567892", "4006381333931", "9780201310054", "5012345678900"
LINK, CARTON, SHELF = "https://example.cn/01", "12368791805224", "SG-100277"


def film(path: Path, *clips: tuple[tuple[Held, ...], int], codec: str = "MJPG") -> Path:
    """Clips that follow each other, each of so many frames on a background of its own."""

    def frames() -> Iterator[Grey]:
        for number, (held, count) in enumerate(clips):
            yield from shown(background(number), held, count, number)

    write_film(str(path), frames(), fps=FPS, codec=codec)
    return path


def texts(path: Path) -> list[str]:
    return [moment.code.text for moment in codes_in_video(path)]


def test_products_that_follow_each_other_blurred_turned_and_shining_are_told_once_each(tmp_path) -> None:
    clips = film(
        tmp_path / "shop.avi",
        ((), 4),
        ((Held(MILK, angle=30, speed=(-4, 2), blur=0.8),), 10),
        ((Held(LINK, "QR", module=6, angle=200, speed=(3, 0), glare=0.5),), 9),
        ((Held(PLUMS, angle=-75, turn=1.0, contrast=0.7, glare=0.5),), 10),
        ((), 4),
        ((Held(SHELF, "CODE128", angle=120, speed=(2, -2)),), 9),
    )
    assert texts(clips) == [MILK, LINK, PLUMS, SHELF]


def test_two_that_are_held_up_together_are_both_told(tmp_path) -> None:
    both = Held(MILK, module=2.6, middle=(380, 360), angle=12), Held(TEA, module=2.6, middle=(900, 380), angle=170)
    assert sorted(texts(film(tmp_path / "two.mp4", (both, 10), codec="mp4v"))) == sorted([MILK, TEA])


def test_what_a_hand_hides_for_a_moment_is_told_once_and_what_comes_back_after_it_left_again(tmp_path) -> None:
    milk = Held(MILK)
    hidden = film(tmp_path / "hidden.avi", ((milk,), 4), ((), 8), ((milk,), 4), ((), 40), ((milk,), 4))
    assert texts(hidden) == [MILK, MILK]


def test_each_code_comes_with_the_frame_and_the_time_in_which_it_counted(tmp_path) -> None:
    (moment,) = codes_in_video(film(tmp_path / "late.avi", ((), 15), ((Held(RICE),), 6)))
    assert (moment.code.text, moment.code.symbology) == (RICE, "EAN13")
    assert 15 <= moment.frame <= 18
    assert moment.at_s == pytest.approx(moment.frame / FPS, abs=0.01)


def test_only_what_is_asked_for_is_read(tmp_path) -> None:
    path = film(tmp_path / "qr.avi", ((Held(LINK, "QR", module=6),), 5))
    assert list(codes_in_video(path, {"EAN13"})) == []


def test_what_is_no_video_is_told(tmp_path) -> None:
    (tmp_path / "notes.mp4").write_text("no video")
    with pytest.raises(DeviceRefused, match=r"notes\.mp4 is not a video"):
        list(codes_in_video(tmp_path / "notes.mp4"))
    with pytest.raises(DeviceMissing, match=r"there is no video .*none\.mp4"):
        list(codes_in_video(tmp_path / "none.mp4"))

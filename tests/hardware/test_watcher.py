"""Pictures are looked at when there is something new to see, and seldom otherwise."""

import itertools

import numpy as np
import pytest

from hardware.code import Box
from hardware.opencv import Grey, cv2
from hardware.picture_reader import PictureReader
from hardware.shot import Shot
from hardware.watcher import Pace, Watcher
from tests.hardware.drawn import ean13, picture

EMPTY = picture()
MILK, PLUMS = ean13("6901234567892"), ean13("4006381333931")


class CountingReader(PictureReader):
    """The real reader, and how often it was asked."""

    def __init__(self) -> None:
        super().__init__({"EAN13"})
        self.looks = 0

    def look(self, grey: Grey, zone: Box | None = None):
        self.looks += 1
        return super().look(grey, zone)


class Watch:
    def __init__(self) -> None:
        self.reader = CountingReader()
        self.watcher = Watcher(self.reader)
        noise = np.random.default_rng(1)
        self._grain = itertools.cycle([noise.normal(0, 4, EMPTY.shape).astype(np.int16) for _ in range(7)])
        self._now = 50.0

    def show(self, grey: Grey | None, seconds: float) -> list[str]:
        """As a camera does: thirty times a second, never twice the same noise."""
        counted: list[str] = []
        for _ in range(round(seconds * 30)):
            self._now += 1 / 30
            noisy = grey
            if grey is not None:
                noisy = np.clip(grey + next(self._grain), 0, 255).astype(np.uint8)
            counted += [code.text for code in self.watcher.look(None if noisy is None else Shot(noisy), self._now)]
        return counted


@pytest.fixture
def watch():
    watch = Watch()
    yield watch
    watch.watcher.close()


def test_an_empty_mat_is_searched_every_other_second(watch) -> None:
    watch.show(EMPTY, 5)
    assert watch.reader.looks <= 6 + 3


def test_a_code_that_lies_still_counts_once_and_costs_little(watch) -> None:
    assert watch.show(MILK, 5) == ["6901234567892"]
    assert watch.reader.looks <= 6 + 3


def test_a_code_put_on_a_mat_that_rested_is_read_at_once(watch) -> None:
    watch.show(EMPTY, 2)
    assert watch.show(MILK, 0.1) == ["6901234567892"]


def test_one_article_after_another_at_the_same_place(watch) -> None:
    assert watch.show(MILK, 1) + watch.show(PLUMS, 1) == ["6901234567892", "4006381333931"]


def test_a_code_counts_again_after_it_was_away(watch) -> None:
    counted = watch.show(MILK, 2) + watch.show(EMPTY, 1) + watch.show(MILK, 2)
    assert counted == ["6901234567892", "6901234567892"]


def test_nothing_to_see_is_not_looked_at(watch) -> None:
    assert watch.show(None, 5) == []
    assert watch.reader.looks == 0
    assert watch.show(MILK, 0.5) == ["6901234567892"]


class StubbornReader(CountingReader):
    """Reads nothing."""

    def look(self, grey: Grey, zone: Box | None = None):
        super().look(grey, zone)
        return ()


def test_what_moves_for_long_and_holds_no_code_is_searched_less_often() -> None:
    reader = StubbornReader()
    watcher = Watcher(reader)
    for frame in range(30 * 6):
        watcher.look(Shot(np.roll(MILK, 5 * frame, 1)), frame / 30)
    assert reader.looks <= 2 * 30 + 4 * 13
    watcher.close()


def test_a_change_shows_in_the_size_of_an_mjpeg_picture_before_it_is_time_for_a_glance() -> None:
    watcher = Watcher(CountingReader(), pace=Pace(glances_per_s=0.1))
    for frame in range(60):
        watcher.look(jpeg(EMPTY), frame / 30)
    counted = [code for frame in range(60, 64) for code in watcher.look(jpeg(MILK), frame / 30)]
    assert [code.text for code in counted] == ["6901234567892"]
    watcher.close()


def jpeg(grey: Grey) -> Shot:
    return Shot(cv2.imencode(".jpg", grey)[1].reshape(1, -1))


def test_it_tells_what_is_held_up_and_whether_it_is_dark(watch) -> None:
    watch.show(EMPTY, 3)
    assert not watch.watcher.is_busy
    assert not watch.watcher.is_dark
    watch.show(MILK // 8, 0.1)
    assert watch.watcher.is_busy
    assert watch.watcher.is_dark

"""Pictures are looked at when there is something new to see, and seldom otherwise."""

import numpy as np
import pytest

from hardware.opencv import Grey
from hardware.picture_reader import PictureReader
from hardware.sightings import Sightings
from hardware.watcher import Watcher
from tests.hardware.drawn import ean13, picture

EMPTY = picture()
MILK, PLUMS = ean13("6901234567892"), ean13("4006381333931")


class CountingReader(PictureReader):
    """The real reader, and how often it was asked."""

    def __init__(self) -> None:
        super().__init__({"EAN13"})
        self.looks = 0

    def look(self, grey: Grey):
        self.looks += 1
        return super().look(grey)


class Watch:
    def __init__(self) -> None:
        self.reader = CountingReader()
        self.watcher = Watcher(self.reader, Sightings(), rest_s=1.0)
        self._noise = np.random.default_rng(1)
        self._now = 50.0

    def show(self, grey: Grey | None, seconds: float) -> list[str]:
        """As a camera does: fifteen times a second, never twice the same noise."""
        counted: list[str] = []
        for _ in range(round(seconds * 15)):
            self._now += 1 / 15
            noisy = grey
            if grey is not None:
                grain = self._noise.normal(0, 4, grey.shape)
                noisy = np.clip(grey + grain, 0, 255).astype(np.uint8)
            counted += [code.text for code in self.watcher.look(noisy, self._now)]
        return counted


@pytest.fixture
def watch():
    watch = Watch()
    yield watch
    watch.watcher.close()


def test_an_empty_mat_is_looked_at_seldom(watch) -> None:
    watch.show(EMPTY, 10)
    assert watch.reader.looks <= 40


def test_a_code_that_lies_still_counts_once_and_costs_little(watch) -> None:
    assert watch.show(MILK, 10) == ["6901234567892"]
    assert watch.reader.looks <= 40


def test_a_code_put_on_a_mat_that_rested_is_read_at_once(watch) -> None:
    watch.show(EMPTY, 5)
    assert watch.show(MILK, 0.2) == ["6901234567892"]


def test_one_article_after_another_at_the_same_place(watch) -> None:
    assert watch.show(MILK, 1) + watch.show(PLUMS, 1) == ["6901234567892", "4006381333931"]


def test_a_code_counts_again_after_it_was_away(watch) -> None:
    counted = watch.show(MILK, 2) + watch.show(EMPTY, 1) + watch.show(MILK, 2)
    assert counted == ["6901234567892", "6901234567892"]


def test_nothing_to_see_is_not_looked_at(watch) -> None:
    assert watch.show(None, 5) == []
    assert watch.reader.looks == 0
    assert watch.show(MILK, 0.5) == ["6901234567892"]

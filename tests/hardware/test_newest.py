"""Pictures go from one thread to the other: the newest only, and the news that there are none."""

import threading

import numpy as np

from hardware.newest import Gone, Newest
from hardware.shot import Shot

SHOT = Shot(np.zeros((4, 4), np.uint8))


def test_a_picture_is_wanted_when_the_one_before_was_taken() -> None:
    newest = Newest()
    newest.put(SHOT, 1.0)
    assert newest.take(1.0) == (SHOT, 1.0)
    assert newest.wanted
    newest.put(None, 2.0)
    assert not newest.wanted
    assert newest.take(1.0) == (None, 2.0)


def test_a_source_that_works_and_gives_no_picture_is_silent() -> None:
    newest = Newest()
    newest.put(SHOT, 1.0)
    newest.take(1.0)
    assert newest.take(0.01) is Gone.SILENT


def test_a_source_that_is_lost_is_said_once_and_its_last_picture_is_not_looked_at() -> None:
    newest = Newest()
    newest.put(SHOT, 1.0)
    newest.lose()
    assert newest.take(1.0) is Gone.LOST
    assert not newest.is_live
    newest.lose()
    newest.put(SHOT, 3.0)
    assert newest.take(1.0) == (SHOT, 3.0)


def test_a_source_that_never_gave_a_picture_is_neither_lost_nor_silent() -> None:
    newest = Newest()
    newest.lose()
    threading.Timer(0.05, newest.close).start()
    assert newest.take(0.01) is Gone.CLOSED


def test_nothing_is_taken_after_closing() -> None:
    newest = Newest()
    newest.put(SHOT, 1.0)
    newest.close()
    assert newest.take(1.0) is Gone.CLOSED

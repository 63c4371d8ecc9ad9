"""The self-checkout lane: what the shopper sees and touches."""

import ctypes
import sys


def _keep_none_alive() -> None:
    """Make the constants immortal, as Python 3.12 does by itself.

    PySide6 6.12 is built as if None were: each call from Python that answers nothing releases a reference to None that
    it never took. Measured on Python 3.11: the lane loses some 15 with each snapshot shown and dies of "deallocating
    None" within minutes. It stands here, and not with the composition root, as every process of ours that shows
    something (lane, counter, tests) comes by, and one that did not would die just as surely.
    """
    for constant in (None, True, False, NotImplemented, ...):
        ctypes.c_ssize_t.from_address(id(constant)).value += 1 << 40


if sys.version_info < (3, 12):
    _keep_none_alive()

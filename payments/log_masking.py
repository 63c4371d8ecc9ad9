"""Masks what a program writes of itself: log lines with their tracebacks, and the report of a crash."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Final

from retail.masking import scrubbed

_CRASH: Final = logging.getLogger("crash")


class MaskedFormatter(logging.Formatter):
    """Another formatter's text, masked as a whole: an exception's words may hold what was being read."""

    def __init__(self, inner: logging.Formatter | None) -> None:
        super().__init__()
        self._inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        return scrubbed(self._inner.format(record))


def mask_logs() -> None:
    """From now on, whatever the root logger's handlers write is masked, and so is what ends a thread or the program."""
    for handler in logging.getLogger().handlers:
        if not isinstance(handler.formatter, MaskedFormatter):
            handler.setFormatter(MaskedFormatter(handler.formatter))
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed
    sys.unraisablehook = _unraisable


def _crashed(kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, exc, trace)
    else:
        _CRASH.critical("the program ends by a fault", exc_info=(kind, exc, trace))


def _thread_crashed(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        name = args.thread.name if args.thread else "?"
        _CRASH.critical("thread %s ends by a fault", name, exc_info=(args.exc_type, args.exc_value, args.exc_traceback))


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    if args.exc_value is not None:
        _CRASH.error("a fault that nobody could handle", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

"""What ESC/POS printers answer to DLE EOT n and GS r 1, by Epson's ESC/POS command reference; clones keep to it.

Three kinds of bytes come back on the same line, and fixed bits tell them apart: an answer to DLE EOT has bits 1 and 4
set, 0 and 7 clear; one to GS r has 4 and 7 clear.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from hardware.printer import Paper, PrinterState

ASK_DONE: Final = b"\x1dr\x01"
"""GS r 1. Unlike DLE EOT it waits its turn: when it is answered, all that was sent before is on paper. A printer
that has stopped for want of paper does not answer it at all."""


class Query(IntEnum):
    """The n of DLE EOT n, which is answered at once, also by a printer that has stopped."""

    STOPPED_BY = 2
    ERROR = 3
    PAPER = 4

    @property
    def command(self) -> bytes:
        return bytes((0x10, 0x04, self))


@dataclass(frozen=True, slots=True)
class Status:
    """The answers to all three; None where there was none."""

    stopped_by: int | None = None
    error: int | None = None
    paper: int | None = None

    @property
    def answered(self) -> bool:
        return (self.stopped_by, self.error, self.paper) != (None, None, None)

    @property
    def state(self) -> PrinterState:
        stopped_by = self.stopped_by or 0
        return PrinterState(self._paper(stopped_by), bool(stopped_by & _COVER_OPEN))

    @property
    def trouble(self) -> str:
        """What only a person can put right beside paper and cover, and how; empty for nothing."""
        error = self.error or 0
        if error & _CUTTER:
            return "the cutter is stuck; open the cover, take the jammed paper out, close it"
        if error & _UNRECOVERABLE:
            return "reports an error that it cannot mend; switch it off and on, then call its service"
        if error & _HEAT:
            return "the print head is too hot; it goes on by itself when it has cooled"
        return ""

    def _paper(self, stopped_by: int) -> Paper:
        if self.paper is None:
            return Paper.OUT if stopped_by & _NO_PAPER_STOP else Paper.UNKNOWN
        if self.paper & _PAPER_OUT or stopped_by & _NO_PAPER_STOP:
            return Paper.OUT
        return Paper.LOW if self.paper & _PAPER_LOW else Paper.OK


_COVER_OPEN: Final = 0x04
_NO_PAPER_STOP: Final = 0x20
_CUTTER: Final = 0x08
_UNRECOVERABLE: Final = 0x20
_HEAT: Final = 0x40
_PAPER_LOW: Final = 0x0C
_PAPER_OUT: Final = 0x60


def answers(came: bytes) -> list[int]:
    """The bytes that answer DLE EOT."""
    return [byte for byte in came if byte & 0x93 == 0x12]  # noqa: PLR2004 - the fixed bits


def done(came: bytes) -> int:
    """How many bytes answer GS r."""
    return sum(byte & 0x90 == 0 for byte in came)

r"""Cuts what a scanner sends into codes: at an end sign, at the scanner's own suffix, or by silence.

Pure: whoever feeds it gives the time of each piece. Everything that is kept is bounded, whatever a device sends.
"""

from dataclasses import dataclass, field
from typing import Final

_ENDS: Final = frozenset("\r\n\t\x03\x04")
"""CR, LF, tab, ETX, EOT."""
_KEPT_CONTROLS: Final = frozenset("\x1c\x1d\x1e\x1f")
"""Separators of GS1 and ISO 15434. Any other control character is a frame's (STX, a prefix) or none of a code's."""
_LONGEST: Final = 8192
"""A QR code holds 7089 digits."""


@dataclass(frozen=True, slots=True)
class Framed:
    text: str
    at: float
    """When its last character came."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Seconds. How long a pause ends a code."""

    ends_s: float = 0.1
    known_end_s: float = 0.5
    """Once the scanner is known to send an end sign: its codes need no silence, and a pause may be a busy machine's."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How a scanner is set to write its codes; end signs need not be configured."""

    prefix: str = ""
    suffix: str = ""
    silence: Silence = field(default_factory=Silence)


class CodeFrames:
    """Of one open scanner."""

    def __init__(self, framing: Framing) -> None:
        self._prefix = "".join(filter(_belongs, framing.prefix))
        self._suffix = "".join(filter(_belongs, framing.suffix))
        self._silence = framing.silence
        self._last_at = float("-inf")
        self._held: list[str] = []
        self._skipping = False
        self._ends_seen = False

    @property
    def deadline(self) -> float | None:
        """When `silent` will have something to say, if nothing comes before."""
        return self._last_at + self._patience if self._held or self._skipping else None

    def add(self, characters: str, at: float) -> tuple[Framed, ...]:
        """The codes that these characters end."""
        framed = self.silent(at)
        for sign in characters:
            framed += self._sign(sign, at)
        self._last_at = at
        return framed

    def silent(self, at: float) -> tuple[Framed, ...]:
        """The code that a pause ended; none where this scanner's end sign was due: then it is half a code."""
        deadline = self.deadline
        if deadline is None or at <= deadline:
            return ()
        if self._ends_seen and not self._skipping:
            self._ends_seen = False  # it may have been set anew: the next one is whole without
            self._skipping = True
        return self._end()

    def missed(self, at: float) -> None:
        """Something did not arrive: what is half read is dropped, up to the next end or pause."""
        self._held.clear()
        self._skipping = True
        self._last_at = at

    @property
    def _patience(self) -> float:
        return self._silence.known_end_s if self._ends_seen and not self._skipping else self._silence.ends_s

    def _sign(self, sign: str, at: float) -> tuple[Framed, ...]:
        if sign in _ENDS:
            self._ends_seen = True
            return self._end()
        if not _belongs(sign):
            return ()
        if self._skipping:
            self._skip(sign)
            return ()
        self._held.append(sign)
        self._last_at = at
        if len(self._held) > _LONGEST:
            self.missed(at)
        elif self._suffix and "".join(self._held[-len(self._suffix) :]) == self._suffix:
            return self._end()
        return ()

    def _skip(self, sign: str) -> None:
        """The scanner's own suffix ends what is skipped, too."""
        self._held = [*self._held, sign][-len(self._suffix) :] if self._suffix else []
        if self._suffix and "".join(self._held) == self._suffix:
            self._held.clear()
            self._skipping = False

    def _end(self) -> tuple[Framed, ...]:
        text = "".join(self._held).removeprefix(self._prefix).removesuffix(self._suffix)
        self._held.clear()
        skipped, self._skipping = self._skipping, False
        return (Framed(text, self._last_at),) if text and not skipped else ()


def _belongs(sign: str) -> bool:
    """Whether it may stand in a code. Above ASCII any may: on a serial line these are bytes, not yet decoded."""
    return sign.isprintable() or sign in _KEPT_CONTROLS or sign > "\x7f"

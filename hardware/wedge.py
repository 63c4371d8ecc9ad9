"""Tells a keyboard-wedge scanner from a person typing, by timing alone.

Pure: no clock, no Qt. Whoever feeds it keeps every key that goes in away from the screen, and gives
those that come back in `Typed` to whoever has the focus. `at` is in seconds of any one clock;
the time stamps of the key events themselves are best, as they do not shake on a loaded machine.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from hardware.two_readings import likelier

_TRUSTED_RUN: Final = 3
"""So many keys in a row, each faster than a hand, and we believe in a scanner."""
_LONGEST: Final = 8192
"""A QR code holds 7089 digits: a scanner that types on and on is not kept."""


@dataclass(frozen=True, slots=True)
class Key:
    character: str | None
    """What it means by its place on a US keyboard; None for a key without text (arrows, a `terminator`)."""
    at: float
    terminator: bool = False
    by_layout: str = ""
    """What it means on the lane's own layout, where that is known."""
    token: object = None
    """The feeder's own: the event to be sent again if a person typed it."""


@dataclass(frozen=True, slots=True)
class Scanned:
    text: str
    at: float
    """When its last character came."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A person's keys, in order, to be released now."""

    keys: tuple[Key, ...]


Decision: TypeAlias = Scanned | Typed


@dataclass(frozen=True, slots=True)
class WedgeTiming:
    """Seconds. Scanners type a key in 1 to 10 ms; people seldom under 50, key repeat about 33."""

    max_gap_s: float = 0.035
    """Keys that follow each other within this look like a scanner's."""
    hold_s: float = 0.12
    """How long a key is held before it is a person's: a hole after the first keys of a scan must not cut them off, as
    the rest may be the code of other goods."""
    hole_s: float = 0.09
    """A loaded machine delivers in bursts with such a hole between, tolerated after three fast keys."""
    end_gap_s: float = 0.06
    """Silence that ends a scan when the last keys before it were few."""
    suffix_wait_s: float = 0.25
    """As `hole_s`, once this lane's scanner is known to send Enter or Tab: it costs no time then."""
    late_suffix_s: float = 0.1
    """Enter or Tab this long after a scan belongs to it (CR LF, or a suffix that came late)."""


class WedgeDecoder:
    """Every key is held until it is known whose it is; an empty answer means: wait.

    `deadline` says when to `poll` next. Do so only after the pending input has been fed in, or a busy
    screen looks like a silent scanner. Modifier keys alone (Shift) must not be fed in.
    """

    def __init__(
        self,
        *,
        min_length: int = 4,
        prefix: str = "",
        suffix: str = "",
        timing: WedgeTiming | None = None,
    ) -> None:
        """`suffix` is characters the scanner appends; Enter and Tab need not be configured."""
        self._min_length = min_length
        self._prefix = prefix
        self._suffix = suffix
        self._timing = timing or WedgeTiming()
        self._held: list[Key] = []
        self._run = 0
        self._longest_run = 0
        self._trusted = False
        self._flooded = False
        self._suffix_seen = False
        self._swallow_until = float("-inf")

    @property
    def deadline(self) -> float | None:
        """When `poll` will have something to say, if no key comes before; None: nothing is held."""
        return self._held[-1].at + self._patience() if self._held else None

    def key(
        self,
        character: str | None,
        at: float,
        *,
        terminator: bool = False,
        repeat: bool = False,
        by_layout: str = "",
        token: object = None,
    ) -> tuple[Decision, ...]:
        """`terminator` for Enter and Tab; `repeat` for a key held down: no scanner does that."""
        key = Key(character, at, terminator=terminator, by_layout=by_layout, token=token)
        settled = self._settle(at)
        if terminator:
            return settled + self._terminate(key)
        if repeat or not character:
            return settled + self._resolve(at, silent=True) + (Typed((key,)),)
        self._hold(key)
        return settled + self._end_at_suffix()

    def poll(self, at: float) -> tuple[Decision, ...]:
        """The decision that silence brings."""
        overdue = self.deadline is not None and at > self.deadline
        return self._resolve(at, silent=True) if overdue else ()

    def _settle(self, at: float) -> tuple[Decision, ...]:
        """What a `poll` in time would have said, before a key that came at `at`."""
        deadline = self.deadline
        overdue = deadline is not None and at > deadline
        return self._resolve(deadline or at, silent=True) if overdue else ()

    def _patience(self) -> float:
        timing = self._timing
        if not self._trusted:
            return max(timing.hold_s, timing.max_gap_s)
        if self._run < _TRUSTED_RUN:
            return max(timing.max_gap_s, timing.end_gap_s)
        return max(timing.max_gap_s, timing.suffix_wait_s if self._suffix_seen else timing.hole_s)

    def _hold(self, key: Key) -> None:
        fast = bool(self._held) and key.at - self._held[-1].at <= self._timing.max_gap_s
        self._run = self._run + 1 if fast else 1
        self._longest_run = max(self._longest_run, self._run)
        self._trusted = self._trusted or self._run >= _TRUSTED_RUN
        self._flooded = self._flooded or len(self._held) >= _LONGEST
        if self._flooded:
            self._held.clear()
        self._held.append(key)

    def _terminate(self, key: Key) -> tuple[Decision, ...]:
        if not self._held:
            return () if key.at <= self._swallow_until else (Typed((key,)),)
        decisions = self._resolve(key.at, silent=False)
        if not decisions:  # a flood, of which nothing was kept
            return ()
        if isinstance(decisions[-1], Scanned):
            self._suffix_seen = True
            return decisions
        return (*decisions, Typed((key,)))

    def _end_at_suffix(self) -> tuple[Decision, ...]:
        sign = self._suffix[-1:]
        if not sign or not self._trusted or sign not in {self._held[-1].character, self._held[-1].by_layout}:
            return ()
        if self._held_text().endswith(self._suffix):
            return self._resolve(self._held[-1].at, silent=False)
        return ()

    def _resolve(self, at: float, *, silent: bool) -> tuple[Decision, ...]:
        """Empty the buffer: a scan if it looks like one, else what a person typed."""
        if not self._held:
            return ()
        keys, text = tuple(self._held), self._stripped()
        # Silence is weak evidence: then the hole in the middle does not count as fast.
        seen_fast = self._longest_run >= min(_TRUSTED_RUN, len(keys))
        length = min(self._longest_run, len(text)) if silent or not seen_fast else len(text)
        self._held.clear()
        self._run = self._longest_run = 0
        flooded, self._trusted, self._flooded = self._flooded, False, False
        if flooded:
            return ()
        if not text or length < self._min_length:
            return (Typed(keys),)
        self._swallow_until = at + self._timing.late_suffix_s
        return (Scanned(text, keys[-1].at),)

    def _held_text(self) -> str:
        return likelier(
            "".join(key.character or "" for key in self._held),
            "".join(key.by_layout or key.character or "" for key in self._held),
        )

    def _stripped(self) -> str:
        return self._held_text().removeprefix(self._prefix).removesuffix(self._suffix)

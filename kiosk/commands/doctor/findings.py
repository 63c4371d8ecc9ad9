"""What the doctor finds, and how it looks without ever hanging."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_THREAD: Final = "doctor: "


class State(StrEnum):
    """FAULT: the lane cannot do what its file asks. WARNING: it sells, but somebody should look."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's list. `remedy` says in plain words what to do; only what is well may have none."""

    section: str
    name: str
    state: State
    found: str
    remedy: str = ""

    def __post_init__(self) -> None:
        """A fault without a remedy helps nobody."""
        if self.state is not State.OK and not self.remedy:
            raise ValueError(f"{self.section}, {self.name}: no remedy for {self.found!r}")

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {
            "section": self.section,
            "name": self.name,
            "state": self.state.value,
            "found": self.found,
            "remedy": self.remedy,
        }


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. What `look` raises becomes a fault, and so does an answer that does not come in time."""

    section: str
    name: str
    look: Callable[[], Iterable[Finding]]
    patience_s: float = 10.0


def examine(checks: Iterable[Check]) -> Iterator[Finding]:
    """All findings, in the order of the checks. They look at the same time, each on a thread that is left behind when
    it hangs: a driver stuck in the kernel cannot be stopped from here."""
    began = time.monotonic()
    answers = [(check, _begin(check)) for check in checks]
    for check, answer in answers:
        try:
            left_s = max(0.0, began + check.patience_s - time.monotonic())
            yield from answer.get(timeout=left_s)
        except queue.Empty:
            yield Finding(
                check.section,
                check.name,
                State.FAULT,
                f"no answer within {check.patience_s:.0f} s",
                "if it is a device, unplug it and plug it in again; if it stays so, restart this machine",
            )


def left_behind() -> bool:
    """Whether a check still hangs."""
    return any(thread.name.startswith(_THREAD) for thread in threading.enumerate())


def _begin(check: Check) -> queue.SimpleQueue[list[Finding]]:
    answer: queue.SimpleQueue[list[Finding]] = queue.SimpleQueue()
    threading.Thread(target=lambda: answer.put(_looked(check)), name=_THREAD + check.name, daemon=True).start()
    return answer


def _looked(check: Check) -> list[Finding]:
    try:
        return list(check.look())
    except Exception as exc:  # noqa: BLE001 - one check that breaks must not take the others along
        remedy = "report this to the makers of Scan & Go, with the line above"
        return [Finding(check.section, check.name, State.FAULT, f"the check itself failed: {exc!r}", remedy)]

"""One attempt to pay, as a sale remembers it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AttemptState(StrEnum):
    """Where one attempt to pay stands."""

    INTENDED = "intended"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to pay, under a key of our own that never changes."""

    key: str
    way: str
    gateway: str
    amount_minor: int
    state: AttemptState = AttemptState.INTENDED
    cancel_sent: bool = False  # from then on only the answer to the cancel counts: it may give the money back
    reason: str = ""
    reference: str = ""
    brand: str = ""  # whose code it was ('wechat', 'alipay'), for the words on the screen; never the code
    stored: bool = False  # approved by the terminal without the bank
    trouble: str = ""  # why the last answer proved nothing
    points: int | None = None  # what it earns a member; None in a shop without members
    tells_payer: bool = False  # its approval says who paid, so that they can join by it

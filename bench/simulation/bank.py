"""The other side of a gateway: accounts of its own, by which the auditor knows what became of the money."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bench.simulation.chance import between
from bench.simulation.profiles import Profile
from bench.simulation.timeline import Timeline
from payments.gateway import Presents


class Word(StrEnum):
    """What a bank says of an order."""

    PAID = "paid"
    STORED = "stored"  # the terminal took it without the bank
    OPEN = "open"  # nobody has paid it yet
    ENDED = "ended"  # never paid, and never will be
    REVERSED = "reversed"  # paid, and given back
    NOT_FOUND = "not_found"
    STILL_PAYING = "still_paying"  # cannot be ended just now
    TOO_SOON = "too_soon"
    BUSY = "busy"  # a terminal with another payment
    TROUBLE = "trouble"  # the bank has a fault of its own


class Answer(NamedTuple):
    """What comes over the wire; `paid_minor` with PAID, `declined` where ENDED means that the bank refused."""

    word: Word
    paid_minor: int = 0
    declined: bool = False


@dataclass(slots=True)
class Account:
    """One order in the bank's books. `pays_at_ms`: when the shopper pays, if it is still open then."""

    key: str
    sale_id: str
    amount_minor: int
    opened_ms: int
    word: Word = Word.OPEN
    pays_at_ms: int | None = None
    asked: bool = False  # the shopper was asked for a password: 'still paying' is a true answer
    declined: bool = False
    charged_minor: int = 0
    refunded_minor: int = 0
    receipt: int = 0

    @property
    def kept_minor(self) -> int:
        """What the shopper is without."""
        return self.charged_minor - self.refunded_minor


_TROUBLE = Answer(Word.TROUBLE)
_NOT_FOUND = Answer(Word.NOT_FOUND)
_ENDED = Answer(Word.ENDED)


class Bank:
    """One bank with its books. Time passes in them when somebody looks: nothing else could tell the difference."""

    def __init__(self, profile: Profile, timeline: Timeline, rng: random.Random) -> None:
        self.profile = profile
        self.timeline = timeline
        self.rng = rng
        self.accounts: dict[str, Account] = {}
        self.kept_minor = 0
        self._on_their_phone = profile.traits.presents is Presents.KIOSK_CODE  # whoever sees the code pays by `pay`
        self._earliest_ms = int(profile.traits.cancel_earliest_s * 1000)

    def start(self, key: str, amount_minor: int, sale_id: str) -> Answer:
        """An order; the same again is answered as it stands, and takes nothing."""
        known = self.accounts.get(key)
        if known is not None:
            return self._said(known)
        account = Account(key, sale_id, amount_minor, self.timeline.now_ms)
        self.accounts[key] = account
        self._decide(account)
        return _TROUBLE if self.rng.random() * 1000 < self.profile.habits.troubles else self._said(account)

    def lookup(self, key: str) -> Answer:
        """What the books say now."""
        known = self.accounts.get(key)
        return _NOT_FOUND if known is None else self._said(known)

    def cancel(self, key: str) -> Answer:
        """End an order; one that is not there yet is barred."""
        known = self.accounts.get(key)
        if known is None:
            self.accounts[key] = Account(key, "", 0, self.timeline.now_ms, Word.ENDED)
            return _ENDED
        self._pass_time(known)
        if known.word is Word.OPEN:
            return self._end(known)
        if known.word is Word.PAID and self.profile.traits.cancel_refunds:
            self._give_back(known)
        return self._said(known)

    def pay(self, key: str) -> None:
        """The shopper pays an order that stands open, on their own phone."""
        account = self.accounts[key]
        self._pass_time(account)
        if account.word is Word.OPEN:
            self._take(account)

    def shopper_pays_after_ms(self) -> int | None:
        """How long a shopper takes who is to pay on their own phone; None: they never do."""
        habits = self.profile.habits
        return None if self.rng.random() * 1000 < habits.never else between(self.rng, *habits.pays_ms)

    def is_over(self, account: Account) -> bool:
        """Whether nothing more can happen to an order's money by itself."""
        self._pass_time(account)
        return account.word is not Word.OPEN

    def forget(self, key: str) -> None:
        """An order so old that nobody asks for it any more."""
        self.accounts.pop(key, None)

    def _decide(self, account: Account) -> None:
        """How this payment is to go."""
        habits, draw = self.profile.habits, self.rng.random() * 1000
        if draw < habits.declines:
            account.word, account.declined = Word.ENDED, True
        elif draw < habits.declines + habits.asks:
            account.asked = True
            pays = None if self._on_their_phone else self.shopper_pays_after_ms()
            account.pays_at_ms = None if pays is None else self.timeline.now_ms + pays
        else:
            self._take(account)

    def _pass_time(self, account: Account) -> None:
        if account.word is not Word.OPEN:
            return
        now, pays = self.timeline.now_ms, account.pays_at_ms
        ends = account.opened_ms + self.profile.ends_itself_ms if self.profile.ends_itself_ms else None
        if pays is not None and pays <= now and (ends is None or pays < ends):
            self._take(account)
        elif ends is not None and ends <= now:
            account.word = Word.ENDED

    def _end(self, account: Account) -> Answer:
        if self.timeline.now_ms - account.opened_ms < self._earliest_ms:
            return Answer(Word.TOO_SOON)
        if account.asked and self.rng.random() * 1000 < self.profile.still_paying:
            return Answer(Word.STILL_PAYING)
        account.word = Word.ENDED
        return self._said(account)

    def _take(self, account: Account) -> None:
        account.word, account.charged_minor = Word.PAID, account.amount_minor
        self.kept_minor += account.amount_minor

    def _give_back(self, account: Account) -> None:
        self.kept_minor -= account.kept_minor
        account.word, account.refunded_minor = Word.REVERSED, account.charged_minor

    def _said(self, account: Account) -> Answer:
        self._pass_time(account)
        return Answer(account.word, account.kept_minor, account.declined)


class Terminal(Bank):
    """A terminal that knows no keys: one payment at a time, and only its last receipt tells what came of it."""

    def __init__(self, profile: Profile, timeline: Timeline, rng: random.Random) -> None:
        super().__init__(profile, timeline, rng)
        self.receipts = 0
        self._last: Account | None = None

    def start(self, key: str, amount_minor: int, sale_id: str) -> Answer:
        """Refused while another payment waits for its card."""
        if self._last is not None and not self.is_over(self._last):
            return Answer(Word.BUSY)
        answer = super().start(key, amount_minor, sale_id)
        self._last = self.accounts[key]
        return answer

    def repeat_receipt(self, before: int) -> Answer:
        """What the terminal printed last, for somebody who knows how many receipts there were before."""
        last = self._last
        if last is None:
            return _ENDED
        answer = self._said(last)
        if answer.word is Word.OPEN:
            return answer
        return answer if last.receipt > before else _ENDED

    def cancel_last(self, before: int) -> Answer:
        """Abort what waits for a card, or reverse the receipt that came since."""
        last = self._last
        if last is None or (self.is_over(last) and last.receipt <= before):
            return _ENDED
        return self.cancel(last.key)

    def _take(self, account: Account) -> None:
        self.receipts += 1
        account.receipt = self.receipts
        super()._take(account)

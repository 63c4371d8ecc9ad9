"""The plug-in at the lane's end of a line: a payments.gateway.Gateway that reads what its bank says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bench.simulation.bank import Answer, Bank, Terminal, Word
from bench.simulation.network import Line, Reply
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Reason, RefundRequest, Trouble
from retail.money import Money

CURRENCY: Final = "CNY"
_PENDING: Final = PaymentResult(Outcome.PENDING)
_SHOWN: Final = PaymentResult(Outcome.PENDING, show="weixin://wxpay/bizpayurl?pr=simulated")
_REFUSED: Final = PaymentResult(Outcome.DECLINED, Reason.FUNDS)
_ENDED: Final = PaymentResult(Outcome.DECLINED, Reason.CANCELLED)
_UNSENT: Final = PaymentResult(Outcome.DECLINED, Reason.NOT_SENT)
_BUSY: Final = PaymentResult(Outcome.DECLINED, Reason.UNAVAILABLE)
_NO_ANSWER: Final = PaymentResult(Outcome.UNKNOWN, trouble=Trouble.NO_ANSWER)
_SERVER: Final = PaymentResult(Outcome.UNKNOWN, trouble=Trouble.SERVER)
_UNKNOWN: Final = PaymentResult(Outcome.UNKNOWN)


class Question(NamedTuple):
    """One message to a bank."""

    line: Line
    bank: Bank
    verb: str
    key: str
    arrive: Callable[[], Answer]

    @property
    def order(self) -> str:
        """The key, if the message asks for money."""
        return self.key if self.verb == "start" else ""


class Asked(BaseException):
    """A gateway call has come to the point at which it waits for the network."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question


@dataclass(slots=True)
class Tape:
    """The replies that a call has had so far. A call that needs one more raises Asked; once the reply is there it is
    run again from its beginning, with all of them: so a blocking call waits in virtual time, without a thread."""

    replies: list[Reply] = field(default_factory=list)
    at: int = 0

    def next_reply(self) -> Reply | None:
        """The reply to the next question, if it is there."""
        if self.at == len(self.replies):
            return None
        self.at += 1
        return self.replies[self.at - 1]


@dataclass(slots=True)
class Notes:
    """A plug-in's own file, for a terminal that knows no keys: the payment begun last, how many receipts there were
    before it, and how payments ended. Outlives the lane."""

    key: str = ""
    receipts: int = 0
    ended: dict[str, PaymentResult] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether the last payment may still be going on."""
        return bool(self.key) and self.key not in self.ended

    def end(self, key: str, result: PaymentResult) -> None:
        """How it ended, for good."""
        self.ended[key] = result
        if len(self.ended) > _REMEMBERED:
            del self.ended[next(iter(self.ended))]


class SimGateway:
    """See payments.gateway.Gateway. Never guesses: what is no plain word of the bank is UNKNOWN."""

    def __init__(self, bank: Bank, line: Line, tape: Tape, notes: Notes) -> None:
        self.traits = bank.profile.traits
        self.bank = bank
        self._line = line
        self._tape = tape
        self._notes = notes

    def start(self, request: PaymentRequest) -> PaymentResult:
        """Ask for the money. A terminal without keys serves nobody else until the last payment's end is known."""
        bank, notes, key, amount = self.bank, self._notes, request.key, request.amount.minor
        if isinstance(bank, Terminal) and notes.key != key:
            if notes.is_open:
                return _BUSY
            notes.key, notes.receipts = key, bank.receipts
        reply = self._ask("start", key, lambda: bank.start(key, amount, request.sale_id))
        if reply.unsent and bank.profile.proves_unsent:
            return _UNSENT
        return self._shown(self._noted(key, self.read(reply)))

    def lookup(self, key: str) -> PaymentResult:
        """What became of it."""
        bank = self.bank
        if not isinstance(bank, Terminal):
            return self.read(self._ask("lookup", key, lambda: bank.lookup(key)))
        return self._of_last(key, "lookup", bank.repeat_receipt)

    def cancel(self, key: str) -> PaymentResult:
        """End it."""
        bank = self.bank
        if not isinstance(bank, Terminal):
            return self.read(self._ask("cancel", key, lambda: bank.cancel(key)))
        return self._of_last(key, "cancel", bank.cancel_last)

    def refund(self, request: RefundRequest) -> PaymentResult:  # noqa: ARG002 - the contract's name
        """No lane of the simulation gives money back."""
        return _UNKNOWN

    def close(self) -> None:
        """Nothing is held open."""

    def read(self, reply: Reply) -> PaymentResult:
        """What a reply proves."""
        answer = reply.answer
        if answer is None:
            return _NO_ANSWER
        if answer.word in {Word.PAID, Word.STORED}:
            paid = Money(answer.paid_minor, CURRENCY)
            return PaymentResult(Outcome.APPROVED, paid=paid, stored=answer.word is Word.STORED)
        if answer.word is Word.ENDED:
            return _REFUSED if answer.declined else _ENDED
        return _READ.get(answer.word, _UNKNOWN)

    def _of_last(self, key: str, verb: str, ask: Callable[[int], Answer]) -> PaymentResult:
        """What a terminal without keys can tell of a payment: only of the last one. None that is not in the notes was
        ever sent, as it is noted before."""
        notes = self._notes
        if key != notes.key:
            return notes.ended.get(key, _UNSENT)
        return self._noted(key, self.read(self._ask(verb, key, lambda: ask(notes.receipts))))

    def _noted(self, key: str, result: PaymentResult) -> PaymentResult:
        """Once its end is certain the terminal is free for the next."""
        if result.outcome in _FINAL and self._notes.key == key:
            self._notes.end(key, result)
        return result

    def _shown(self, result: PaymentResult) -> PaymentResult:
        """A shopper can only pay by a code that is on the screen."""
        return _SHOWN if result is _PENDING and self.traits.presents == "kiosk_code" else result

    def _ask(self, verb: str, key: str, arrive: Callable[[], Answer]) -> Reply:
        reply = self._tape.next_reply()
        if reply is None:
            raise Asked(Question(self._line, self.bank, verb, key, arrive))
        return reply


_REMEMBERED: Final = 200
_FINAL: Final = frozenset({Outcome.APPROVED, Outcome.DECLINED})
_READ: Final = {
    Word.OPEN: _PENDING,
    Word.REVERSED: _ENDED,
    Word.BUSY: _BUSY,
    Word.TROUBLE: _SERVER,
}

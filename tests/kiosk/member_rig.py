"""A lane whose shop has members: its programme, a hub's book that answers when told to, codes that a phone shows."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.services.lane_view import LaneView
from kiosk.services.member_book import (
    CodeSent,
    Known,
    MemberBook,
    OwnCoupon,
    Parked,
    Refused,
    Reserved,
    Rewards,
)
from offline_cache.journal import JournalReader
from payments.gateway import Outcome, PaymentResult
from retail.events import Event
from retail.membership.consent import Given
from retail.membership.member_code import LIVES_S, card_number, sign_member_code
from retail.membership.programme import Club, ConsentText, PointsRule, Programme, Purpose, programme_body
from retail.promotions.campaign import Campaign, Kind, Terms
from tests.kiosk.lane_rig import LaneRig, write_list

KEY: Final = Ed25519PrivateKey.generate()
CARD: Final = card_number("9922334455")
NUMBER: Final = "13800138000"
PAYER: Final = "wechat:app:openid-77"
PAID: Final = PaymentResult(Outcome.APPROVED, reference="bank-1", payer=PAYER)

MEMBERS_MILK: Final = Campaign("members-milk", Terms(Kind.SPECIAL_PRICE, price=1000), clubs=("member",))
TEA_BREAD: Final = Campaign("tea-bread", Terms(Kind.SPECIAL_PRICE, price=500), clubs=("tea",))
ONCE: Final = Campaign("once", Terms(Kind.BASKET, amount_from=100, off=50), coupon="ONCE-*", everything=True, layer=1)
MANY: Final = Campaign("many", Terms(Kind.BASKET, amount_from=100, off=30), coupon="MANY", everything=True, layer=2)
OWN: Final = Campaign(
    "own", Terms(Kind.BASKET, amount_from=100, off=200), coupon="SGC-OWN1", coupon_single=True, personal=True,
    everything=True, layer=900,
)  # fmt: skip
OWN_COUPON: Final = OwnCoupon("SGC-OWN1", OWN)


def _club(name: str, **names: str) -> Club:
    asks = (
        ConsentText(Purpose.MEMBERSHIP, "1", {"en": f"I join {name}.", "zh-CN": f"我加入{name}。"}),
        ConsentText(Purpose.MARKETING, "3", {"en": f"{name} may write to me."}),
    )
    return Club(name, names, asks)


PROGRAMME: Final = Programme(
    _club("member", en="Lotus Mall"),
    (_club("tea", en="Tea House"), _club("shoes", en="Shoes")),
    points=PointsRule(100, 1),
    code_keys=(KEY.public_key().public_bytes_raw(),),
    seal_key=bytes(range(32)),
)


@dataclass
class ScriptedBook:
    """Remembers what it was asked and answers nothing by itself."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)
    waiting: list[tuple[str, Callable[[Any], None]]] = field(default_factory=list)
    full: bool = False

    def identify(self, claim: str, kind: str, value: str, done: Callable[[Known | Refused], None]) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self._ask(done, "identify", claim, kind, value)

    def ask_phone(self, claim: str, number: str, done: Callable[[Known | Refused], None]) -> None:
        self._ask(done, "ask_phone", claim, number)

    def send_code(self, number: str, language: str, done: Callable[[CodeSent | Refused], None]) -> None:
        self._ask(done, "send_code", number, language)

    def join_by_phone(
        self, claim: str, number: str, code: str, given: Sequence[Given], done: Callable[[Known | Refused], None]
    ) -> None:
        self._ask(done, "join_by_phone", claim, number, code, tuple(given))

    def payer(self, payment_key: str, payer: str) -> None:
        self.asked.append(("payer", payment_key, payer))

    def reserve(self, code: str, sale_id: str, claim: str, done: Callable[[Reserved | Refused], None]) -> None:
        self._ask(done, "reserve", code, sale_id, claim)

    def release(self, code: str, sale_id: str) -> None:
        self.asked.append(("release", code, sale_id))

    def rewards(self, sale_id: str, done: Callable[[Rewards | Refused], None]) -> None:
        self._ask(done, "rewards", sale_id)

    def park(self, sale_id: str, kind: str, value: str, done: Callable[[Parked | Refused], None]) -> None:
        self._ask(done, "park", sale_id, kind, value)

    def _ask(self, done: Callable[[Any], None], verb: str, *words: Any) -> None:
        self.asked.append((verb, *words))
        self.waiting.append((verb, done))

    def of(self, verb: str) -> list[tuple[Any, ...]]:
        """What it was asked by this word."""
        return [words for name, *words in self.asked if name == verb]  # type: ignore[misc]


class MemberRig(LaneRig):
    """`book` is what the hub knows; the wallet's payments say who pays, the card's do not."""

    programme: Programme | None = PROGRAMME
    campaigns: Sequence[tuple[Campaign, Sequence[str]]] = (
        (MEMBERS_MILK, ("MILK",)),
        (TEA_BREAD, ("BREAD",)),
        (ONCE, ()),
        (MANY, ()),
    )

    def __init__(self, *args: Any) -> None:
        self.book = ScriptedBook()
        super().__init__(*args)
        self.bank.traits = replace(self.bank.traits, tells_payer=True)

    def members(self) -> MemberBook | None:
        return self.book

    def write_list(self) -> None:
        write_list(
            self.folder / "price-list.sqlite",
            offers=(),
            campaigns=self.campaigns,
            membership={} if self.programme is None else programme_body(self.programme),
            brands={"BREAD": "tea"},
        )

    def answer(self, verb: str, said: Any) -> LaneView:
        """The hub answers the oldest question of this kind."""
        place = next(number for number, (asked, _) in enumerate(self.book.waiting) if asked == verb)
        _, done = self.book.waiting.pop(place)
        self.till.guard(lambda: done(said))
        return self.view

    def member_code(self, *clubs: str, key: Ed25519PrivateKey = KEY, lives_s: int = LIVES_S) -> str:
        """What a member's phone shows just now."""
        expires_at = int(self.now.timestamp()) + lives_s
        ticket = secrets.token_bytes(40)
        return "SGM-" + sign_member_code(key, key_number=0, clubs=clubs, ticket=ticket, expires_at=expires_at)

    def known(self, *clubs: str, **more: Any) -> Known:
        """What the hub knows of the last claim that it was told or asked about."""
        claim = next(
            words[1] for words in reversed(self.book.asked) if words[0] in {"identify", "ask_phone", "join_by_phone"}
        )
        told: dict[str, Any] = {"masked": "138 •• 11", "points": 40} | more
        return Known(claim, clubs or ("member",), **told)

    def recognised(self, *clubs: str, **more: Any) -> LaneView:
        """A member shows their code, and the hub knows them."""
        self.scan(self.member_code(*(clubs or ("member",))))
        return self.answer("identify", self.known(*clubs, **more))

    def events(self, kind: str = "") -> list[Event]:
        """All events so far, or those of one kind."""
        with JournalReader(self.folder / "journal.sqlite") as journal:
            return [event for event in journal.events() if not kind or event.kind == kind]

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of the events of one kind."""
        return [dict(event.body) for event in self.events(kind)]

    def disk(self) -> bytes:
        """Every byte in the lane's folder."""
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())

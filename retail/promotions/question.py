"""One opened price list that is asked what baskets cost: all that a door has to add is how the question came in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import partial
from typing import Final, Protocol

from retail.figures import tag_money_text, tag_weight_text
from retail.pricing import price_basket
from retail.promotions.answer import Source, answer_of, answer_text
from retail.promotions.ask import AskRefused, Entry, moment_of
from retail.promotions.asked_goods import asked_goods
from retail.promotions.campaign import Shopper
from retail.promotions.engine import Engine
from retail.promotions.remembered import ChangingList, RememberedList
from retail.promotions.speech import Speech
from retail.resolution import CouponScan
from retail.router import resolve
from retail.scan_rules import ScanRules

MEMBER: Final = "member"  # the shop's own club
_RULES: Final = ScanRules()

Figures = Callable[[int], str]
Speeches = Callable[[str, Figures, Figures], Speech]  # how a language speaks, given how to write money and weights


class ListMeta(Protocol):
    """What an answer says of the list."""

    @property
    def store(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def currency(self) -> str: ...


class OpenedList(ChangingList, Protocol):
    """A list, what it says of itself, and whether a campaign of it asks for a coupon."""

    @property
    def meta(self) -> ListMeta: ...

    def takes_coupon(self, code: str, at: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class Question:
    """A basket and its shopper. `at`: ISO 8601, '' for now; `way`: of paying, or its brand; `channel`: '' for the
    list's own; `own_coupons`: those of `coupons` that were given to this member; `used`: how often the member has used
    a campaign before.
    """

    entries: tuple[Entry, ...]
    at: str = ""
    member: bool = False
    clubs: tuple[str, ...] = ()
    coupons: tuple[str, ...] = ()
    own_coupons: tuple[str, ...] = ()
    used: Mapping[str, int] = field(default_factory=dict)
    way: str = ""
    channel: str = ""
    language: str = "en"

    def shopper(self, meta: ListMeta, coupon: Callable[[str], str]) -> Shopper:
        """Who buys; `coupon` answers how the list writes a code that was shown."""
        own = tuple(map(coupon, self.own_coupons))
        return Shopper(
            clubs=frozenset((*self.clubs, MEMBER) if self.member else self.clubs),
            coupons=tuple(dict.fromkeys((*map(coupon, self.coupons), *own))),
            own_coupons=frozenset(own),
            way=self.way,
            channel=self.channel or meta.channel,
            store=meta.store,
            used=self.used,
        )


class AskedPrices:
    """Answers questions to a list; bound to one thread, as the list is. `zone` is the list's."""

    def __init__(self, prices: OpenedList, zone: tzinfo, speeches: Speeches) -> None:
        self._prices = prices
        self._goods = RememberedList(prices)
        self._zone = zone
        self._speeches = speeches
        self._engine = Engine()
        self._references: dict[str, str] = {}

    def answer(self, question: Question, now: datetime) -> str:
        """The answer's text; `now` is aware. AskRefused, or what the list raises."""
        meta = self._prices.meta
        if question.channel not in {"", meta.channel}:
            raise AskRefused(
                f"the list is of the channel {meta.channel!r}, not {question.channel!r}, whose prices are in a list "
                "of its own; name that one"
            )
        at = moment_of(question.at, self._zone) if question.at else now.astimezone(self._zone)
        goods = asked_goods(
            question.entries, at=at, lookup=self._goods, currency=meta.currency, references=self._references
        )
        shopper = question.shopper(meta, lambda code: self._coupon(code.strip(), at))
        priced = price_basket(goods.lines, goods.campaigns, shopper, self._engine)
        source = Source(meta.store, meta.channel, meta.revision, meta.currency, at)
        asked = tuple(zip(question.entries, goods.lines, strict=True))
        language = question.language
        money = partial(tag_money_text, currency=meta.currency, language=language)
        speech = self._speeches(language, money, partial(tag_weight_text, language=language))
        return answer_text(answer_of(source, asked, priced, language=language, speech=speech))

    def _coupon(self, code: str, at: datetime) -> str:
        """A code as a campaign asks for it: as it is, without the shop's prefix, or as a lane reads it."""
        ways = [code, code.removeprefix(_RULES.coupon_prefix)]
        found = resolve(code, at=at, lookup=self._goods, currency=self._prices.meta.currency) if code else None
        if isinstance(found, CouponScan):
            ways += [found.code, found.code.removeprefix(_RULES.coupon_prefix)]
        return next((way for way in ways if way and self._prices.takes_coupon(way, at)), code)

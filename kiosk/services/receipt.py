"""The receipt as text in fixed columns, where a Chinese character is two wide: what a printer and a phone can show."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from kiosk.services.formats import date_time_text, money_text, percent_text, weight_text
from kiosk.services.offer_texts import offer_speech
from kiosk.services.payment_record import NO_WAY, member_clubs
from kiosk.services.texts import Texts
from offline_cache.price_list.writer import Meta
from retail.membership.programme import ProgrammeError, programme_from
from retail.pricing import PricedBasket, PricedLine
from retail.product import Unit, name_in
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign
from retail.promotions.sentences import is_off_the_basket, offer_label
from retail.promotions.speech import Speech
from retail.sale import Line, Sale

WIDTH: Final = 42
RULE: Final = "-"
STRONG_RULE: Final = "="  # stands before the line that matters most: the total
CODE: Final = "\x02"  # begins a line that is not read but scanned: what follows is drawn as a QR code
_INDENT: Final = "  "
_SHOWN_OF_REFERENCE: Final = 4


@dataclass(frozen=True, slots=True)
class ReceiptHeader:
    """What stands around every receipt of a shop; `address` and `footer` may have several lines."""

    shop: str
    address: str = ""
    tax_id: str = ""
    footer: str = ""
    time_zone: str = "UTC"
    clubs: Mapping[str, str] = field(default_factory=dict)  # names by id

    @classmethod
    def of(cls, meta: Meta, language: str) -> ReceiptHeader:
        """The header that the price list carries, in a language."""
        own = {part: name_in(names, language) for part, names in meta.receipt.items()}
        return cls(
            shop=name_in(meta.names, language) or meta.store,
            address=own.get("header", ""),
            tax_id=own.get("tax_id", ""),
            footer=own.get("footer", ""),
            time_zone=meta.time_zone,
            clubs=_clubs(meta, language),
        )


def receipt_text(
    sale: Sale, priced: PricedBasket, header: ReceiptHeader, texts: Texts, language: str, width: int = WIDTH
) -> str:
    """The receipt of a completed sale; every line is at most `width` columns."""
    paper = _Paper(sale, priced, header, _Words(texts, language), width)
    return "\n".join(line.rstrip() for line in paper.lines())


def _clubs(meta: Meta, language: str) -> dict[str, str]:
    try:
        programme = programme_from(meta.membership)
    except ProgrammeError:
        return {}
    return {} if programme is None else {club.id: club.name(language) for club in programme.clubs}


def columns(text: str) -> int:
    """Width of a text in columns: Chinese characters and full-width signs are two wide."""
    return sum(0 if unicodedata.combining(sign) else _columns_of(sign) for sign in text)


def _columns_of(sign: str) -> int:
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1


@dataclass(frozen=True, slots=True)
class _Words:
    texts: Texts
    language: str

    def __call__(self, name: str, **params: object) -> str:
        return self.texts.text(self.language, f"receipt.{name}", **params)


@dataclass(frozen=True, slots=True)
class _Paper:
    sale: Sale
    priced: PricedBasket
    header: ReceiptHeader
    words: _Words
    width: int

    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield RULE * self.width
        for line in self.sale.lines:
            if not line.problem:
                yield from self._goods(line, self.priced.line(line.number))
        for use in self.priced.uses:  # once: its parts by line would tell nobody anything
            if use.saving_minor and is_off_the_basket(use.campaign):
                yield from self._pair(self._offer(use.campaign), self._money(-use.saving_minor))
        yield STRONG_RULE * self.width
        yield from self._totals()
        yield RULE * self.width
        yield from self._tax()
        yield RULE * self.width
        yield from self._centred(self.header.footer or self.words("thanks"))

    def _head(self) -> Iterator[str]:
        header, sale, words = self.header, self.sale, self.words
        yield from self._centred(header.shop)
        yield from self._centred(header.address)
        if header.tax_id:
            yield from self._centred(f"{words('tax_id')} {header.tax_id}")
        yield RULE * self.width
        yield from self._pair(words("number"), str(sale.completion.get("receipt_number", sale.id)))
        yield from self._pair(words("date"), date_time_text(sale.completed_at, header.time_zone, words.language))
        yield from self._pair(words("lane"), sale.lane)

    def _goods(self, line: Line, money: PricedLine) -> Iterator[str]:
        detail = self._detail(line, money)
        name, amount = line.name(self.words.language), self._money(money.list_minor)
        if detail:
            yield from _wrapped(name, self.width)
            yield from self._pair(_INDENT + detail, amount)
        else:
            yield from self._pair(name, amount)
        if line.tare_grams:
            yield _INDENT + self.words("tare", weight=weight_text(line.tare_grams, self.words.language))
        if line.serial:  # what a guarantee asks for
            yield from (_INDENT + part for part in _wrapped(f"S/N {line.serial}", self.width - len(_INDENT)))
        if money.special_saving_minor:
            yield from self._pair(_INDENT + self.words("special"), self._money(-money.special_saving_minor))
        for applied in money.applied:
            if is_off_the_basket(applied.campaign):
                continue
            yield from self._pair(_INDENT + self._offer(applied.campaign, line), self._money(-applied.saving_minor))

    def _offer(self, campaign: Campaign, line: Line | None = None) -> str:
        """What an offer gives; of the price that only some of its goods have, the list of that line knows."""
        price = next((one.price for one in line.takings if one.campaign == reference(campaign)), None) if line else None
        kg = line is not None and line.unit is Unit.KG
        return offer_label(campaign, self._speech(), self.words.language, price=price, kg=kg)

    def _speech(self) -> Speech:
        return offer_speech(self.words.texts, self.words.language, self.sale.currency)

    def _detail(self, line: Line, money: PricedLine) -> str:
        """How the amount comes about: pieces or kilograms times the undiscounted price."""
        listed = line.list_minor if money.special_saving_minor and line.list_minor is not None else line.unit_minor
        if line.grams is not None:
            weight = weight_text(line.grams, self.words.language)
            # A label's printed price is what counts, even where it was rounded otherwise.
            if line.tare_grams:  # that the weight is net is said wherever something was taken off
                weight = self.words("net", weight=weight)
            by_weight = line.unit is Unit.KG and line.label_minor is None
            return f"{weight} × {self.words('per_kg', price=self._money(listed))}" if by_weight else weight
        return f"{line.quantity} × {self._money(listed)}" if line.quantity > 1 and line.label_minor is None else ""

    def _totals(self) -> Iterator[str]:
        words, priced, attempt = self.words, self.priced, self.sale.attempt
        yield from self._pair(words("total"), self._money(priced.total_minor))
        yield words("items", n=priced.pieces)
        for use in priced.uses:
            for code in use.coupons:
                yield from self._pair(f"{words('coupon')} {code}", "")
        if priced.saved_minor:
            yield from self._pair(words("saved"), self._money(priced.saved_minor))
        yield from self._membership()
        if attempt is not None and attempt.way != NO_WAY:
            wallet = attempt.brand if attempt.brand in {"wechat", "alipay"} else attempt.way
            yield from self._pair(words("paid_by"), words.texts.text(words.language, f"way.{wallet}"))
            if attempt.reference:
                yield from self._pair(words("reference"), "****" + attempt.reference[-_SHOWN_OF_REFERENCE:])

    def _membership(self) -> Iterator[str]:
        """Of which clubs the shopper is, never who; points of the sale for members, those of offers for all."""
        clubs, points = member_clubs(self.sale), self.priced.points
        if clubs:
            names = [self.header.clubs.get(club, club) for club in sorted(clubs, key=self._place)]
            yield from self._pair(self.words("member"), "")
            yield from (_INDENT + part for name in names for part in _wrapped(name, self.width - len(_INDENT)))
            points = int(self.sale.completion.get("points", points))
        if points:
            yield from self._pair(self.words("points"), str(points))

    def _place(self, club: str) -> tuple[int, str]:
        """The shop's own first, the others in its order."""
        order = [*self.header.clubs]
        return (order.index(club) if club in order else len(order)), club

    def _tax(self) -> Iterator[str]:
        words, money = self.words, self._money
        rows = [(words("tax"), words("tax_goods"), words("tax_amount"))]
        rows += [(percent_text(tax.rate_bp), money(tax.gross_minor), money(tax.tax_minor)) for tax in self.priced.tax]
        # Two spaces at least part the columns: with one, a picture of it would set them as one run of words.
        edge = min(self.width * 6 // 10, self.width - 2 - max(columns(row[2]) for row in rows))
        for left, middle, right in rows:
            yield _filled(_filled(left, middle, edge), right, self.width)

    def _money(self, minor: int) -> str:
        return money_text(minor, self.sale.currency, self.words.language)

    def _pair(self, left: str, right: str) -> Iterator[str]:
        return pair(left, right, self.width)

    def _centred(self, text: str) -> Iterator[str]:
        return centred(text, self.width)


def pair(left: str, right: str, width: int) -> Iterator[str]:
    """Left and right on one line; a long left runs over several, the right stands on the last."""
    indent = _INDENT if left.startswith(_INDENT) else ""
    room = width - columns(right) - 2
    *before, last = list(_wrapped(left.strip(), room - len(indent))) or [""]
    yield from (indent + part for part in before)
    yield _filled(indent + last, right, width)


def centred(text: str, width: int) -> Iterator[str]:
    """Each of its lines in the middle, over several where it is too long."""
    for line in text.splitlines():
        for part in _wrapped(line.strip(), width):
            yield " " * ((width - columns(part)) // 2) + part


def _filled(left: str, right: str, width: int) -> str:
    return left + " " * max(1, width - columns(left) - columns(right)) + right


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Cut a text to lines of at most `width` columns, at a space if there is one in the second half of the line."""
    while columns(text) > width:
        cut = _fitting(text, width)
        space = text.rfind(" ", 0, cut + 1)
        if space > cut // 2:
            cut = space
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text


def _fitting(text: str, width: int) -> int:
    """How many signs of a text fit into `width` columns; at least one, so that every text comes to an end."""
    used = 0
    for place, sign in enumerate(text):
        used += columns(sign)
        if used > width:
            return max(1, place)
    return len(text)

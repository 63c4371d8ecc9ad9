"""A priced basket as JSON: the same text for every door, amounts in minor units with tax."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from retail.line import Line
from retail.pricing import PricedBasket, PricedLine
from retail.product import Unit, name_in
from retail.promotions.ask import Entry
from retail.promotions.campaign import Campaign
from retail.promotions.goods import Hint, Use
from retail.promotions.sentences import hint_sentence, offer_label
from retail.promotions.speech import Speech

# json.dumps makes an encoder for each call that is not all defaults.
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

SPECIAL: Final = "special-price"  # what the list's own special price saves, beside the ids of campaigns


@dataclass(frozen=True, slots=True)
class Source:
    """Which list was asked, and for which moment, in the shop's zone."""

    store: str
    channel: str
    revision: int
    currency: str
    at: datetime


def answer_text(answer: Mapping[str, Any]) -> str:
    """The one text of an answer, with the end of its line."""
    return _encode(answer) + "\n"


def answer_of(
    source: Source, asked: Sequence[tuple[Entry, Line]], priced: PricedBasket, *, language: str, speech: Speech
) -> dict[str, Any]:
    """What is answered to entries, of which all lines were priced, in their order."""
    weighed = {one.campaign.id for (_, line), money in _pairs(asked, priced) for one in money.applied if _by_kg(line)}
    return {
        "store": source.store,
        "channel": source.channel,
        "revision": source.revision,
        "currency": source.currency,
        "at": source.at.isoformat(timespec="seconds"),
        "lines": [_line(entry, line, money, language) for (entry, line), money in _pairs(asked, priced)],
        "total": priced.total_minor,
        "saved": priced.saved_minor,
        "tax": [{"rate_bp": one.rate_bp, "gross": one.gross_minor, "tax": one.tax_minor} for one in priced.tax],
        "campaigns": [_use(use, speech, language, kg=use.campaign.id in weighed) for use in priced.uses],
        "points": priced.points,
        "hints": [_hint(hint, speech, language) for hint in priced.hints],
        "bounded": priced.bounded,
        "off_at_most": priced.off_at_most_minor,
    }


def _pairs(
    asked: Sequence[tuple[Entry, Line]], priced: PricedBasket
) -> Iterable[tuple[tuple[Entry, Line], PricedLine]]:
    return zip(asked, priced.lines, strict=True)


def _by_kg(line: Line) -> bool:
    return line.unit is Unit.KG


def _line(entry: Entry, line: Line, money: PricedLine, language: str) -> dict[str, Any]:
    # A code may stand for several pieces: what was asked is the number of scans.
    counted = {"quantity": entry.quantity or 1, "pieces": line.quantity}
    amount = counted if line.grams is None else {"weight_g": line.grams}
    lowest = {} if line.lowest_minor is None else {"lowest_30_days": line.lowest_minor}
    return {
        "number": line.number,
        "code": line.code,
        "sku": line.sku,
        "name": line.name(language),
        **amount,
        "gross": money.list_minor,
        "discounts": _discounts(money),
        "net": money.net_minor,
        "tax": money.tax_minor,
        **lowest,
    }


def _discounts(money: PricedLine) -> list[dict[str, Any]]:
    """What each campaign takes off; together they are gross less net."""
    found = [(SPECIAL, money.special_saving_minor), *((one.campaign.id, one.saving_minor) for one in money.applied)]
    return [{"campaign": name, "amount": amount} for name, amount in found if amount]


def _use(use: Use, speech: Speech, language: str, *, kg: bool) -> dict[str, Any]:
    return {
        "campaign": use.campaign.id,
        "name": _named(use.campaign, language),
        "times": use.times,
        "saving": use.saving_minor,
        "points": use.points,
        "coupons": list(use.coupons),
        "sentence": offer_label(use.campaign, speech, language, kg=kg),
    }


def _hint(hint: Hint, speech: Speech, language: str) -> dict[str, Any]:
    return {
        "campaign": hint.campaign.id,
        "name": _named(hint.campaign, language),
        "missing_pieces": hint.pieces,
        "missing_grams": hint.grams,
        "missing_amount": hint.amount_minor,
        "saving": hint.saving_minor,
        "group": hint.group,
        "skus": list(hint.skus),
        "way": hint.way,
        "club": hint.club,
        "sentence": hint_sentence(hint, speech),
    }


def _named(campaign: Campaign, language: str) -> str:
    return name_in(campaign.names, language) or campaign.id

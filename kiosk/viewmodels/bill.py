"""The rows of a bill: lines in short, what was saved by which offer, what a way of paying would save."""

from __future__ import annotations

from typing import Final

from kiosk.services.formats import money_text, weight_text
from kiosk.services.lane_view import LaneView, LineView, WayView
from kiosk.services.offer_texts import line_savings, view_speech
from kiosk.services.texts import Texts
from kiosk.viewmodels.rows import Row
from retail.product import name_in
from retail.promotions.sentences import hint_lead, offer_label

BRANDS: Final = ("wechat", "alipay")  # the wallets that have words of their own
_SAVINGS_SHOWN: Final = 4  # of a bill; the lines need their room


def bill_row(line: LineView, view: LaneView) -> Row:
    """A line in short, at what it would cost without specials and offers."""
    name = name_in(line.names, view.language)
    return {
        "number": line.number,
        "name": f"{name} × {line.quantity}" if line.countable and line.quantity > 1 else name,
        "detail": weight_text(line.grams, view.language) if line.grams else "",
        "price": money_text(line.list_minor, view.currency, view.language),
    }


def saving_rows(view: LaneView, texts: Texts) -> list[Row]:
    """One row an offer, the best first; specials together; what would be too many in one row at the end."""
    special, speech = texts.text(view.language, "pay.special"), view_speech(texts, view)
    sums: dict[str, int] = {}
    for line in view.lines:
        for name, minor in line_savings(line, special, speech, view.language):
            sums[name] = sums.get(name, 0) + minor
    for offer in view.basket_offers:
        name = offer_label(offer.campaign, speech, view.language)
        sums[name] = sums.get(name, 0) + offer.saving_minor
    found = sorted(sums.items(), key=lambda one: -one[1])
    if len(found) > _SAVINGS_SHOWN:
        shown, rest = found[: _SAVINGS_SHOWN - 1], found[_SAVINGS_SHOWN - 1 :]
        more = texts.text(view.language, "basket.more_offers", n=len(rest))
        found = [*shown, (more, sum(minor for _, minor in rest))]
    return [{"name": name, "amount": money_text(-minor, view.currency, view.language)} for name, minor in found]


def way_saving(way: WayView, view: LaneView, texts: Texts) -> str:
    """What paying like this would save, in words; empty for nothing."""
    ways = {way.id, *(way.brands or (BRANDS if way.id == "wallet" else ()))}
    hints = [hint for hint in view.way_hints if hint.way in ways]
    if not hints or not way.available:
        return ""
    return hint_lead(max(hints, key=lambda hint: hint.saving_minor), view_speech(texts, view))

"""Offers, hints and what they save, in the words of the lane's catalogues."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from kiosk.services.lane_view import LaneView, LineView
from kiosk.services.texts import Texts
from retail.figures import tag_money_text, tag_weight_text
from retail.product import Unit
from retail.promotions.sentences import offer_label
from retail.promotions.speech import Speech


def offer_speech(texts: Texts, language: str, currency: str) -> Speech:
    """How a lane says offers in a language; amounts as its shelves' labels write them."""
    return Speech(
        partial(texts.text, language),
        partial(tag_money_text, currency=currency, language=language),
        partial(tag_weight_text, language=language),
    )


def view_speech(texts: Texts, view: LaneView) -> Speech:
    """How what is shown now is said."""
    return offer_speech(texts, view.language, view.currency)


def line_savings(line: LineView, special: str, speech: Speech, language: str) -> Iterable[tuple[str, int]]:
    """What lowered a line, each with what it saved; `special` names the list's own special price."""
    if line.special_saving_minor:
        yield special, line.special_saving_minor
    for offer in line.offers:
        kg = line.unit is Unit.KG
        yield offer_label(offer.campaign, speech, language, price=offer.price_minor, kg=kg), offer.saving_minor

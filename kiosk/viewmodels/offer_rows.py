"""Rows below the lines of a basket: what is off all of it, coupons, and hints."""

from __future__ import annotations

from dataclasses import replace

from kiosk.services.formats import money_text
from kiosk.services.lane_view import CouponView, HintView, LaneView
from kiosk.viewmodels.rows import Row
from retail.product import name_in
from retail.promotions.campaign import Campaign
from retail.promotions.sentences import hint_lead, is_off_the_basket, offer_label, offer_sentence
from retail.promotions.speech import Speech


def basket_rows(view: LaneView, speech: Speech) -> list[Row]:
    """Offers for the whole basket; those that a coupon brought stand at the coupon."""
    return [
        {
            "key": f"offer {offer.campaign.id}",
            "code": "",
            "text": offer_label(offer.campaign, speech, view.language),
            "amount": money_text(-offer.saving_minor, view.currency, view.language),
            "used": True,
        }
        for offer in view.basket_offers
        if not offer.campaign.coupon
    ]


def coupon_row(coupon: CouponView, view: LaneView, speech: Speech, idle: str) -> Row:
    """What it saved on single goods stands at those goods, and is no second discount here; `idle`: what is said of one
    that nothing on the basket goes with."""
    used, campaign, text, amount = coupon.saving_minor > 0, coupon.campaign, idle, ""
    if campaign is not None:
        text = offer_label(campaign, speech, view.language) if used else offer_sentence(campaign, speech)
    if used and campaign is not None and is_off_the_basket(campaign):
        amount = money_text(-coupon.saving_minor, view.currency, view.language)
    return {"key": f"coupon {coupon.code}", "code": coupon.code, "text": text, "amount": amount, "used": used}


def hint_row(view: HintView, speech: Speech, language: str) -> Row:
    """What to do, and under it the goods and the offer that it is about."""
    hint = view.hint
    offer = offer_label(hint.campaign, speech, language, kg=bool(hint.grams))
    name = name_in(view.names, language)
    about = speech.say("about", name=name, offer=offer) if name else offer
    return {"key": hint.campaign.id + hint.club, "lead": hint_lead(hint, speech), "about": about}


def own_offer(campaign: Campaign, speech: Speech) -> str:
    """What a coupon of the shopper's own gives: that it is a coupon, and theirs, goes without saying."""
    return offer_sentence(replace(campaign, coupon="", personal=False, clubs=()), speech)

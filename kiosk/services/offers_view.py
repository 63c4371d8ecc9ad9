"""What the screens show of offers: what each saved, what a little more would save, which coupons lie on the basket."""

from __future__ import annotations

from typing import Final

from kiosk.services.lane_view import CouponView, HintView, SavingView
from retail.line import Line
from retail.pricing import PricedBasket, PricedLine
from retail.promotions.campaign import Shopper
from retail.promotions.conditions import coupons_for
from retail.promotions.goods import Hint
from retail.promotions.sentences import is_off_the_basket
from retail.sale import Sale

_HINTS: Final = 2  # more would be advertising


def saving_views(sale: Sale, line: Line, money: PricedLine) -> tuple[SavingView, ...]:
    """What lowered a line, the largest saving first; not its share of what is off the whole basket."""
    prices = {sale.campaigns[one.campaign].id: one.price for one in line.takings if one.price is not None}
    own = (one for one in money.applied if not is_off_the_basket(one.campaign))
    applied = sorted(own, key=lambda one: (-one.saving_minor, one.campaign.id))
    return tuple(SavingView(one.campaign, one.saving_minor, prices.get(one.campaign.id)) for one in applied)


def basket_views(priced: PricedBasket) -> tuple[SavingView, ...]:
    """What is off the whole basket, the largest saving first."""
    found = (use for use in priced.uses if use.saving_minor and is_off_the_basket(use.campaign))
    ordered = sorted(found, key=lambda use: (-use.saving_minor, use.campaign.id))
    return tuple(SavingView(use.campaign, use.saving_minor) for use in ordered)


def basket_share(money: PricedLine) -> int:
    """What offers for the whole basket took off a line."""
    return sum(one.saving_minor for one in money.applied if is_off_the_basket(one.campaign))


def hint_views(sale: Sale | None, priced: PricedBasket, changed_line: int) -> tuple[HintView, ...]:
    """The best hints: first what the goods that were scanned last go with, then what saves most. Being in a club is
    nothing that one more item brings: it stands behind."""
    if sale is None or not priced.hints:
        return ()
    goods = {line.sku: line for line in reversed(sale.lines) if not line.problem}
    last = next((line.sku for line in sale.lines if line.number == changed_line), "")

    def rank(hint: Hint) -> tuple[bool, bool, int, str]:
        return bool(hint.club), last not in hint.skus, -hint.saving_minor, hint.campaign.id

    best = sorted((hint for hint in priced.hints if not hint.way and hint.saving_minor > 0), key=rank)
    about = ((hint, last if last in hint.skus else next(iter(hint.skus), "")) for hint in best[:_HINTS])
    return tuple(HintView(hint, goods[sku].names if sku in goods else {}) for hint, sku in about)


def way_hints(priced: PricedBasket) -> tuple[Hint, ...]:
    """What paying in a certain way would save: the best for each way."""
    best: dict[str, Hint] = {}
    for hint in priced.hints:
        known = best.get(hint.way)
        if hint.way and hint.saving_minor > (known.saving_minor if known else 0):
            best[hint.way] = hint
    return tuple(best.values())


def coupon_views(sale: Sale | None, priced: PricedBasket) -> tuple[CouponView, ...]:
    """The coupons that were shown, in their order, with what they saved."""
    if sale is None:
        return ()
    return tuple(_coupon_view(code, sale, priced) for code in sale.coupons)


def _coupon_view(code: str, sale: Sale, priced: PricedBasket) -> CouponView:
    for use in priced.uses:
        if code in use.coupons:
            place, count = use.coupons.index(code), len(use.coupons)
            before, after = (use.saving_minor * part // count for part in (place, place + 1))
            return CouponView(code, use.campaign, after - before)
    bearer = Shopper(coupons=(code,), own_coupons=frozenset({code}))
    known = (one for one in sale.campaigns.values() if one.coupon and coupons_for(one, bearer))
    return CouponView(code, next(known, None))

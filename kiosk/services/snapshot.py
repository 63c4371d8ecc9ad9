"""The one snapshot of the whole lane that is published after every act."""

from __future__ import annotations

from dataclasses import replace

from kiosk.services import offers_view, staff, view
from kiosk.services.checkout_desk import CheckoutDesk
from kiosk.services.ladder_desk import Standing
from kiosk.services.lane import Lane
from kiosk.services.lane_view import DoneView, HandedView, LaneView, PriceListStatus, Screen
from kiosk.services.staff import StaffDesk
from kiosk.services.stages import OPEN_BASKET
from kiosk.services.weighing import WeighingView, weighing_view
from offline_cache.errors import JournalError
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.writer import Meta


def snapshot(
    lane: Lane, checkout: CheckoutDesk, staff_desk: StaffDesk, *, handed: HandedView | None = None
) -> LaneView:
    """What the screens show now; without what only the price list knows while there is none."""
    register = lane.register
    printer, cases = lane.paper.printer, checkout.cases()
    standing = _standing(lane)
    acts = staff.acts_for(
        lane.screen,
        register.sale,
        help_called=bool(lane.help),
        can_reprint=printer.can_reprint,
        cases=cases,
        debts=standing is not None and bool(standing.debts),
        refunds=lane.ports.refunds is not None,
    )
    left_s = lane.idle_left_s
    warned = lane.screen in OPEN_BASKET and left_s <= lane.rules.idle_warning_s
    common = LaneView(
        screen=lane.screen,
        lane=lane.rules.lane,
        currency=register.sale.currency if register.sale else "CNY",
        language=lane.language,
        notice=lane.notice,
        decline=lane.decline,
        help_called=bool(lane.help),
        staff=staff_desk.view(acts, lane.ports.steady()),
        fault=lane.fault,
        payment=checkout.payment.view(),
        cases=cases,
        done=_done(lane),
        handed=handed,
        printer=printer,
        loose=lane.loose,
        weighing=_weighing(lane),
        has_scale=lane.ports.scale is not None,
        scale_fault=lane.ports.scale.fault if lane.ports.scale is not None else "",
        idle_warning_s=max(left_s, 1) if warned else 0,
        lines=lane.lines,
        changed_line=lane.changed_line,
        change_serial=lane.serial,
        total_minor=register.priced.total_minor,
        saved_minor=register.priced.saved_minor,
        pieces=register.priced.pieces,
        tax=register.priced.tax,
        hints=offers_view.hint_views(register.sale, register.priced, lane.changed_line),
        way_hints=offers_view.way_hints(register.priced),
        coupons=offers_view.coupon_views(register.sale, register.priced),
        basket_offers=offers_view.basket_views(register.priced),
        points=register.priced.points,
        pay_block=view.pay_block(register.sale, register.priced),
        needs_age=register.sale.needs_age if register.sale else 0,
    )
    return common if standing is None else _with_prices(lane, common, standing)


def _standing(lane: Lane) -> Standing | None:
    """How the lane stands while a line is away. Out of service the journal may be what is broken: it is not asked."""
    if lane.screen is Screen.OUT_OF_SERVICE:
        return None
    try:
        return lane.ladder.look()
    except JournalError:
        if lane.screen is not Screen.DONE:
            raise
        return lane.ladder.last  # the sale is on disk: that is what its shopper must see


def _done(lane: Lane) -> DoneView | None:
    done = lane.done
    return done and replace(done, fate=lane.paper.fate(done.receipt_number))


def _weighing(lane: Lane) -> WeighingView | None:
    scale = lane.ports.scale
    return None if lane.weighing is None or scale is None else weighing_view(lane.weighing, scale)


def _with_prices(lane: Lane, common: LaneView, standing: Standing) -> LaneView:
    try:
        prices = lane.prices()
        bags = [prices.find_sku(sku, lane.now()) for sku in prices.meta.bag_skus]
    except PriceListError:
        return common
    meta, sale = prices.meta, lane.register.sale
    return replace(
        common,
        shop_names=meta.names or {"": meta.store},
        picture_root=lane.ports.prices.picture_root,
        currency=sale.currency if sale else meta.currency,
        time_zone=meta.time_zone,
        ways=view.way_views(lane.ports.ways, standing.ladder.refusals),
        offline=view.offline_view(standing),
        bags=view.loose_views(bag for bag in bags if bag is not None),
        price_list=_price_list(lane, meta),
    )


def _price_list(lane: Lane, meta: Meta) -> PriceListStatus:
    agent, age_s = lane.ports.agent, lane.list_age_s
    said = agent.said
    return PriceListStatus(
        revision=meta.revision,
        published_at=meta.published_at.isoformat(),
        as_of=lane.list_as_of.isoformat(),
        age_s=max(0, int(age_s)),
        old=age_s > lane.rules.list_old_after_s,
        online=agent.online,
        silent=agent.silent,
        queued=agent.queued,
        refused=len(said.refused),
        refused_why=said.refused[-1].reason if said.refused else "",
        refused_list=said.refused_list.sentence if said.refused_list else "",
        trouble=said.last_error,
        now=lane.price_clock.now().isoformat(),
        clock_wrong_s=int(lane.price_clock.wrong_by.total_seconds()),
    )

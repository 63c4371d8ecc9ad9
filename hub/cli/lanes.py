"""Commands about lanes and what they sold: lane, lanes, sales."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from hub.cli.opening import opened
from hub.cli.terminal import complain, say, say_json, table
from hub.lane_list import LaneSummary
from hub.sales_list import totals
from retail.money import currency_exponent


def lane(args: Namespace) -> int:
    """Enrol a lane; its token is shown this once."""
    with opened(args) as hub:
        token = hub.lanes.enrol(args.store, args.lane, rotate=args.rotate)
    complain(f"the token of lane {args.lane}, shown this once: put it into the lane's token_file")
    say(token)
    return 0


def lanes(args: Namespace) -> int:
    """List the lanes: how each stands, and what somebody should look at."""
    with opened(args) as hub:
        found, now = hub.lanes.all(), hub.clock()
    if args.json:
        say_json([_lane_json(one) for one in found])
        return 0
    heads = ("store", "lane", "list", "heard of", "events", "queued", "parked", "version", "")
    say(table(heads, [_lane_row(one, now) for one in found]))
    for one in found:
        for sentence in _sentences(one):
            say(f"{one.store} {one.name}: {sentence}")
    return 0


def _lane_json(one: LaneSummary) -> dict[str, Any]:
    return {
        "store": one.store,
        "lane": one.name,
        "events": one.events,
        "life": one.life,
        "enrolled_at": one.enrolled_at.isoformat(),
        "seen_at": None if one.seen_at is None else one.seen_at.isoformat(),
        **asdict(one.told),
        "newest_revision": one.newest,
        "behind": one.behind,
        "parked": one.parked,
        "marks": list(one.marks),
    }


def _lane_row(one: LaneSummary, now: datetime) -> tuple[object, ...]:
    revision = str(one.told.revision or "none") + (f" ({one.behind} behind)" if one.behind else "")
    queued = "" if one.told.queued is None else f"{one.told.queued:,}"
    heard = "never" if one.seen_at is None else f"{_span(now - one.seen_at)} ago"
    parked = f"{one.parked:,}" if one.parked else ""
    return one.store, one.name, revision, heard, one.events, queued, parked, one.told.version, " ".join(one.marks)


def _sentences(one: LaneSummary) -> list[str]:
    """What is behind the marks, for those that need words."""
    told = one.told
    said = []
    if "refuses" in one.marks:
        said.append(f"refuses the newest list: {told.refused_list}")
    if "clock" in one.marks and told.hub_time_skew_s is not None:
        side = "behind" if told.hub_time_skew_s > 0 else "ahead of"
        said.append(f"its clock is {_span(timedelta(seconds=abs(told.hub_time_skew_s)))} {side} ours")
    if "parked" in one.marks:
        said.append(f"events parked: {one.parked:,}; `kiosk-hub events --refused` says why")
    if told.last_error:
        said.append(told.last_error)
    return said


def _span(length: timedelta) -> str:
    """A length of time in its largest unit, rounded down."""
    seconds = max(0, int(length.total_seconds()))
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"


def sales(args: Namespace) -> int:
    """List a store's sales, with totals of the completed ones."""
    with opened(args) as hub:
        found = hub.sales.of_store(args.store)
    if args.json:
        say_json({"store": args.store, "sales": found, "totals": list(totals(found))})
        return 0
    rows = [
        (
            sale["started_at"],
            sale["lane"],
            sale["id"],
            sale["status"],
            sale["lines"],
            _amount(sale["total_minor"], sale["currency"]),
            sale["discrepancy"],
        )
        for sale in found
    ]
    say(table(("started", "lane", "sale", "status", "lines", "total", ""), rows))
    for one in totals(found):
        saved = _amount(one["saved_minor"], one["currency"])
        back = one.get("refunded_minor", 0)
        given = f", given back {_amount(back, one['currency'])}" if back else ""
        say(f"{one['sales']:,} completed, {_amount(one['total_minor'], one['currency'])}, saved {saved}{given}")
    return 0


def _amount(minor: int, currency: str) -> str:
    """Plain decimal text with the currency's code: for operators, not for shoppers."""
    places = currency_exponent(currency)
    digits = str(abs(minor)).zfill(places + 1)
    sign = "-" if minor < 0 else ""
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"{sign}{text} {currency}"

"""Commands about lanes and what they sold: lane, lanes, sales."""

from __future__ import annotations

from argparse import Namespace

from hub.cli.opening import opened
from hub.cli.terminal import complain, say, say_json, table
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
    """List the lanes."""
    with opened(args) as hub:
        found = hub.lanes.all()
    if args.json:
        say_json(
            [
                {
                    "store": one.store,
                    "lane": one.name,
                    "events": one.events,
                    "life": one.life,
                    "enrolled_at": one.enrolled_at.isoformat(),
                    "seen_at": None if one.seen_at is None else one.seen_at.isoformat(),
                }
                for one in found
            ]
        )
        return 0
    rows = [(one.store, one.name, one.events, str(one.enrolled_at), str(one.seen_at or "never")) for one in found]
    say(table(("store", "lane", "events", "enrolled", "heard of"), rows))
    return 0


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
        say(f"{one['sales']:,} completed, {_amount(one['total_minor'], one['currency'])}, saved {saved}")
    return 0


def _amount(minor: int, currency: str) -> str:
    """Plain decimal text with the currency's code: for operators, not for shoppers."""
    places = currency_exponent(currency)
    digits = str(abs(minor)).zfill(places + 1)
    sign = "-" if minor < 0 else ""
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"{sign}{text} {currency}"

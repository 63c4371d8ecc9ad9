"""Commands about the members' books: membership red-packets, problems, coupons."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from hub.cli.amounts import plain_amount
from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json
from hub.cli.terminal import say, table
from hub.membership.held_coupons import held_coupons
from hub.membership.red_packet_audit import Audit, audit
from hub.membership.red_packets import Draw, Pool, pools_of


def add_commands(acts: Commands) -> None:
    """Declare them below `membership`."""
    command = add_command(acts, "red-packets", red_packets, "list a store's red packets, or draw those of a pool again")
    command.add_argument("--store", required=True, metavar="ID")
    command.add_argument("--audit", metavar="POOL", help="hold every draw of this pool against its budget and seed")
    add_json(command)
    add_json(add_command(acts, "problems", problems, "list what somebody should look at"))
    group = acts.add_parser("coupons", help="single coupons that lie on baskets")
    below = group.add_subparsers(required=True, metavar="ACT")
    add_json(add_command(below, "held", held, "list those that a sale holds, the longest first"))
    command = add_command(below, "release", release, "free one whose lane will never say what became of its sale")
    command.add_argument("code", metavar="CODE")


def red_packets(args: Namespace) -> int:
    """Pools, or the audit of one: 0 if everything agrees."""
    with opened(args) as hub:
        hub.payment_policies.currency_of(args.store)  # there is such a store
        now = int(hub.clock().timestamp())
        if args.audit:
            return _tell_audit(audit(hub.database, args.store, args.audit, now), as_json=args.json)
        found = pools_of(hub.database, args.store, now)
    if args.json:
        _say_each(_pool_json(one) for one in found)
        return 0
    heads = ("pool", "opens", "closes", "budget", "left", "each", "SHA-256 of the seed", "seed")
    say(table(heads, [_pool_row(one) for one in found]) if found else f"store {args.store}: has no red packets")
    return 0


def problems(args: Namespace) -> int:
    """What the books and the steps of joining found."""
    with opened(args) as hub:
        found = [(one.kind, one.detail, one.at) for one in hub.books.problems()]
        for step in hub.members.step_problems():
            sentence = f"club {step.club}, claim {step.claim}: step {step.step} {step.outcome}: {step.detail}"
            found.append(("step", sentence, step.at))
    if args.json:
        _say_each({"kind": kind, "detail": detail, "at": _time(at)} for kind, detail, at in found)
    elif not found:
        say("there are no problems")
    else:
        say("\n".join(f"{_time(at)} {kind}: {detail}" for kind, detail, at in found))
    return 0


def held(args: Namespace) -> int:
    """Coupons that are reserved."""
    with opened(args) as hub:
        found = held_coupons(hub.database)
    if args.json:
        _say_each(asdict(one) | {"since": _time(one.since)} for one in found)
    elif not found:
        say("no coupon lies on a basket")
    else:
        heads = ("coupon", "of", "store", "lane", "sale", "which is", "since")
        rows = [(o.code, o.campaign_id, o.store, o.lane, o.sale_id, o.status or "?", _time(o.since)) for o in found]
        say(table(heads, rows))
    return 0


def release(args: Namespace) -> int:
    """Free a coupon by hand."""
    with opened(args) as hub:
        sale_id = hub.books.release_by_hand(args.code)
    say(f"coupon {args.code}: is free again; should sale {sale_id} be completed with it after all, that counts")
    return 0


def _tell_audit(found: Audit, *, as_json: bool) -> int:
    if as_json:
        _say_each([_pool_json(found.pool), *map(asdict, found.draws), *({"fault": one} for one in found.faults)])
        return 1 if found.faults else 0
    currency = found.pool.currency
    if found.draws:
        say(table(("draw", "sale", "at", "amount", "drawn again"), [_draw_row(one, currency) for one in found.draws]))
    given = sum(one.amount_minor for one in found.draws)
    budget = plain_amount(found.pool.terms.budget_minor, currency)
    say(f"{plain_amount(given, currency)} drawn of {budget}, {plain_amount(found.pool.left_minor, currency)} left")
    say(f"SHA-256 of the seed: {found.pool.commitment}")
    say(f"seed: {found.pool.seed}" if found.pool.seed else f"seed: told after {_time(found.pool.terms.closes_at)}")
    say("\n".join(found.faults) if found.faults else "everything agrees")
    return 1 if found.faults else 0


def _draw_row(one: Draw, currency: str) -> tuple[object, ...]:
    again = "?" if one.should_minor is None else plain_amount(one.should_minor, currency)
    return one.number, one.sale_id, _time(one.at), plain_amount(one.amount_minor, currency), again


def _pool_row(one: Pool) -> tuple[object, ...]:
    terms = one.terms
    budget, left, least, most = (
        plain_amount(minor, one.currency)
        for minor in (terms.budget_minor, one.left_minor, terms.least_minor, terms.most_minor)
    )
    times = _time(terms.opens_at), _time(terms.closes_at)
    return terms.id, *times, budget, left, f"{least} to {most}", one.commitment, one.seed or "told when it is over"


def _pool_json(one: Pool) -> dict[str, Any]:
    times = {"opens_at": _time(one.terms.opens_at), "closes_at": _time(one.terms.closes_at)}
    told = {"store": one.store, "currency": one.currency, "left_minor": one.left_minor}
    return asdict(one.terms) | times | told | {"commitment": one.commitment, "seed": one.seed or None}


def _say_each(found: Iterable[dict[str, Any]]) -> None:
    for one in found:
        say(json.dumps(one, ensure_ascii=False))


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()

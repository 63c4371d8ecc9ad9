"""Command about money given back: refunds."""

from __future__ import annotations

import json
from argparse import Namespace
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from hub.cli.amounts import plain_amount
from hub.cli.gateway_choice import add_gateways, chosen_gateways
from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json
from hub.cli.terminal import say, table
from hub.refund_entry import RefundEntry
from hub.refunds import RefundDesk
from payments.gateway import Outcome


def add_commands(commands: Commands) -> None:
    """Declare it."""
    command = add_command(commands, "refunds", refunds, "list what was given back, and what does not agree")
    command.add_argument("--store", required=True, metavar="ID")
    command.add_argument("--ask", action="store_true", help="first ask the hub's gateways for those without an answer")
    add_gateways(command)
    add_json(command)


def refunds(args: Namespace) -> int:
    """List a store's refunds and what somebody should look at."""
    with opened(args) as hub:
        if args.ask:
            with closing(hub.payments(chosen_gateways(args))) as payments:
                desk = RefundDesk(hub.refunds, payments)
                for entry in hub.refunds.of_store(args.store):
                    desk.give(entry)
        found = hub.refunds.of_store(args.store)
        odd = hub.refunds_told.discrepancies(args.store)
    if args.json:
        for one in found:
            say(json.dumps({"refund": _json(one)}, ensure_ascii=False))
        for other in odd:
            say(json.dumps({"discrepancy": asdict(other)}, ensure_ascii=False))
        return 0
    heads = ("at", "lane", "receipt", "refund", "amount", "pieces", "why", "by", "outcome")
    say(table(heads, [_row(one) for one in found]))
    for currency in sorted({one.currency for one in found}):
        mine = [one for one in found if one.currency == currency]
        given = sum(one.amount_minor for one in mine if one.outcome is Outcome.APPROVED)
        waits = sum(one.amount_minor for one in mine if not one.settled)
        waiting = f", {plain_amount(waits, currency)} not answered yet" if waits else ""
        say(f"{plain_amount(given, currency)} given back{waiting}")
    for other in odd:
        say(f"lane {other.lane}, refund {other.refund_key or 'several'}: {other.sentence}")
    return 0


def _row(one: RefundEntry) -> tuple[object, ...]:
    at = datetime.fromtimestamp(one.created_at, UTC).strftime("%Y-%m-%d %H:%M")
    pieces = " ".join(f"{part.line}x{part.quantity}" for part in one.parts)
    by = one.asked_by if one.approved_by == one.asked_by else f"{one.asked_by}, approved by {one.approved_by}"
    amount = plain_amount(one.amount_minor, one.currency)
    said = f"{one.outcome} {one.reason}".strip()
    return at, one.lane, one.receipt_number, one.refund_key, amount, pieces, one.why, by, said


def _json(one: RefundEntry) -> dict[str, Any]:
    values = asdict(one)
    for name in ("lane_id", "asked"):
        del values[name]
    for name in ("created_at", "updated_at"):
        values[name] = datetime.fromtimestamp(values[name], UTC).isoformat()
    return {**values, "outcome": one.outcome.value}

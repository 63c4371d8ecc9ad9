"""Commands about payments through the hub: payments, payments ask."""

from __future__ import annotations

import json
from argparse import Namespace
from contextlib import closing
from dataclasses import asdict
from typing import Any, Final

from hub.cli.amounts import plain_amount
from hub.cli.gateway_choice import add_gateways, chosen_gateways
from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json, positive
from hub.cli.terminal import complain, say, table
from hub.payment_list import PaymentList, PaymentSummary
from hub.payment_store import PaymentStore

_LAST: Final = 100
_STILL_OPEN: Final = 1


def add_commands(commands: Commands) -> None:
    """Declare them."""
    command = add_command(commands, "payments", payments, "list payments that lanes ordered through the hub")
    command.add_argument("--open", action="store_true", help="only those whose outcome is not known yet")
    command.add_argument("--store", default="", metavar="ID", help="only this store's")
    command.add_argument(
        "--last", type=positive, default=_LAST, metavar="N", help="the newest N (default: %(default)s); --open: all"
    )
    add_json(command)
    acts = command.add_subparsers(metavar="ask KEY")
    ask_now = add_command(acts, "ask", ask, "ask the gateway now what became of a payment: 0 known, 1 still open")
    ask_now.add_argument("key", metavar="KEY", help="the order number, as the lane shows it")
    add_gateways(ask_now)
    add_json(ask_now)


def payments(args: Namespace) -> int:
    """List them."""
    with opened(args) as hub:
        most = None if args.open else args.last
        found = PaymentList(hub.database).newest(store=args.store, only_open=args.open, most=most)
        now = int(hub.clock().timestamp())
    if args.json:
        for one in found:
            say(json.dumps(_json(one, now), ensure_ascii=False))
    elif found:
        heads = ("key", "store", "lane", "sale", "gateway", "amount", "state", "age")
        say(table(heads, [_row(one, now) for one in found]))
    else:
        say("no payment is open" if args.open else "no payment was ordered through this hub")
    return 0


def ask(args: Namespace) -> int:
    """Ask again by order number. As a lane may ask at the same time, and the serving hub: whoever hears the truth
    first writes it down, and the others find it there."""
    declared = chosen_gateways(args)
    with opened(args) as hub:
        lane = PaymentStore(hub.database, hub.clock).lane_of(args.key)
        with closing(hub.payments(declared)) as desk:
            known = desk.find(lane, args.key) or desk.look_up(lane, args.key).result()
    if args.json:
        result = known.result
        said = {"key": known.key, "outcome": result.outcome, "reason": result.reason, "trouble": result.trouble}
        say(json.dumps({**said, "reference": result.reference, "cancel_sent": known.cancel_sent}))
    else:
        words = (known.result.outcome, known.result.reason, known.result.trouble, known.cancel_sent)
        say(f"payment {known.key}: {_state(words)}")
    if not known.settled:
        complain("its outcome is still open: ask again in a while, and let nobody pay for this sale a second time")
    return 0 if known.settled else _STILL_OPEN


def _state(words: tuple[str, str, str, bool]) -> str:
    outcome, reason, trouble, cancel_sent = words
    about = ", ".join(word for word in (reason, trouble, "cancel sent" if cancel_sent else "") if word)
    return f"{outcome} ({about.replace('_', ' ')})" if about else outcome


def _row(one: PaymentSummary, now: int) -> tuple[object, ...]:
    amount = "" if one.amount_minor is None else plain_amount(one.amount_minor, one.currency)
    state = _state((one.outcome, one.reason, one.trouble, one.cancel_sent))
    return one.key, one.store, one.lane, one.sale_id, one.gateway, amount, state, _age(now - one.created_at)


def _json(one: PaymentSummary, now: int) -> dict[str, Any]:
    return {**asdict(one), "age_s": now - one.created_at}


def _age(seconds: int) -> str:
    """In its largest unit, rounded down."""
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {name}"
    return f"{max(0, seconds)} s"

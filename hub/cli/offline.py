"""Commands about selling without a line: payment-policy, debts, basket."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hub.cli.amounts import plain_amount
from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json
from hub.cli.terminal import say, table
from hub.debts import Debt
from hub.errors import BasketUnknown
from hub.payment_policies import read_policy_file
from retail.handed_basket import BasketCodeError, HandedBasket, read_basket_code
from retail.payment_policy import PaymentPolicy
from retail.scan_rules import ScanRules


def add_commands(commands: Commands) -> None:
    """Declare them."""
    command = add_command(
        commands, "payment-policy", payment_policy, "show what lanes may sell for while a line is away, or set it"
    )
    command.add_argument("--store", required=True, metavar="ID")
    act = command.add_mutually_exclusive_group()
    act.add_argument("--file", type=Path, metavar="TOML", help="the policy from now on; `publish` tells the lanes")
    act.add_argument("--show", action="store_true", help="print what holds (this is what happens without --file, too)")
    add_json(command)
    command = add_command(commands, "basket", basket, "print what a code for the till holds, for a till not ours")
    command.add_argument("code", metavar="CODE", help="as a scanner reads it off the lane's screen or slip")
    command.add_argument("--prefix", default=ScanRules().basket_prefix, metavar="TEXT", help="default: %(default)s")
    add_json(command)
    command = add_command(
        commands, "debts", debts, "list payments that were stored at a lane and that the bank refused"
    )
    command.add_argument("--store", required=True, metavar="ID")
    add_json(command)


def payment_policy(args: Namespace) -> int:
    """Show a store's policy, or set that of a file."""
    fresh = None if args.file is None else read_policy_file(args.file)
    with opened(args) as hub:
        policies = hub.payment_policies
        if fresh is not None:
            policies.set(args.store, fresh)
        policy, currency = policies.of(args.store), policies.currency_of(args.store)
    if args.json:
        say(json.dumps({"store": args.store, "currency": currency, **policy.as_dict()}, ensure_ascii=False))
        return 0
    say("\n".join(_sentences(args.store, policy, currency)))
    if fresh is not None:
        say("`publish` tells the lanes")
    return 0


def _sentences(store: str, policy: PaymentPolicy, currency: str) -> list[str]:
    limits, last = policy.offline_card, "at a till with staff" if policy.pay_at_till else "nowhere: the lane closes"
    if not limits.count:
        return [f"store {store}: terminals store nothing; where no way to pay is left, shoppers pay {last}"]
    restricted = ["an age limit", *(f"category {name}" for name in policy.restricted_categories)]
    sale, total = plain_amount(limits.per_sale_minor, currency), plain_amount(limits.sum_minor, currency)
    stored = f"at most {sale} a sale, {total} and {limits.count:,} payments in all, none while one is older"
    return [
        f"store {store}: without a line a terminal stores {stored} than {limits.oldest_hours} h",
        f"  never for goods with {' or of '.join(restricted)}",
        f"  where no way to pay is left, shoppers pay {last}",
    ]


def debts(args: Namespace) -> int:
    """List a store's debts."""
    with opened(args) as hub:
        found = hub.debts.of_store(args.store)
    if args.json:
        for one in found:
            say(json.dumps(asdict(one), ensure_ascii=False))
    elif found:
        heads = ("learnt", "lane", "receipt", "amount", "why", "way", "bank's number", "key")
        say(table(heads, [_debt_row(one) for one in found]))
    else:
        say("the bank has refused no stored payment")
    return 0


def basket(args: Namespace) -> int:
    """Print a basket's lines; where the code was too small for them, those of the lane's record."""
    try:
        handed = read_basket_code(args.code.strip(), args.prefix)
    except BasketCodeError as exc:
        raise BasketUnknown(f"{args.code[:12]}…: {exc}") from exc
    lines = [asdict(line) for line in handed.lines] if handed.whole else _recorded(args, handed)
    head = {key: value for key, value in asdict(handed).items() if key not in {"lines", "whole"}}
    if args.json:
        say(json.dumps({**head, "lines": lines}, ensure_ascii=False))
        return 0
    amount = plain_amount(handed.total_minor, handed.currency)
    say(
        f"basket {handed.number} of lane {handed.lane}: {handed.pieces:,} pieces, {amount} there; sale {handed.sale_id}"
    )
    heads = ("code", "quantity", "grams", "label price", "serial", "lot")
    say(table(heads, [_line_row(line, handed.currency) for line in lines]))
    return 0


def _recorded(args: Namespace, handed: HandedBasket) -> list[dict[str, Any]]:
    with opened(args) as hub:
        sale = hub.sales.anywhere(handed.sale_id)
    if sale is None:
        raise BasketUnknown(
            f"basket {handed.number} was too large for its code, and lane {handed.lane} has not told the hub of it; "
            "scan the goods, or try again once the lane is online"
        )
    return list(sale["items"])


def _line_row(line: Mapping[str, Any], currency: str) -> tuple[object, ...]:
    label = line.get("label_minor")
    return (
        line["code"],
        line["quantity"],
        line["grams"] or "",
        plain_amount(label, currency) if label else "",
        line.get("serial", ""),
        line.get("lot", ""),
    )


def _debt_row(one: Debt) -> tuple[object, ...]:
    amount = plain_amount(one.amount_minor, one.currency) if one.currency else ""
    return one.at, one.lane, one.receipt_number, amount, one.reason, one.way, one.reference, one.key

"""Judges a run: do lanes' journals, the hub's database and the banks' own books tell the same story of the money?

`python -m tests.faults.payment_ledger --journal FILE… --books FILE… [--hub FILE] [--json]`: a line for each violation;
status 0 for none, 1 for some, 2 for a file that cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults.payment_records import (
    Attempt,
    Charge,
    GivenBack,
    HubRecords,
    Journal,
    Unreadable,
    read_books,
    read_hub,
    read_journal,
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that must never be; `kind` is its name, `about` the key, sale or file."""

    kind: str
    about: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}: {self.what}"


@dataclass(frozen=True, slots=True)
class Account:
    """What was compared, and what was found."""

    sales: int
    charges: int
    attempts: int
    violations: tuple[Violation, ...]

    @property
    def kinds(self) -> set[str]:
        """Names of the violations."""
        return {one.kind for one in self.violations}


def judge(journals: Sequence[Path], books: Sequence[Path], hub: Path | None = None) -> Account:
    """Compare them. Raises Unreadable."""
    lanes = [read_journal(path) for path in journals]
    charges = [charge for path in books for charge in read_books(path)]
    records = None if hub is None else read_hub(hub)
    taken = [charge for charge in charges if charge.net]
    sales = sum(len(lane.sales) for lane in lanes)
    return Account(
        sales, len(taken), sum(len(lane.attempts) for lane in lanes), tuple(violations(lanes, charges, records))
    )


def violations(lanes: Sequence[Journal], charges: Sequence[Charge], hub: HubRecords | None) -> Iterator[Violation]:
    """All of them, in no order that matters."""
    for lane in lanes:
        yield from (Violation("journal", str(lane.path), what) for what in lane.trouble)
    attempts = {key: attempt for lane in lanes for key, attempt in lane.attempts.items()}
    sales = {sale: paid for lane in lanes for sale, paid in lane.sales.items()}
    if len(attempts) < sum(len(lane.attempts) for lane in lanes):
        yield Violation("journal", "all lanes", "a key stands in two journals")
    by_key: dict[str, list[Charge]] = defaultdict(list)
    for charge in charges:
        by_key[charge.key].append(charge)
    for key, found in by_key.items():
        yield from _charged(key, found, attempts.get(key), sales)
    given_back = list(_given_back(lanes, sales))
    for attempt in attempts.values():
        of_it = [refund for key, refund in given_back if key == attempt.key]
        yield from _attempted(attempt, by_key.get(attempt.key, []), of_it)
    for sale, (total, key) in sales.items():
        yield from _sold(sale, total, attempts.get(key), by_key.get(key, []))
    yield from _twice(attempts, by_key)
    if hub is not None:
        yield from _at_the_hub(hub, sales, attempts, by_key)


def _charged(
    key: str, found: list[Charge], attempt: Attempt | None, sales: dict[str, tuple[int, str]]
) -> Iterator[Violation]:
    net = sum(charge.net for charge in found)
    if sum(1 for charge in found if charge.net) > 1:
        yield Violation("two charges", key, "two banks took money under one order number")
    if any(charge.to_come for charge in found) and (attempt is None or attempt.settled):
        yield Violation("unsettled", key, "the bank will still take this money")
    if any(charge.given_back > charge.taken for charge in found):
        yield Violation("too much given back", key, "more was refunded than was taken")
    if not net:
        return
    if attempt is None:
        yield Violation("charge without sale", key, f"{net} taken under a key that no journal has")
    elif attempt.outcome == "declined":
        yield Violation("charge without sale", key, f"{net} taken, and the journal of the lane says declined")
    elif attempt.outcome == "approved" and sales.get(attempt.sale, (0, ""))[1] != key:
        yield Violation("charge without sale", key, f"{net} taken for sale {attempt.sale}, which it did not complete")


def _given_back(lanes: Sequence[Journal], sales: dict[str, tuple[int, str]]) -> Iterator[tuple[str, GivenBack]]:
    """All refunds with the key of the attempt that they give back: any lane may refund any lane's sale."""
    for lane in lanes:
        for refund in lane.refunds.values():
            yield refund.payment or sales.get(refund.sale, (0, ""))[1], refund


def _attempted(attempt: Attempt, found: list[Charge], refunds: list[GivenBack]) -> Iterator[Violation]:
    if not attempt.settled:
        state = attempt.outcome or "open"
        yield Violation("unsettled", attempt.key, f"the journal says {state}, the bank {sum(c.net for c in found)}")
    in_doubt = [refund.key for refund in refunds if refund.outcome not in {"approved", "declined"}]
    for refund_key in in_doubt:
        yield Violation("unsettled", refund_key, f"nobody wrote how the refund of {attempt.key} ended")
    told = sum(refund.minor for refund in refunds if refund.outcome == "approved")
    given = sum(charge.given_back for charge in found)
    if attempt.outcome == "approved" and not in_doubt and told != given:
        yield Violation("amount differs", attempt.key, f"journal: {told} given back, bank: {given}")


def _sold(sale: str, total: int, attempt: Attempt | None, found: list[Charge]) -> Iterator[Violation]:
    taken = sum(charge.taken for charge in found)
    if attempt is None or attempt.sale != sale or attempt.outcome != "approved":
        yield Violation("sale without charge", sale, "it was completed without an approved attempt of its own")
    elif not taken and not attempt.stored:
        yield Violation("sale without charge", sale, f"nothing was taken under {attempt.key}")
    elif taken and not taken == total == attempt.asked:
        yield Violation("amount differs", sale, f"total {total}, asked {attempt.asked}, taken {taken}")


def _twice(attempts: dict[str, Attempt], by_key: dict[str, list[Charge]]) -> Iterator[Violation]:
    paid: dict[str, list[str]] = defaultdict(list)
    for attempt in attempts.values():
        if any(charge.net for charge in by_key.get(attempt.key, [])):
            paid[attempt.sale].append(attempt.key)
    for sale, keys in paid.items():
        if len(keys) > 1:
            yield Violation("two charges", sale, f"money was taken under {' and '.join(keys)}")


def _at_the_hub(
    hub: HubRecords,
    sales: dict[str, tuple[int, str]],
    attempts: dict[str, Attempt],
    by_key: dict[str, list[Charge]],
) -> Iterator[Violation]:
    for sale in sales.keys() - hub.sales.keys():
        yield Violation("hub", sale, "this completed sale is not at the hub")
    for sale, total in hub.sales.items():
        if sales.get(sale, (None, ""))[0] != total:
            yield Violation("hub", sale, f"the hub has it with {total}, the journal with {sales.get(sale, 'nothing')}")
    if hub.parked:
        yield Violation("hub", "events", f"{hub.parked} events are parked")
    for key, (outcome, minor) in hub.payments.items():
        attempt, found = attempts.get(key), by_key.get(key, [])
        taken, net = sum(charge.taken for charge in found), sum(charge.net for charge in found)
        if attempt is not None and attempt.settled and outcome != attempt.outcome:
            yield Violation("hub", key, f"the hub says {outcome}, the journal {attempt.outcome}")
        if (outcome == "approved" and taken != minor) or (outcome == "declined" and net):
            yield Violation("hub", key, f"the hub says {outcome} ({minor}), the bank took {taken} and kept {net}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="payment_ledger", description=__doc__)
    parser.add_argument("--journal", type=Path, action="append", required=True, help="a lane's journal.sqlite")
    parser.add_argument("--books", type=Path, action="append", required=True, help="a bank's books")
    parser.add_argument("--hub", type=Path, help="the hub's hub.sqlite: compare its payments and sales too")
    parser.add_argument("--json", action="store_true", help="one object a line")
    args = parser.parse_args(arguments)
    try:
        account = judge(args.journal, args.books, args.hub)
    except Unreadable as exc:
        print(f"payment_ledger: {exc}", file=sys.stderr)
        return 2
    for one in account.violations:
        print(json.dumps(asdict(one)) if args.json else one)
    told = {"sales": account.sales, "charges": account.charges, "attempts": account.attempts}
    count = {**told, "violations": len(account.violations)}
    print(json.dumps(count) if args.json else ", ".join(f"{number} {name}" for name, number in count.items()))
    return 1 if account.violations else 0


if __name__ == "__main__":
    sys.exit(main())

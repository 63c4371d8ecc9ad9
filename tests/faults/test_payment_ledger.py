"""The judge of the payment fault tests names each kind of wrong that there is, and none where all is well."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from offline_cache.journal import Journal
from payments.fakes.books import Books, Order, Refund
from retail.events import Draft, EventKind
from tests.faults.payment_ledger import judge, main
from tests.offline_cache.sales import clock

KEY, SALE, TOTAL = "key-000001", "sale-1", 1280


@dataclass
class World:
    """One lane's journal and one bank's books."""

    journal: Path
    books: Path

    def write(self, *drafts: Draft) -> None:
        with closing(Journal(self.journal, clock)) as journal:
            journal.append(*drafts)

    def order(self, number: str = KEY, taken: int = TOTAL, *, given_back: int = 0, due: bool = False) -> None:
        order = Order(number, "SUCCESS", taken, "CNY", 0, charged_minor=taken)
        if due:
            order = Order(number, "WAIT", taken, "CNY", 0, 0, "", 1 << 50, "SUCCESS", taken)
        with Books(self.books).page() as page:
            page.put(order)
            if given_back:
                page.put_refund(Refund(f"r-{number}", number, given_back, "SUCCESS", "", 0))

    def kinds(self) -> set[str]:
        return judge([self.journal], [self.books]).kinds


def event(kind: EventKind, sale: str | None = SALE, **body: object) -> Draft:
    return Draft(kind, sale, body)


def intended(key: str = KEY, sale: str = SALE) -> Draft:
    return event(EventKind.PAYMENT_INTENDED, sale, key=key, way="w", gateway="g", amount_minor=TOTAL, currency="CNY")


def resolved(outcome: str, key: str = KEY, sale: str = SALE) -> Draft:
    return event(EventKind.PAYMENT_RESOLVED, sale, key=key, outcome=outcome, reason="", reference="")


def completed(key: str = KEY, sale: str = SALE, total: int = TOTAL) -> Draft:
    return event(EventKind.SALE_COMPLETED, sale, total_minor=total, payment_key=key, receipt_number=f"r-{sale}")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "journal.sqlite", tmp_path / "books.sqlite")
    made.write()
    Books(made.books)
    return made


def test_a_sale_that_was_paid_once_is_right(world: World) -> None:
    world.write(intended(), resolved("unknown"), resolved("approved"), completed())
    world.order()
    assert judge([world.journal], [world.books]).violations == ()


def test_a_payment_that_the_bank_gave_back_and_the_lane_declined_is_right(world: World) -> None:
    world.write(intended(), resolved("declined"))
    world.order(given_back=TOTAL)
    assert not world.kinds()


def no_intent(world: World) -> str:
    world.order()
    return "charge without sale"


def false_decline(world: World) -> str:
    world.write(intended(), resolved("declined"))
    world.order()
    return "charge without sale"


def false_approval(world: World) -> str:
    world.write(intended(), resolved("approved"), completed())
    return "sale without charge"


def given_back_behind_the_lanes_back(world: World) -> str:
    world.write(intended(), resolved("approved"), completed())
    world.order(given_back=TOTAL)
    return "amount differs"


def other_amount(world: World) -> str:
    world.write(intended(), resolved("approved"), completed())
    world.order(taken=TOTAL - 1)
    return "amount differs"


def two_keys_of_one_sale(world: World) -> str:
    world.write(intended(), resolved("declined"), intended("key-000002"), resolved("approved", "key-000002"))
    world.write(completed("key-000002"))
    world.order()
    world.order("key-000002")
    return "two charges"


def a_second_key_in_doubt(world: World) -> str:
    world.write(intended(), resolved("unknown"), intended("key-000002"), resolved("declined", "key-000002"))
    return "journal"


def never_resolved(world: World) -> str:
    world.write(intended())
    return "unsettled"


def money_still_to_be_taken(world: World) -> str:
    world.write(intended(), resolved("declined"))
    world.order(due=True)
    return "unsettled"


def changed_on_disk(world: World) -> str:
    world.write(intended(), resolved("approved"), completed())
    world.order()
    with closing(sqlite3.connect(world.journal)) as db:
        db.execute("DROP TRIGGER event_never_changes")
        db.execute("UPDATE event SET body = replace(body, '\"w\"', '\"v\"')")
        db.commit()
    return "journal"


@pytest.mark.parametrize(
    "wrong",
    [
        no_intent,
        false_decline,
        false_approval,
        given_back_behind_the_lanes_back,
        other_amount,
        two_keys_of_one_sale,
        a_second_key_in_doubt,
        never_resolved,
        money_still_to_be_taken,
        changed_on_disk,
    ],
)
def test_each_wrong_is_found_and_named(world: World, wrong: Callable[[World], str]) -> None:
    assert wrong(world) in world.kinds()


def test_a_refund_that_both_sides_know_is_right_and_one_that_the_bank_alone_knows_is_not(world: World) -> None:
    refund = {"sale": SALE, "refund_key": "r-1", "amount_minor": 500}
    world.write(intended(), resolved("approved"), completed())
    world.order(given_back=500)
    assert world.kinds() == {"amount differs"}
    world.write(Draft(EventKind.REFUND_INTENDED, None, refund))
    assert world.kinds() == {"unsettled"}
    world.write(Draft(EventKind.REFUND_RESOLVED, None, {**refund, "outcome": "approved"}))
    assert not world.kinds()


def test_the_command_prints_a_line_for_each_and_says_by_its_status_how_it_went(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--journal", str(world.journal), "--books", str(world.books)]
    assert main(arguments) == 0
    world.order()
    assert main(arguments) == 1
    assert f"charge without sale: {KEY}" in capsys.readouterr().out
    assert main([*arguments, "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["kind"] == "charge without sale"
    assert lines[-1]["violations"] == 1
    assert main(["--journal", str(world.books), "--books", str(world.books)]) == 2
    assert str(world.books) in capsys.readouterr().err

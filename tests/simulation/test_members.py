"""A mall's days with everything that goes wrong: all books agree with the sales; and a book that does not is found."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Delete, Insert, Update, delete, insert, update

from bench.__main__ import main
from bench.members import simulate
from bench.membership.auditor import audit
from bench.membership.books import read_books
from bench.membership.world import World
from hub.membership.coupon_book import State
from hub.membership.tables import (
    CONSENT,
    CONSENT_TEXT,
    COUPON,
    MEMBER_CLUB,
    PARKING_GRANT,
    PAYER,
    POINTS,
    RED_PACKET_DRAW,
    RED_PACKET_POOL,
    SALE_MEMBER,
)

NIGHTLY = bool(os.environ.get("KIOSK_NIGHTLY"))
VISITS = 20_000 if NIGHTLY else 150
FEW = 100
MEMORY = Path("/dev/shm")  # noqa: S108 - tens of thousands of commits: the disk is not what this is about


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        yield Path(place)


@pytest.mark.parametrize("coupons_offline", [False, True])
def test_whatever_goes_wrong_all_books_agree_with_the_sales(folder: Path, coupons_offline: bool) -> None:
    report = simulate(folder, 7, VISITS, coupons_offline=coupons_offline)
    assert report.wrong == []
    counted, network = report.audit.counted, report.network
    assert min(network.questions_lost, network.answers_lost, network.doubled, network.kills) > 0
    assert min(counted[what] for what in ("points", "coupons used", "red packets", "parking", "joined")) > 0


def test_the_bench_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["members", "--visits", "20", "--seed", "3"]) == 0
    said = capsys.readouterr().out
    assert "seed 3: 20 visits" in said
    assert "members, wrong" in said


@pytest.fixture(scope="module")
def world(folder: Path) -> Iterator[World]:
    world = World(folder / "hub", 11, FEW)
    assert world.run().wrong == []
    yield world
    world.close()


FALSIFIED: dict[str, tuple[str, Update | Delete]] = {
    "points that are missing": ("B2", delete(POINTS).where(POINTS.c.kind == "sale")),
    "points that are doubled": ("B2", update(POINTS).values(points=POINTS.c.points * 2)),
    "a sale that is nobody's": ("B1", delete(SALE_MEMBER)),
    "sales that are another's": ("B1", update(SALE_MEMBER).values(member_id=1)),
    "used coupons that are free": ("B3", update(COUPON).values(state=State.FREE.value, sale_id="")),
    "free coupons that are used": ("B3", update(COUPON).where(COUPON.c.state == "free").values(state="used")),
    "gifts that nobody gave": ("B4", update(COUPON).values(source="another:" + COUPON.c.source)),
    "gifts that are void": ("B4", update(COUPON).where(COUPON.c.state == "free").values(state="void")),
    "a draw of more": ("B5", update(RED_PACKET_DRAW).values(amount_minor=RED_PACKET_DRAW.c.amount_minor + 1)),
    "a draw that is gone": ("B5", delete(RED_PACKET_DRAW).where(RED_PACKET_DRAW.c.number == 2)),
    "another seed": ("B5", update(RED_PACKET_POOL).values(seed="00" * 32)),
    "a budget that was overrun": ("B5", update(RED_PACKET_POOL).values(left_minor=-5)),
    "parking for longer": ("B6", update(PARKING_GRANT).values(minutes=999)),
    "parking that was not granted": ("B6", delete(PARKING_GRANT)),
    "consents that are gone": ("B7", delete(CONSENT)),
    "another text": ("B7", update(CONSENT_TEXT).values(text="Everything.")),
    "a club that nobody joined": ("B7", update(MEMBER_CLUB).values(left_at=1)),
}


@pytest.mark.parametrize("what", FALSIFIED)
def test_an_auditor_finds(world: World, what: str) -> None:
    promise, statement = FALSIFIED[what]
    assert_found(world, promise, statement)


def test_an_auditor_finds_a_payer_who_is_kept(world: World) -> None:
    key = next(sale.sale.attempts[-1].key for sale in world.truth.sales.values() if sale.is_completed)
    assert_found(world, "B8", insert(PAYER).values(payment_key=key, digest="d", at=0))


def assert_found(world: World, promise: str, statement: Update | Delete | Insert) -> None:
    with suppress(_UndoneError), world.hub.hub.database.write() as connection:
        assert connection.execute(statement).rowcount > 0
        books = read_books(connection, world.hub.hub.member_secrets.digest)
        found = audit(world.truth, books, world.hub.texts()).wrong
        assert any(sentence.startswith(promise) for sentence in found), found
        raise _UndoneError


class _UndoneError(Exception):
    """What was falsified is taken back."""

"""A delta leads from one list to another, row for row, and fits no other."""

import resource
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline_cache.price_list.check import check_delta, check_list
from offline_cache.price_list.delta import DeltaSize, apply_delta, build_delta, read_step
from offline_cache.price_list.errors import PriceListFormat, PriceListUnreadable
from offline_cache.price_list.packing import pack, unpack
from offline_cache.price_list.schema import TABLES
from offline_cache.price_list.writer import Meta, OfferRow, PriceListWriter, PriceRow, RecallRow
from retail.product import Product
from retail.recall import Recall

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def meta(revision: int) -> Meta:
    return Meta("s", revision, "CNY", NOON + timedelta(hours=revision), state=f"{revision:032x}")


# A product: its name, its price, when that begins, and how many codes it has.
Shop = dict[int, tuple[str, int, int, int]]


def write(path: Path, revision: int, shop: Shop, *, only: set[int] | None = None) -> Path:
    ids = {f"S{number}": number for number in shop}
    with PriceListWriter(path, meta(revision), ids) as writer:
        for number, (name, minor, begins, codes) in shop.items():
            if only is None or number in only:
                writer.add_product(
                    Product(f"S{number}", {"en": name}, loose=codes == 2),
                    codes={f"{number}-{place}": 1 for place in range(codes)},
                    prices=[PriceRow("list", minor, begins)],
                    terms=[name.lower()] if codes == 2 else [],
                    number=number,
                )
        cheap = tuple(f"S{number}" for number, one in shop.items() if one[1] < 3)
        if cheap:
            writer.add_offer(OfferRow("cheap", len(cheap), 100, {"en": f"{len(cheap)} for 1"}, cheap))
        for number, (name, minor, _, codes) in shop.items():
            if minor == 1:
                writer.add_recall(RecallRow(f"S{number}", Recall(name, lot="L" * codes)))
        writer.add_category("all", {"en": f"{len(shop)} goods"}, "", 1)
    return path


def content(path: Path) -> dict[str, list[Any]]:
    db = sqlite3.connect(path)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {table: sorted(db.execute(f"SELECT * FROM {table}").fetchall()) for table in TABLES}
    finally:
        db.close()


SHOPS = st.dictionaries(
    st.integers(1, 12),
    st.tuples(st.sampled_from(["Tea", "Milk", "茶"]), st.integers(1, 5), st.sampled_from([0, 100]), st.integers(0, 2)),
    max_size=8,
)


@pytest.mark.parametrize("private", [True, False])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=SHOPS, new=SHOPS, untouched_too=st.booleans())
def test_whatever_changes_the_list_is_the_new_one_afterwards(tmp_path, private, old, new, untouched_too):
    base, whole = write(tmp_path / "base", 1, old), write(tmp_path / "whole", 2, new)
    touched = {number for number in old.keys() | new.keys() if old.get(number) != new.get(number)}
    if untouched_too:
        touched |= set(range(3))
    part = write(tmp_path / "part", 2, new, only=touched)
    for fresh, named in ((whole, None), (part, touched)):
        target = tmp_path / "target"
        target.write_bytes(base.read_bytes())
        build_delta(base, fresh, tmp_path / "delta", touched=named)
        check_delta(tmp_path / "delta")
        apply_delta(tmp_path / "delta", target, private=private)
        check_list(target)
        assert content(target) == content(whole)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["base", "delta", "part", "target", "whole"]


@pytest.fixture
def lists(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A base, what follows it, and the delta between them."""
    shop: Shop = {number: ("Tea", 100 + number, 0, 1) for number in range(1, 200)}
    base = write(tmp_path / "base", 1, shop)
    changed = {**shop, 7: ("Tea", 99, 0, 1), 300: ("New", 5, 0, 1)}
    del changed[9]
    whole = write(tmp_path / "whole", 2, changed)
    delta = tmp_path / "delta"
    # The category's name counts the goods: it changes too.
    assert build_delta(base, whole, delta, touched=None) == DeltaSize(changed=1 + 3 + 1 - 1, gone=3)
    return base, whole, delta


def test_a_delta_says_what_it_fits(lists):
    step = read_step(lists[2])
    assert (step.from_revision, step.from_state, step.counts["product"]) == (1, f"{1:032x}", 199)


@pytest.mark.parametrize("private", [True, False])
def test_a_delta_fits_no_other_state(lists, private):
    base, whole, delta = lists
    before = whole.read_bytes()
    with pytest.raises(PriceListFormat, match="another state"):
        apply_delta(delta, whole, private=private)
    assert whole.read_bytes() == before
    apply_delta(delta, base, private=private)
    with pytest.raises(PriceListFormat, match="another state"):
        apply_delta(delta, base, private=private)


def spoil(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def test_a_list_with_other_rows_than_the_delta_was_made_from_is_refused_and_stays(lists):
    base, _, delta = lists
    spoil(base, "DELETE FROM code WHERE product_id = 50")
    before = base.read_bytes()
    with pytest.raises(PriceListFormat, match="other numbers of rows"):
        apply_delta(delta, base, private=False)
    assert base.read_bytes() == before


def test_a_delta_that_gives_two_products_one_sku_is_refused(lists):
    base, _, delta = lists
    spoil(delta, "UPDATE product SET sku = 'S1' WHERE id = 300")
    before = base.read_bytes()
    with pytest.raises(PriceListUnreadable, match="UNIQUE"):
        apply_delta(delta, base, private=False)
    assert base.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("CREATE TABLE extra (x)", "tables differ from format 5: extra"),
        ("CREATE VIEW v AS SELECT 1", "tables differ from format 5: v"),
        ("CREATE TRIGGER t AFTER INSERT ON product BEGIN SELECT 1; END", "tables differ"),
        ("CREATE INDEX i ON product (names)", "tables differ"),
        ("DROP TABLE gone_price", "tables differ from format 5: gone_price"),
        ("PRAGMA user_version = 1", "has format 1, this program reads 5"),
        ("PRAGMA application_id = 0x53474F31", "not a delta of one"),
        ("DELETE FROM step WHERE key = 'from_state'", "does not say what it fits"),
        ("UPDATE step SET value = '[]' WHERE key = 'counts'", "does not say what it fits"),
    ],
)
def test_a_delta_of_another_kind_is_refused_by_name(lists, statement, problem):
    base, _, delta = lists
    spoil(delta, statement)
    before = base.read_bytes()
    with pytest.raises(PriceListFormat, match=problem):
        apply_delta(delta, base, private=True)
    assert base.read_bytes() == before


def test_a_list_is_no_delta_and_a_delta_no_list(lists):
    base, whole, delta = lists
    with pytest.raises(PriceListFormat, match="not a delta of one"):
        apply_delta(whole, base, private=False)
    with pytest.raises(PriceListFormat, match="not a price list"):
        check_list(delta)


@pytest.mark.parametrize("text", [b"", b"no database at all" * 500, b"SQLite format 3\x00" + b"\xa5" * 8000])
def test_a_file_that_is_no_database_is_refused(lists, text):
    base, _, delta = lists
    delta.write_bytes(text)
    with pytest.raises((PriceListFormat, PriceListUnreadable)):
        apply_delta(delta, base, private=True)


def test_there_is_nothing_to_apply_to(lists, tmp_path):
    with pytest.raises(PriceListUnreadable):
        apply_delta(lists[2], tmp_path / "none", private=True)
    assert not (tmp_path / "none").exists()


def test_what_the_disk_refuses_is_told_as_the_disks_fault(lists):
    base, _, delta = lists
    spoil(delta, f"UPDATE product SET names = '{'x' * 100_000}' WHERE id = 300")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (base.stat().st_size, hard))
    try:
        with pytest.raises(OSError, match="disk I/O error"):
            apply_delta(delta, base, private=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_packed_file_unpacks_to_itself(lists, tmp_path):
    whole = lists[1]
    packed = pack(whole, tmp_path / "packed")
    assert (packed.size, packed.uncompressed_size) == ((tmp_path / "packed").stat().st_size, whole.stat().st_size)
    unpack(tmp_path / "packed", tmp_path / "plain", packed.uncompressed_size)
    assert (tmp_path / "plain").read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("off_by", [-1, 1, -5000])
def test_a_file_that_unpacks_to_another_size_is_refused_and_never_grows_past_it(lists, tmp_path, off_by):
    whole = lists[1]
    size = pack(whole, tmp_path / "packed").uncompressed_size + off_by
    with pytest.raises(PriceListUnreadable, match=f"{size} bytes announced"):
        unpack(tmp_path / "packed", tmp_path / "plain", size)
    assert (tmp_path / "plain").stat().st_size <= size


def test_a_damaged_packed_file_is_refused(lists, tmp_path):
    packed = pack(lists[1], tmp_path / "packed")
    raw = bytearray((tmp_path / "packed").read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / "packed").write_bytes(raw)
    with pytest.raises(PriceListUnreadable, match="cannot be unpacked"):
        unpack(tmp_path / "packed", tmp_path / "plain", packed.uncompressed_size)

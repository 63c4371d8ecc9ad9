"""What the hub writes into a price list, the lane reads out: prices at their borders, codes in all their forms."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from offline_cache.price_list import reader
from offline_cache.price_list.errors import PriceListFormat, PriceListMissing, PriceListUnreadable
from offline_cache.price_list.in_use import unread
from offline_cache.price_list.reader import Category, PriceList
from offline_cache.price_list.writer import Meta, OfferRow, PriceListWriter, PriceRow
from retail.product import Price, PriceKind, Product, Unit
from retail.promotions.body import reference
from retail.promotions.campaign import Taking

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
META = Meta(
    "demo", 7, "CNY", NOON, "Asia/Shanghai", {"en": "Demo", "zh-CN": "演示店"}, {"header": {"en": "Hello"}}, ("bag",)
)
TEA = Product("tea", {"zh-CN": "绿茶", "en": "Green tea"}, Unit.PIECE, "drinks", 1300, picture="tea.svg")
APPLE = Product("apple", {"en": "Apple"}, Unit.KG, "fruit", 900, loose=True, plu="4131", tare_grams=5)
WINE = Product("wine", {"en": "Wine"}, min_age=18)
NOON_S = int(NOON.timestamp())
THREE = OfferRow("3for10", 3, 1000, {"en": "3 for 10"}, ("tea",), NOON_S, NOON_S + 60)


def epoch(moment: datetime) -> int:
    return int(moment.timestamp())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "price-list.sqlite"


@pytest.fixture
def shop(path: Path) -> Iterator[PriceList]:
    with PriceListWriter(path, META) as writer:
        writer.add_category("fruit", {"en": "Fruit"}, "fruit.svg", 2)
        writer.add_category("drinks", {"en": "Drinks"}, "", 1)
        special = PriceRow("special", 399, epoch(NOON), epoch(NOON) + 3600)
        writer.add_product(
            TEA, codes={"6901234567892": 1, "16901234567899": 6}, prices=[PriceRow("list", 450), special]
        )
        writer.add_product(APPLE, codes={}, prices=[PriceRow("list", 1280)], terms=["apple", "苹果", "pg", "4131"])
        writer.add_product(
            WINE, codes={"0001": 1, "036000291452": 1, "4006381333930": 1}, prices=[PriceRow("list", 9900)]
        )
        writer.add_offer(THREE)
        writer.add_label_template("2{item:6}{price:5}{check}", "price", 1)
        writer.add_picture("tea.svg", "image/svg+xml", b"<svg/>")
    price_list = PriceList(path)
    yield price_list
    price_list.close()


def found(price_list: PriceList, code: str, at: datetime = NOON - SECOND):
    listing = price_list.find(code, at)
    assert listing is not None, code
    return listing


def test_the_list_says_what_it_is(shop):
    assert shop.meta == META
    assert shop.count() == 3
    assert [template.pattern for template in shop.templates] == ["2{item:6}{price:5}{check}"]


def test_a_product_comes_back_as_it_was_written(shop):
    assert found(shop, "6901234567892").product == TEA
    assert shop.find_item("4131", NOON).product == APPLE
    assert shop.find_sku("wine", NOON).product == WINE


def test_a_special_price_holds_from_its_first_second_to_before_its_last(shop):
    at = [NOON - SECOND, NOON, NOON + timedelta(hours=1) - SECOND, NOON + timedelta(hours=1)]
    listed, special = Price(450, PriceKind.LIST, 450), Price(399, PriceKind.SPECIAL, 450)
    assert [found(shop, "6901234567892", moment).price for moment in at] == [listed, special, special, listed]


def test_an_offer_holds_from_its_first_second_to_before_its_last(shop):
    offer = (Taking(reference(THREE.campaign)),)
    at = [NOON - SECOND, NOON, NOON + timedelta(seconds=59), NOON + timedelta(seconds=60)]
    listings = [found(shop, "6901234567892", moment) for moment in at]
    assert [one.takings for one in listings] == [(), offer, offer, ()]
    assert [one.campaigns for one in listings] == [(), (THREE.campaign,), (THREE.campaign,), ()]


def one_price(path: Path, *prices: PriceRow) -> Price | None:
    with PriceListWriter(path, META) as writer:
        writer.add_product(TEA, codes={"1": 1}, prices=prices)
    price_list = PriceList(path)
    listing = price_list.find("1", NOON)
    price_list.close()
    return None if listing is None else listing.price


def test_the_cheaper_of_prices_that_hold_is_taken(path):
    assert one_price(path, PriceRow("list", 500), PriceRow("special", 400)) == Price(400, PriceKind.SPECIAL, 500)


def test_a_member_price_is_for_members(path):
    assert one_price(path, PriceRow("list", 500), PriceRow("member", 400)) == Price(500, PriceKind.LIST, 500)


def test_two_prices_of_a_kind_from_the_same_moment_are_refused(path):
    with pytest.raises(sqlite3.IntegrityError):
        one_price(path, PriceRow("list", 500), PriceRow("list", 450))


def test_the_next_change_is_the_first_beginning_or_end_after_a_moment(path):
    begins, ends, offered = epoch(NOON) + 100, epoch(NOON) + 300, epoch(NOON) + 200
    with PriceListWriter(path, META) as writer:
        writer.add_product(TEA, codes={}, prices=[PriceRow("list", 500), PriceRow("special", 400, begins, ends)])
        writer.add_offer(OfferRow("o", 2, 900, {}, ("tea",), offered, epoch(NOON) + 400))
    price_list = PriceList(path)
    moments, at = [], NOON
    while (following := price_list.next_change(at)) is not None:
        moments.append(int((following - NOON).total_seconds()))
        at = following
    price_list.close()
    assert moments == [100, 200, 300, 400]


def test_a_list_without_dates_never_changes_by_itself(path):
    with PriceListWriter(path, META) as writer:
        writer.add_product(TEA, codes={}, prices=[PriceRow("list", 500)])
    price_list = PriceList(path)
    assert price_list.next_change(NOON) is None
    price_list.close()


def test_while_a_list_is_open_its_file_is_in_use_whatever_its_name(path):
    empty_list(path)
    price_list = PriceList(path)
    other = path.rename(path.with_name("spare"))
    with unread(other) as free:
        assert not free
    price_list.close()
    with unread(other) as free:
        assert free


def test_a_file_that_is_written_to_is_not_opened_until_another_has_its_name(path):
    empty_list(path)
    newer = path.with_name("newer")
    empty_list(newer)
    held = threading.Event()

    def write_to_the_old_one() -> None:
        with unread(path) as free:
            assert free
            held.set()
            newer.replace(path)

    writer = threading.Thread(target=write_to_the_old_one)
    writer.start()
    assert held.wait(10)
    PriceList(path).close()
    writer.join()


def test_a_file_that_stays_claimed_is_told(path, monkeypatch):
    monkeypatch.setattr(reader, "_BETWEEN_TRIES_S", 0)
    empty_list(path)
    with unread(path), pytest.raises(PriceListUnreadable, match="replaced again and again"):
        PriceList(path)


def test_a_special_price_dearer_than_the_list_is_not_charged(path):
    assert one_price(path, PriceRow("list", 400), PriceRow("special", 450)) == Price(400, PriceKind.LIST, 400)


def test_a_special_price_alone_is_a_price(path):
    assert one_price(path, PriceRow("special", 450)) == Price(450, PriceKind.SPECIAL, None)


def test_a_product_without_a_price_now_is_not_sold(path):
    assert one_price(path) is None
    assert one_price(path, PriceRow("list", 450, epoch(NOON) + 1)) is None
    assert one_price(path, PriceRow("list", 450, None, epoch(NOON))) is None


def test_a_future_price_is_already_in_the_list_and_starts_by_itself(path):
    tomorrow = epoch(NOON)
    assert one_price(path, PriceRow("list", 450, None, tomorrow), PriceRow("list", 480, tomorrow)) == Price(
        480, PriceKind.LIST, 480
    )


def test_a_case_code_stands_for_its_pieces(shop):
    case = found(shop, "16901234567899")
    assert (case.product.sku, case.pieces) == ("tea", 6)
    assert found(shop, "6901234567892").pieces == 1


@pytest.mark.parametrize("form", ["6901234567892", "06901234567892"])
def test_all_forms_of_a_gtin_find_the_product(shop, form):
    listing = found(shop, form)
    assert (listing.code, listing.product.sku) == (form, "tea")


@pytest.mark.parametrize("form", ["036000291452", "0036000291452", "00036000291452"])
def test_a_upc_is_found_with_and_without_its_leading_zeros(shop, form):
    assert found(shop, form).product.sku == "wine"


def test_a_upc_e_finds_the_product_listed_under_its_upc_a(path):
    with PriceListWriter(path, META) as writer:
        writer.add_product(TEA, codes={"042100005264": 1}, prices=[PriceRow("list", 1)])
    price_list = PriceList(path)
    assert found(price_list, "04252614").product == TEA
    price_list.close()


def test_a_code_whose_zeros_a_spreadsheet_ate_is_found(path):
    with PriceListWriter(path, META) as writer:
        writer.add_product(TEA, codes={"36000291452": 1}, prices=[PriceRow("list", 1)])
    price_list = PriceList(path)
    assert found(price_list, "036000291452").product == TEA
    price_list.close()


def test_the_code_as_it_is_comes_before_its_normal_form(path):
    with PriceListWriter(path, META) as writer:
        writer.add_product(TEA, codes={"96385074": 1}, prices=[PriceRow("list", 1)])
        writer.add_product(WINE, codes={"00000096385074": 1}, prices=[PriceRow("list", 2)])
    price_list = PriceList(path)
    assert found(price_list, "96385074").product == TEA
    assert found(price_list, "00000096385074").product == WINE
    price_list.close()


def test_a_wrong_check_digit_in_the_list_is_found_as_it_is(shop):
    assert found(shop, "4006381333930").product.sku == "wine"
    assert shop.find("04006381333930", NOON) is None


def test_short_numbers_are_not_padded(shop):
    assert found(shop, "0001").product.sku == "wine"
    assert shop.find("1", NOON) is None
    assert shop.find("001", NOON) is None


@pytest.mark.parametrize("code", ["", "0", "6901234567893", "' OR 1=1 --", "٦٩٠١٢٣٤٥٦٧٨٩٢", "x" * 10_000, "\x00", "%"])
def test_what_is_not_in_the_list_is_not_found(shop, code):
    assert shop.find(code, NOON) is None


def test_a_plu_is_found_with_the_zeros_of_a_label_and_never_when_empty(shop):
    assert shop.find_item("004131", NOON).product.sku == "apple"
    assert shop.find_item("", NOON) is None
    assert shop.find_item("000", NOON) is None


def test_loose_goods_are_found_by_name_initials_number_and_category(shop):
    for search in ("App", "苹", "pg", "413", ""):
        assert [one.product.sku for one in shop.loose_goods(NOON, search=search)] == ["apple"], search
    for search in ("tea", "x"):
        assert shop.loose_goods(NOON, search=search) == []
    assert shop.loose_goods(NOON, category="drinks") == []
    assert shop.loose_categories() == [Category("fruit", {"en": "Fruit"}, "fruit.svg")]


def test_pictures_are_inside(shop):
    assert shop.picture("tea.svg") == ("image/svg+xml", b"<svg/>")
    assert shop.picture("none.svg") is None


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(path):
    with PriceListWriter(path, META):
        pass
    before = path.read_bytes()
    with pytest.raises(sqlite3.IntegrityError), PriceListWriter(path, META) as writer:
        writer.add_product(TEA, codes={"1": 1}, prices=[PriceRow("list", 0)])
    with pytest.raises(KeyError), PriceListWriter(path, META) as writer:
        writer.add_offer(OfferRow("o", 2, 1, {}, ("nothing",)))
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_the_same_content_is_the_same_file(path):
    contents = set()
    for _ in range(2):
        with PriceListWriter(path, META) as writer:
            writer.add_product(TEA, codes={"1": 1}, prices=[PriceRow("list", 450)], terms=["b", "a"])
        contents.add(path.read_bytes())
    assert len(contents) == 1


def empty_list(path: Path, *statements: str) -> None:
    with PriceListWriter(path, META):
        pass
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("CREATE TABLE extra (x)", "tables differ from format 5: extra"),
        ("CREATE VIEW v AS SELECT 1", "tables differ"),
        ("CREATE TRIGGER t AFTER INSERT ON product BEGIN SELECT 1; END", "tables differ"),
        ("DROP TABLE taking", "tables differ from format 5: taking"),
        ("DROP INDEX product_plu", "tables differ"),
        ("CREATE INDEX more ON product (names)", "tables differ from format 5: more"),
        ("ALTER TABLE picture ADD COLUMN more TEXT", "tables differ from format 5: picture"),
        ("ANALYZE", "tables differ from format 5: sqlite_stat1"),
        ("PRAGMA user_version = 6", "has format 6, this program reads 5"),
        ("PRAGMA application_id = 0", "is a database, but not a price list"),
        ("DELETE FROM meta WHERE key = 'currency'", "its own description is incomplete"),
        ("UPDATE meta SET value = 'x' WHERE key = 'revision'", "its own description is incomplete"),
        ("UPDATE meta SET value = '3' WHERE key = 'bag_skus'", "its own description is incomplete"),
        ("INSERT INTO label_template VALUES ('x', 'x', 1)", "label template"),
    ],
)
def test_a_database_of_another_kind_is_refused_by_name(path, statement, problem):
    empty_list(path, statement)
    with pytest.raises(PriceListFormat, match=f"{path}: .*{problem}"):
        PriceList(path)


def test_missing_files_and_folders_are_no_list_yet(tmp_path):
    for place in (tmp_path / "none.sqlite", tmp_path):
        with pytest.raises(PriceListMissing, match="kiosk-sync once"):
            PriceList(place)


@pytest.mark.parametrize("content", [b"text " * 2000, b"SQLite format 3\x00" + b"\xa5" * 8000])
def test_a_file_that_is_no_database_is_unreadable(path, content):
    path.write_bytes(content)
    with pytest.raises(PriceListUnreadable, match="fetch it again"):
        PriceList(path)


def test_an_empty_file_is_refused(path):
    path.touch()
    with pytest.raises(PriceListFormat, match="not a price list"):
        PriceList(path)


def test_a_truncated_file_is_refused_on_opening_or_on_the_first_read(path):
    with PriceListWriter(path, META) as writer:
        for number in range(2000):
            writer.add_product(Product(f"s{number}", {"en": "x"}), codes={f"{number}": 1}, prices=[PriceRow("list", 1)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(PriceListUnreadable):
        read_all(path)


def read_all(path: Path) -> None:
    price_list = PriceList(path)
    try:
        for number in range(2000):
            price_list.find(str(number), NOON)
    finally:
        price_list.close()


def test_closing_twice_is_silent(path):
    empty_list(path)
    price_list = PriceList(path)
    price_list.close()
    price_list.close()

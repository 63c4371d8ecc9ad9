"""Israeli promotion feeds as files: several stores, rows anywhere, damage."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from hub.imports import FeedStoreNeeded, ImportRefused
from hub.promotions.feeds.il import read_all_il, read_il
from hub.promotions.feeds.il_table import COLUMNS
from hub.promotions.feeds.reader import FeedOptions
from hub.promotions.found import Found, NotUnderstood
from tests.hub.promotions.il_rows import GOODS, RAMI_LEVY, SHOP, SHUFERSAL, feed, read, rows

MILK = rows(RAMI_LEVY, 1, ("2", "10", ""), ("2", "10", ""), id="milk")
BREAD = rows(RAMI_LEVY, 1, ("3", "12", ""), id="bread", until="2020-01-01")


def test_rows_of_a_promotion_belong_together_wherever_they_stand(tmp_path):
    milk, bread = read(tmp_path, MILK[:1], BREAD, MILK[1:])
    assert isinstance(milk, Found)
    assert isinstance(bread, Found)
    assert milk.groups[0].codes == GOODS[:2]
    assert (milk.place, bread.place) == ("line 2", "line 3")


def test_what_has_ended_is_read_as_well(tmp_path):
    (bread,) = read(tmp_path, BREAD)
    assert isinstance(bread, Found)
    assert bread.campaign.when.valid_until is not None


def test_rows_of_a_promotion_that_contradict_each_other_are_not_understood(tmp_path):
    other = rows(RAMI_LEVY, 1, ("2", "10", ""), id="milk", club="1")
    (one,) = read(tmp_path, MILK, other)
    assert isinstance(one, NotUnderstood)
    assert one.reason == "rows_contradict"


def test_the_same_product_twice_is_one(tmp_path):
    (one,) = read(tmp_path, MILK, MILK)
    assert isinstance(one, Found)
    assert one.groups[0].codes == GOODS[:2]


def test_of_several_stores_one_is_named(tmp_path):
    other = rows(SHUFERSAL, 1, ("2.00", "10", ""), id="milk", store="413")
    (one,) = read(tmp_path, MILK, other, feed_store=f"{SHUFERSAL}:0413")
    assert isinstance(one, Found)
    assert one.place == "line 4"
    with pytest.raises(FeedStoreNeeded, match=rf"holds 2 stores.*{SHUFERSAL}:413"):
        read(tmp_path, MILK, other)


def test_all_stores_are_read_in_one_pass(tmp_path):
    path = feed(tmp_path, MILK, rows(SHUFERSAL, 1, ("2.00", "10", ""), id="milk", store="413"), BREAD)
    found = {store: len(list(promotions)) for store, promotions in read_all_il(path, SHOP, FeedOptions())}
    assert found == {f"{RAMI_LEVY}:001": 2, f"{SHUFERSAL}:413": 1}


def test_a_row_that_is_cut_is_said_and_the_others_are_taken(tmp_path):
    path = feed(tmp_path, MILK, BREAD)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    lines[2] = lines[2].rsplit(",", 3)[0]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    found = list(read_il(path, SHOP, FeedOptions()))
    assert [one.reason for one in found if isinstance(one, NotUnderstood)] == ["too_few_columns"]
    assert [one.campaign.id for one in found if isinstance(one, Found)] == ["milk", "bread"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ((*COLUMNS[:12], "שקיל"), "is a price list"),
        (COLUMNS[:12], "lacks 'סוג הטבה'"),
        (("a", "b"), "is not an Israeli promotion feed"),
    ],
)
def test_another_file_is_refused_with_what_it_is(tmp_path, header, said):
    path = feed(tmp_path, header=header)
    with pytest.raises(ImportRefused, match=said):
        list(read_il(path, SHOP, FeedOptions()))


def test_a_file_without_rows_and_a_cut_archive_are_refused(tmp_path):
    with pytest.raises(ImportRefused, match="no rows"):
        read(tmp_path)
    path = feed(tmp_path, MILK)
    cut = Path(tmp_path / "cut.csv.gz")
    cut.write_bytes(gzip.compress(path.read_bytes())[:-12])
    with pytest.raises(ImportRefused, match="fetch it again"):
        list(read_il(cut, SHOP, FeedOptions()))


def test_codes_that_a_spreadsheet_rounded_refuse_the_file(tmp_path):
    with pytest.raises(ImportRefused, match=r"rounded numbers.*'7\.29E\+12'"):
        read(tmp_path, rows(RAMI_LEVY, 1, ("2", "10", ""), codes=("7.29E+12",)))


def test_a_shop_that_sells_in_another_currency_takes_nothing(tmp_path):
    with pytest.raises(ImportRefused, match="its prices are in ILS, the store's in EUR"):
        list(read_il(feed(tmp_path, MILK), replace(SHOP, currency="EUR"), FeedOptions()))


def test_a_date_that_is_none_is_said(tmp_path):
    (one,) = read(tmp_path, rows(RAMI_LEVY, 1, ("2", "10", ""), until="31.08.26"))
    assert isinstance(one, NotUnderstood)
    assert one.reason == "bad_date"

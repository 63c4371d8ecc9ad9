"""A file of rules is right or refused: every mistake is told with its line and what to write instead."""

from pathlib import Path

import pytest

from hub.imports import ImportRefused
from hub.rules_file import read_rules
from hub.shops import Shop, Shops

SHOPS = Shops([Shop("demo", "CNY", "Asia/Shanghai", "")])
HEADER = "sku,code,scope,channel,kind,price,currency,valid_from,valid_until,priority,label\n"


@pytest.fixture
def file(tmp_path: Path):
    def write(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "rules.csv"
        path.write_text(header + "".join(f"{row}\n" for row in rows), "utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",,all,,list,1,,,,,", "neither sku nor code"),
        ("bag,,shop:demo,,list,1,,,,,", "its scope 'shop:demo'"),
        ("bag,,store:domo,,list,1,,,,,", "the hub has no store 'domo' (there are: demo)"),
        ("bag,,region:north,,list,1,,,,,", "no region 'north'"),
        ("bag,,all,shop,list,1,,,,,", "its channel 'shop' is not known; write one of any, lane"),
        ("bag,,all,,sale,1,,,,,", "its kind 'sale' is not known; write one of list, special, member"),
        ("bag,,all,,list,,,,,,", "it has no price"),
        ("bag,,all,,list,0,,,,,", "price is zero"),
        ("bag,,all,,list,-1,,,,,", "negative"),
        ('bag,,all,,list,"1,50",,,,,', "'1,50' is not a number with '.' as decimal sign"),
        ("bag,,all,,list,1.005,,,,,", "finer than 2 decimals of CNY"),
        ("bag,,all,,list,1,EUR,,,,", "no store of its scope sells in EUR, but in CNY"),
        ("bag,,all,,list,1,money,,,,", "its currency 'money'"),
        ("bag,,all,,list,1,,1 May,,,", "'1 May' is not of the form"),
        ("bag,,all,,list,1,,2026-12-02,2026-12-01,,", "valid_until is not after its valid_from"),
        ("bag,,all,,list,1,,1926-12-02,,,", "between the years 2000 and 2100"),
        ("bag,,all,,list,1,,,,1.5,", "its priority '1.5'"),
        ("bag,,all,,list,1,,,,9999,", "its priority '9999'"),
        ("bag,,all,,list,1,,,", "line 2: too few columns"),
    ],
)
def test_a_mistake_refuses_the_whole_file_with_its_line_and_a_remedy(file, row, words):
    path = file(row, "milk,,store:demo,,list,13,,,,1,")
    with pytest.raises(ImportRefused) as told:
        read_rules(path, SHOPS)
    assert words in str(told.value)
    assert str(told.value).startswith(str(path))


def test_several_mistakes_are_told_together(file):
    path = file(*["bag,,all,,sale,1,,,,,"] * 5)
    with pytest.raises(ImportRefused, match=r"line 2: .*; line 3: .*; line 4: .*; and 2 more mistakes; nothing was"):
        read_rules(path, SHOPS)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("sku,price,valid_untill\n", "'valid_untill': is not known; did you mean 'valid_until'?"),
        ("sku,scope\n", "the header lacks price"),
        ("sku,price,price\n", "stands twice"),
    ],
)
def test_a_misspelt_column_is_refused_as_its_price_would_last_for_ever(file, header, words):
    with pytest.raises(ImportRefused) as told:
        read_rules(file("bag,1,1", header=header), SHOPS)
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[rules]]\nsku = 'bag'\nprise = 1", "[[rules]] number 1, key 'prise'"),
        ("chanel = 'web'\n[[rules]]\nsku = 'bag'", "key 'chanel': is not known; did you mean 'channel'?"),
        ("[rules]\nsku = 'bag'", "write [[rules]]"),
        ("[[rules]]\nsku = true", "is true or false"),
        ("[[rules]]\nsku = ['a', 'b']\nscope = 'all'\nprice = 1", "its sku is a list"),
        ("rules = ", "is not TOML"),
        ("", "has no rows"),
    ],
)
def test_a_mistake_in_toml_is_told(tmp_path, text, words):
    path = tmp_path / "rules.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ImportRefused) as told:
        read_rules(path, SHOPS)
    assert words in str(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    for name in ("rules.csv", "rules.toml"):
        with pytest.raises(ImportRefused, match="no such file"):
            read_rules(tmp_path / name, SHOPS)


def test_stores_in_several_currencies_or_time_zones_need_both_said(file):
    shops = Shops([Shop("a", "CNY", "Asia/Shanghai", "north"), Shop("b", "EUR", "Europe/Berlin", "")])
    with pytest.raises(ImportRefused, match="sell in CNY, EUR; write the currency"):
        read_rules(file("bag,,all,,list,1,,,,,"), shops)
    with pytest.raises(ImportRefused, match="several time zones"):
        read_rules(file("bag,,all,,list,1,EUR,2026-12-01,,,"), shops)
    (rule,) = read_rules(file("bag,,all,,list,1,EUR,2026-12-01T00:00:00+01:00,,,"), shops)
    assert (rule.currency, rule.minor) == ("EUR", 100)
    (rule,) = read_rules(file("bag,,region:north,,list,1,,2026-12-01,,,"), shops)
    assert rule.currency == "CNY"
    with pytest.raises(ImportRefused, match="no store at all"):
        read_rules(file("bag,,all,,list,1,,,,,"), Shops([]))

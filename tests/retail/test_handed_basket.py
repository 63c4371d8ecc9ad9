"""A basket as a code: all of it comes back, it fits a screen, and what is no basket is told apart in words."""

from __future__ import annotations

import base64
import json
import random
import zlib
from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from retail.gtin import check_digit
from retail.handed_basket import (
    MOST_CHARACTERS,
    BasketCodeError,
    HandedBasket,
    HandedLine,
    Trouble,
    basket_code,
    read_basket_code,
)
from retail.scanned_text import scanned_text

PREFIX = "SGP-"
EMPTY = HandedBasket("a" * 32, "lane-1", "lane-1 0417", 8640, "CNY", 7)

texts = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
counts = st.integers(0, 10**7)
lines = st.builds(
    HandedLine,
    code=texts,
    quantity=st.integers(1, 99),
    grams=st.none() | counts,
    label_minor=st.none() | counts,
    gtin=st.just("") | texts,
    serial=st.just("") | texts,
    lot=st.just("") | texts,
)
baskets = st.builds(
    HandedBasket,
    sale_id=st.just("a" * 32),
    lane=texts,
    number=texts,
    total_minor=counts,
    currency=st.just("CNY"),
    pieces=counts,
    lines=st.lists(lines, max_size=20).map(tuple),
    coupons=st.lists(texts, max_size=3, unique=True).map(tuple),
    clubs=st.lists(texts, max_size=2, unique=True).map(tuple),
)


def shopping(count: int, seed: int = 1) -> HandedBasket:
    """A basket of so many articles that have nothing in common."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    codes = [f"{chance.randrange(10**11, 10**12)}" for _ in range(count)]
    found = tuple(HandedLine(code + check_digit(code), chance.choice([1, 1, 1, 2, 12])) for code in codes)
    return HandedBasket("b" * 32, "lane-1", "lane-1 0417", 86400, "CNY", count, found)


def packed(said: Any) -> str:
    return PREFIX + base64.b32encode(zlib.compress(json.dumps(said).encode())).decode().rstrip("=")


@given(baskets)
def test_a_basket_comes_back_as_it_was_handed_over(basket: HandedBasket) -> None:
    assert read_basket_code(basket_code(basket, PREFIX, 10**6), PREFIX) == basket


def test_a_hundred_articles_fit_a_code_that_a_scanner_reads_from_a_screen() -> None:
    code = basket_code(shopping(100), PREFIX)
    assert read_basket_code(code, PREFIX).whole
    assert int(segno.make_qr(code, error="l").version) <= 22
    assert scanned_text(code).code == code  # a scan is cut somewhere: not here


def test_one_that_is_too_large_carries_its_number_alone() -> None:
    huge = shopping(400)
    code = basket_code(huge, PREFIX)
    assert len(code) < 200
    found = read_basket_code(code, PREFIX)
    assert (found.whole, found.lines, found.number, found.pieces) == (False, (), "lane-1 0417", 400)
    assert len(basket_code(shopping(180), PREFIX)) <= MOST_CHARACTERS


@given(st.integers(0, 10**6), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_code_that_was_damaged_anywhere_is_never_taken_for_another_basket(place: int, sign: str) -> None:
    code = basket_code(shopping(8), PREFIX)
    place = len(PREFIX) + place % (len(code) - len(PREFIX) - 1)  # the very last sign holds spare bits
    damaged = code[:place] + sign + code[place + 1 :]
    if zlib_of(damaged) != zlib_of(code):
        with pytest.raises(BasketCodeError) as refused:
            read_basket_code(damaged, PREFIX)
        assert refused.value.trouble is Trouble.DAMAGED
    else:  # deflate leaves a few bits unused, where damage changes nothing
        assert read_basket_code(damaged, PREFIX) == read_basket_code(code, PREFIX)


def zlib_of(code: str) -> bytes | None:
    """What is packed in a code, None for nothing whole."""
    text = code.removeprefix(PREFIX)
    try:
        return zlib.decompress(base64.b32decode(text + "=" * (-len(text) % 8)))
    except (ValueError, zlib.error):
        return None


@given(st.text(max_size=60))
def test_whatever_follows_the_prefix_is_answered(text: str) -> None:
    with pytest.raises(BasketCodeError):
        read_basket_code(PREFIX + text, PREFIX)


@pytest.mark.parametrize(
    "said",
    [
        [2, "a", "1", "1 0001", 1, "CNY", 1, []],
        {"lines": []},
        [1, "a", "1"],
        [1, "a", "1", "1 0001", -1, "CNY", 1, []],
        [1, "a", "1", "1 0001", 1, "CNY", 1, [["42", 0]]],
        [1, "a", "1", "1 0001", 1, "CNY", 1, [["42", 1.5]]],
        [1, "a", "1", "1 0001", 1, "CNY", 1, [[]]],
        [1, "a", "1", "1 0001", 1, "CNY", 1, ["4\n2"]],
        [1, "a", "1", "1 0001", 1, "CNY", 1, ["42"] * 501],
        [1, "a", "1", "1 0001", 1, "CNY", 1, [["42", 1, True]]],
    ],
)
def test_a_sound_code_that_is_no_basket_of_ours_is_strange(said: Any) -> None:
    with pytest.raises(BasketCodeError) as refused:
        read_basket_code(packed(said), PREFIX)
    assert refused.value.trouble is Trouble.STRANGE


def test_a_small_code_that_swells_is_not_unpacked() -> None:
    with pytest.raises(BasketCodeError) as refused:
        read_basket_code(packed(["x" * 3_000_000]), PREFIX)
    assert refused.value.trouble is Trouble.DAMAGED

"""What may be asked: entries that are understood to the last word, or one sentence that names the entry."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from retail.promotions.ask import MOST_GRAMS, MOST_PIECES, AskRefused, Entry, basket_entries, json_of, moment_of

JERUSALEM = ZoneInfo("Asia/Jerusalem")


def test_pieces_weights_and_single_scans_are_entries_in_their_order() -> None:
    asked = [{"code": "1", "quantity": 2}, {"code": "2", "weight_g": 1250}, {"code": "3"}, {"code": "1", "quantity": 1}]
    assert basket_entries(asked) == (Entry(1, "1", 2), Entry(2, "2", None, 1250), Entry(3, "3"), Entry(4, "1", 1))


def test_an_empty_basket_is_a_basket() -> None:
    assert basket_entries([]) == ()


def test_null_is_as_if_it_were_not_said() -> None:
    assert basket_entries([{"code": "1", "quantity": None, "weight_g": 5}]) == (Entry(1, "1", None, 5),)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("milk", 'entry 2 is "milk"'),
        ({}, "entry 2 has no code"),
        ({"code": 7290000000015}, "entry 2 has the code 7290000000015; write it in quotes"),
        ({"code": "  "}, 'entry 2, "  ": has no code'),
        ({"code": "1" * 501}, "has no code; give 1 to 500 signs"),
        ({"code": "\ud800"}, "has no code"),  # half a sign, as a broken device sends it
        ({"code": "a", "quantity": 0}, 'entry 2, "a": has the quantity 0'),
        ({"code": "a", "quantity": -1}, "the quantity -1"),
        ({"code": "a", "quantity": 1.0}, "the quantity 1.0"),
        ({"code": "a", "quantity": "2"}, 'the quantity "2"'),
        ({"code": "a", "quantity": True}, "the quantity true"),
        ({"code": "a", "quantity": MOST_PIECES + 1}, f"from 1 to {MOST_PIECES}"),
        ({"code": "a", "weight_g": 0}, "the weight_g 0"),
        ({"code": "a", "weight_g": MOST_GRAMS + 1}, f"from 1 to {MOST_GRAMS}"),
        ({"code": "a", "weight_g": 12.5}, "the weight_g 12.5"),
        ({"code": "a", "quantity": 1, "weight_g": 1}, "both quantity and weight_g"),
        ({"code": "a", "qty": 2}, '"qty", which means nothing here'),
    ],
)
def test_an_entry_that_is_not_understood_is_named(entry: Any, said: str) -> None:
    with pytest.raises(AskRefused) as refused:
        basket_entries([{"code": "1"}, entry])
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("asked", [{}, None, "[]", 3, {"lines": []}])
def test_a_basket_is_a_list(asked: Any) -> None:
    with pytest.raises(AskRefused, match="a basket is a list of entries"):
        basket_entries(asked)


def test_what_a_sentence_repeats_is_short_and_moves_no_cursor() -> None:
    with pytest.raises(AskRefused) as refused:
        basket_entries([{"code": "\x1b[2J" + "x" * 400, "quantity": 0}])
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 200


def test_what_is_said_twice_is_refused_as_one_of_the_two_would_be_left_out() -> None:
    with pytest.raises(AskRefused, match=r'"quantity" stands twice in .* give it once'):
        json_of('[{"code": "1", "quantity": 1, "quantity": 2}]')


@pytest.mark.parametrize("text", ["", "[", b"\xff\xfe\x00", "[" * 100_000])
def test_what_is_no_json_is_said_to_be_none(text: str | bytes) -> None:
    with pytest.raises(AskRefused, match="is not JSON"):
        json_of(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T18:30", datetime(2026, 11, 22, 16, 30, tzinfo=UTC)),
        ("2026-11-22 18:30", datetime(2026, 11, 22, 16, 30, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 21, tzinfo=UTC)),
        ("2026-11-22T18:30Z", datetime(2026, 11, 22, 18, 30, tzinfo=UTC)),
        ("2026-11-22T18:30+08:00", datetime(2026, 11, 22, 10, 30, tzinfo=UTC)),
    ],
)
def test_a_time_without_an_offset_is_one_of_the_shops_clock(text: str, moment: datetime) -> None:
    assert moment_of(text, JERUSALEM) == moment
    assert moment_of(text, JERUSALEM).tzinfo is JERUSALEM


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"])
def test_what_is_no_time_is_said_to_be_none(text: str) -> None:
    with pytest.raises(AskRefused, match="is no time; write it as 2026-11-22T18:30"):
        moment_of(text, JERUSALEM)

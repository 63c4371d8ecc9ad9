"""Shop labels are read by the shop's own templates, and never half."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.gtin import check_digit
from retail.labels import LabelTemplate, LabelTemplateError

PRICE = LabelTemplate.parse("21{item:5}{price:5}{check}")
WEIGHT = LabelTemplate.parse("22{item:5}{weight:5}{check}")


def labelled(body: str) -> str:
    return body + check_digit(body)


@given(st.integers(0, 99999), st.integers(0, 99999))
def test_every_price_label_is_read_back(item: int, price: int) -> None:
    body = f"21{item:05}{price:05}"
    reading = PRICE.read(body + check_digit(body))
    assert reading is not None
    assert (reading.item, reading.price_minor, reading.grams) == (f"{item:05}", price, None)


def test_a_weight_label_gives_grams() -> None:
    body = "220123400842"
    reading = WEIGHT.read(body + check_digit(body))
    assert reading is not None
    assert (reading.item, reading.grams) == ("01234", 842)


def test_a_label_with_a_wrong_check_digit_is_no_label() -> None:
    body = "210123401000"
    wrong = str((int(check_digit(body)) + 1) % 10)
    assert PRICE.read(body + wrong) is None


def test_the_base_code_is_the_label_with_its_price_zeroed() -> None:
    body = "214573901379"
    reading = PRICE.read(body + check_digit(body))
    assert reading is not None
    assert reading.base_code == "2145739000001"  # as a real list writes this item


def test_a_chinese_18_digit_label_gives_price_and_weight() -> None:
    template = LabelTemplate.parse("26{item:5}{price:5}{weight:5}{check}")
    body = "26000120150000842"
    reading = template.read(body + check_digit(body))
    assert reading is not None
    assert (reading.item, reading.price_minor, reading.grams) == ("00012", 1500, 842)


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        ("21{item:5}", "needs"),
        ("21{price:5}", "needs"),
        ("21{item:5}{item:5}{price:2}", "twice"),
        ("21{check}{item:5}{price:5}", "last"),
        ("21{item:5}{prise:5}", "{prise:5}"),
        ("", "needs"),
    ],
)
def test_a_template_that_cannot_work_is_refused_by_name(pattern: str, word: str) -> None:
    with pytest.raises(LabelTemplateError, match=word.replace("{", r"\{").replace("}", r"\}")):
        LabelTemplate.parse(pattern)


def test_ignored_digits_may_stand_several_times() -> None:
    reading = LabelTemplate.parse("2{any:1}{item:4}{any:1}{price:5}{check}").read(labelled("271234812345"))
    assert reading is not None
    assert (reading.item, reading.price_minor) == ("1234", 12345)

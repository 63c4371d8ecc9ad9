"""Books, magazines and music by the numbers printed on them."""

import pytest

from retail.book_numbers import book_ean


@pytest.mark.parametrize(
    ("text", "ean"),
    [
        ("0-306-40615-2", "9780306406157"),  # example of the ISBN users' manual
        ("0306406152", "9780306406157"),
        ("080442957X", "9780804429573"),
        ("ISBN 0 8044 2957 x", "9780804429573"),
        ("ISBN-13: 978-3-16-148410-0", "9783161484100"),
        ("0378-5955", "9770378595002"),
        ("ISSN 03785955", "9770378595002"),
        ("2434-561X", "9772434561006"),
        ("2434561X", "9772434561006"),
        ("M-2306-7118-7", "9790230671187"),
        ("ISMN M-2306-7118-7", "9790230671187"),
    ],
)
def test_a_printed_number_stands_for_its_barcode(text: str, ean: str) -> None:
    assert book_ean(text) == ean


@pytest.mark.parametrize(
    "text",
    [
        "0-306-40615-3",  # wrong check character
        "0378-5954",
        "ISBN 978-3-16-148410-1",
        "M-2306-7118-8",
        "03785955",  # eight digits alone may be any product's
        "ISSN 0306406152",
        "ISMN 0306406152",
        "ISBN",
        "hello",
        "",
        "0-306-40615-2" * 9,
    ],
)
def test_what_is_no_such_number_has_no_barcode(text: str) -> None:
    assert book_ean(text) is None

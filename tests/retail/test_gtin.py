"""GTINs compare equal however they are written, and a shop's own numbers are left alone."""

import pytest

from retail.gtin import check_digit, expand_upc_e, gtin14, has_valid_check_digit, restore_leading_zeros


def test_check_digit_follows_the_standard() -> None:
    assert check_digit("629104150021") == "3"  # example of the GS1 General Specifications


@pytest.mark.parametrize("code", ["036000291452", "0036000291452", "00036000291452"])
def test_upc_ean_and_gtin14_of_one_product_compare_equal(code: str) -> None:
    assert gtin14(code) == "00036000291452"


@pytest.mark.parametrize("code", ["6291041500214", "1234", "", "629104150021X", "٦٢٩١٠٤١٥٠٠٢١٣"])
def test_a_wrong_check_digit_or_a_short_number_has_no_gtin(code: str) -> None:
    assert gtin14(code) is None


def test_a_upc_that_lost_its_zeros_is_found_again() -> None:
    assert restore_leading_zeros("10181040009") == "00010181040009"
    assert restore_leading_zeros("729260101") is None


@pytest.mark.parametrize(
    ("short", "full"),
    [("04252614", "042100005264"), ("01234565", "012345000065"), ("04210003", None), ("0425261", None)],
)
def test_upc_e_expands(short: str, full: str | None) -> None:
    assert expand_upc_e(short) == full


def test_one_digit_has_no_check_digit() -> None:
    assert not has_valid_check_digit("0")

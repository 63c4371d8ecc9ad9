"""What nobody may read is masked wherever it stands; what shops write all day is left as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.gtin import check_digit
from retail.masking import is_card_number, masked, scrubbed
from retail.resolution import RefusedScan, Why

DIGITS = "0123456789"


def with_luhn(body: str) -> str:
    """The digits with their check digit: written apart from the code under test."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))]
    return body + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def cards(lengths: tuple[int, ...] = (15, 16, 17, 18, 19)) -> st.SearchStrategy[str]:
    bodies = st.sampled_from(lengths).flatmap(lambda size: st.text(DIGITS, min_size=size - 2, max_size=size - 2))
    return st.builds(lambda first, rest: with_luhn(first + rest), st.sampled_from("23456"), bodies)


wallets = st.one_of(
    st.from_regex(r"1[0-5][0-9]{16}", fullmatch=True), st.from_regex(r"(2[5-9]|30)[0-9]{14,22}", fullmatch=True)
)
words = st.text(st.characters(codec="utf-8", exclude_characters=DIGITS + "-_", categories=["Lu", "Ll", "Po", "Zs"]))


@given(st.one_of(cards(), wallets), words, words)
def test_a_card_or_a_payment_code_is_masked_in_any_sentence(secret: str, before: str, after: str) -> None:
    text = scrubbed(f"{before} {secret}, {after}")
    assert secret not in text
    assert secret[:7] not in text
    assert f"{secret[:2]}{'·' * (len(secret) - 6)}{secret[-4:]}" in text


@given(cards((16,)), st.sampled_from(" -"))
def test_also_in_groups_of_four(card: str, gap: str) -> None:
    grouped = gap.join(card[start : start + 4] for start in range(0, 16, 4))
    assert grouped not in scrubbed(f"card {grouped} refused")
    assert card[4:12] not in scrubbed(f"card {grouped} refused").replace(gap, "")


@given(cards((16,)), st.text(DIGITS, min_size=7, max_size=20))
def test_a_track_is_masked_with_all_that_follows_the_number(card: str, rest: str) -> None:
    for track in (f";{card}={rest}?", f"%B{card}^DOE/JANE^{rest}?"):
        assert card not in scrubbed(track)
        assert rest not in scrubbed(track)
        assert "JANE" not in scrubbed(track)


@given(st.text(DIGITS, min_size=13, max_size=13), st.booleans())
def test_a_barcode_of_goods_is_left_as_it_is(body: str, with_check: bool) -> None:
    """Of thirteen digits also with a wrong check digit: shops sell under such, and staff must be able to read it."""
    code = body + check_digit(body) if with_check else body
    assert scrubbed(f"code {code} is not in the list") == f"code {code} is not in the list"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "payment 4f0c9a1be2d34455a6b7c8d9e0f1a2b3 is open",
        "reference 4200001234202611221234567890",  # WeChat's own numbers have 28 digits
        "2026-11-22 15:47:52 kiosk: sale 12 345",
        "receipt 3-0A1B2C3D4E",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert scrubbed(text) == text


def test_keys_and_tokens_are_masked() -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----"
    assert scrubbed(f"cannot read {pem} here") == "cannot read ········ here"
    assert "MIIE" not in scrubbed("-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIB")
    assert scrubbed("Authorization: Bearer abcdef0123456789") == "Authorization: Bearer ········"


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert scrubbed(scrubbed(text)) == scrubbed(text)


def test_of_a_short_code_nothing_is_shown() -> None:
    assert masked("1234567") == "·······"
    assert masked("130000000000004321") == "13" + "·" * 12 + "4321"


def test_a_card_number_has_its_check_digit() -> None:
    assert is_card_number("4111111111111111")
    assert not is_card_number("4111111111111112")
    assert not is_card_number("1111111111111117")


@given(cards())
def test_a_refused_scan_never_holds_a_card(card: str) -> None:
    assert card not in repr(RefusedScan(card, Why.UNKNOWN))

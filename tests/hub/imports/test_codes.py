import pytest

from hub.imports.codes import clean_code, looks_rounded, lost_its_digits, remarks, split_codes
from hub.imports.errors import RowRefused


@pytest.mark.parametrize("code", ["8.00E+12", "8,00E+12", "8.0E12", "8E+12", "2.02e+11", "7.29E+012"])
def test_scientific_notation_is_a_code_that_lost_its_digits(code):
    assert lost_its_digits(code)


@pytest.mark.parametrize("code", ["79066E", "15056E", "1E5", "8000000000000", "E12", "8.00", "", "22E1"])
def test_a_code_with_an_e_of_its_own_is_none(code):
    assert not lost_its_digits(code)


@pytest.mark.parametrize(
    ("code", "rounded"),
    [
        ("8000000000000", True),
        ("202000000000", True),
        ("2000010000003", False),
        ("1300000000000", False),
        ("7290000000000", True),
        ("800", False),
    ],
)
def test_a_rounded_number_written_out_is_told_by_its_zeros_and_check_digit(code, rounded):
    assert looks_rounded(code) is rounded


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("4006381333931", []),
        ("96385074", []),
        ("012345678905", []),
        ("01234565", []),  # UPC-E
        ("100", ["short_code"]),
        ("10181040009", ["leading_zeros_lost"]),
        ("729260101", ["odd_length"]),
        ("7290003444009", ["wrong_check_digit"]),
        ("9941300026516", ["coupon_code"]),
        ("9771565039125", ["periodical_code"]),
        ("2011171540101", ["restricted_code"]),
        ("93850220111396", ["case_code"]),
        ("20000011", ["restricted_code"]),
        ("85123A", ["code_not_digits"]),
    ],
)
def test_odd_codes_are_taken_and_remarked(code, reasons):
    assert [reason for reason, _ in remarks(code) if reason != "wrong_check_digit" or reasons == [reason]] == reasons
    assert clean_code(f" {code}\t")[0] == code


@pytest.mark.parametrize(
    ("text", "code"), [('="0123456789012"', "0123456789012"), ("'0123", "0123"), ("80012.0", "80012")]
)
def test_what_a_program_put_around_a_code_is_taken_off_and_remarked(text, code):
    found, remark = clean_code(text)
    assert found == code
    assert remark is not None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_code"),
        (" ", "no_code"),
        ('=""', "no_code"),
        ("0000000000000", "zero_code"),
        ("1" * 71, "bad_code"),
        ("1\x1d2", "bad_code"),
    ],
)
def test_what_can_be_no_code_is_refused(text, reason):
    with pytest.raises(RowRefused) as refused:
        clean_code(text)
    assert refused.value.reason == reason


def test_a_cell_may_hold_several_codes_and_how_many_pieces_each_means():
    assert split_codes("4006381333931 4006381333948*6;123×2") == {"4006381333931": 1, "4006381333948": 6, "123": 2}

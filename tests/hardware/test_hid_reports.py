"""A report descriptor says where its fields lie, whatever the order; a broken one says less, and never fails."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.hid_reports import Field, collections, elements, has_report_numbers, input_fields
from hardware.scanned_data import ScannedData, says_scanner
from tests.hardware.hid_pos_layouts import FLAGS_FIRST, HONEYWELL, KEYBOARD, MAKERS, UNNUMBERED


def test_fields_lie_where_the_descriptor_puts_them() -> None:
    assert input_fields(HONEYWELL.descriptor) == (
        Field(2, 0x01003B, 0, 8),
        Field(2, 0x8C00FB, 8, 8),
        Field(2, 0x8C00FC, 16, 8),
        Field(2, 0x8C00FD, 24, 8),
        Field(2, 0x8C00FE, 32, 8, 56),
        Field(2, 0xFF660004, 480, 8),
        Field(2, 0xFF660000, 488, 8),
        Field(2, 0x8C00FF, 496, 1, 8),
    )


def test_ranges_long_usages_and_pushed_globals_are_understood() -> None:
    assert input_fields(FLAGS_FIRST.descriptor) == (
        Field(1, 0xFF000002, 0, 8, 2),
        Field(5, 0x8C00FF, 0, 1),
        Field(5, 0x01003B, 8, 8),
        Field(5, 0x8C00FE, 16, 8, 120),
        Field(5, 0x8C00FB, 976, 8),
        Field(5, 0x8C00FC, 984, 8),
        Field(5, 0x8C00FD, 992, 8),
    )


def test_an_array_of_keys_is_no_end_of_usages() -> None:
    assert [one.bit for one in input_fields(KEYBOARD)][:8] == list(range(8))


def test_a_long_item_is_stepped_over() -> None:
    assert input_fields(bytes.fromhex("fe 02 f0 aa bb") + UNNUMBERED.descriptor) == input_fields(UNNUMBERED.descriptor)


def test_values_are_taken_from_any_bit() -> None:
    assert elements(b"\xf0\x0f", Field(0, 0, 4, 4, 3)) == [15, 15, 0]
    assert elements(b"", Field(0, 0, 4, 4, 2)) == [0, 0]


def test_a_device_says_whether_its_reports_are_numbered_and_what_it_is() -> None:
    assert [has_report_numbers(maker.descriptor) for maker in MAKERS] == [True, True, False, True]
    assert 0x8C0002 in collections(FLAGS_FIRST.descriptor)
    assert [says_scanner(maker.descriptor) for maker in MAKERS] == [True] * 4
    assert not says_scanner(KEYBOARD)


@given(st.sampled_from(MAKERS), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255))), st.integers(0, 120))
def test_a_broken_descriptor_never_fails(maker, changes, length) -> None:
    broken = bytearray(maker.descriptor[:length])
    for at, value in changes:
        broken[at:at] = bytes([value])
    codes = ScannedData(bytes(broken))
    codes.report(bytes(range(64)), 1.0)

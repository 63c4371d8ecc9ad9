"""Web addresses that carry GS1 elements: read as text, of any domain."""

import pytest

from retail.digital_link import DigitalLink, read_digital_link


def link(text: str) -> DigitalLink:
    found = read_digital_link(text)
    assert found is not None
    return found


GTIN = ("01", "09521234543213")


@pytest.mark.parametrize(
    "text",
    [
        "https://id.gs1.org/01/09521234543213",
        "HTTPS://Brand.Example:8443/shop/en/01/9521234543213",
        "HTTPS://X.EXAMPLE/GTIN/09521234543213",
        "http://192.0.2.1/gtin/09521234543213#top",
        "https://x/01/09521234543213?utm_source=tv&linkType=gs1:pip",
        "https://x/01/faux/01/09521234543213",
    ],
)
def test_any_domain_any_stem_and_names_for_numbers(text: str) -> None:
    found = link(text)
    assert (found.pairs, found.out_of_form) == ((GTIN,), False)


def test_path_and_query_are_read_with_their_escapes() -> None:
    found = link("https://x.example/gtin/09521234543213/lot/A%2F1+/ser/%53?17=301231;3103=000500")
    assert found.pairs == (GTIN, ("10", "A/1+"), ("21", "S"), ("17", "301231"), ("3103", "000500"))
    assert (found.domain, found.out_of_form, found.unreadable) == ("x.example", False, ())


@pytest.mark.parametrize(
    "text",
    [
        "https://x/01/09521234543213/",
        "https://x/01/09521234543213/21/A/10/B",  # the other way round
        "https://x/01/09521234543213/99/A",
        "https://x/01/09521234543213?10=A",
        "https://x/01/09521234543213/10/A?10=A",
        "https://x/01/09521234543213?890=A",
    ],
)
def test_what_is_not_quite_as_the_standard_says_is_told(text: str) -> None:
    found = link(text)
    assert found.pairs[0] == GTIN
    assert found.out_of_form


def test_an_element_without_a_value_is_told() -> None:
    assert link("https://x/01/09521234543213?17=tomorrow&99=").unreadable == ("17", "99")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01/09521234543213",
        "ftp://x/01/09521234543213",
        "https://x",
        "https://x/",
        "https://x/about/us",
        "https://x/01/09521234543213/about",
        "https://x/01/0952123454321",
        "https://x/01//09521234543213",
        "https://x/01/09521234543213/10/",
        "https://x/01/0952123454321%003",
        "https://x/01/09521234543213/10/%ff",
        "https://user@x/01/09521234543213",
        "https://x/01/09521234543213<b>",
        "https://x/01/09521234543213 ",
        "https://x/01/٠٩٥٢١٢٣٤٥٤٣٢١٣",
    ],
)
def test_any_other_address_is_none(text: str) -> None:
    assert read_digital_link(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://dl.example/DBHKVAdpQgqrCw",  # examples of GS1's own toolkit, on another domain
        "https://id.gs1.org/AN2yxDhfaiaw",
        "https://id.gs1.org/01/09521234543213/EHiTGpuQ",
    ],
)
def test_a_compressed_link_is_recognised_and_not_read(text: str) -> None:
    assert link(text).packed
    assert link(text).pairs == ()


@pytest.mark.parametrize(
    "text",
    [
        "https://youtu.be/dQw4w9WgXcQ",
        "https://x/DBHLVAdpQgqrCw",  # one bit of the GTIN is another
        "https://x/01/09521234543213/zzzzzzzz",
        "https://x/AAAAAAAAA",  # no base64 has 9 signs
        "https://x/AQAAAAAA",  # too short for a GTIN
        "https://x/_______________",
    ],
)
def test_a_short_link_is_no_compressed_one(text: str) -> None:
    assert read_digital_link(text) is None

"""Whether the bars in a picture look like those of a text that a decoder claims."""

import numpy as np
import pytest

from hardware.decoding.ean_profile import judge
from hardware.opencv import Grey, cv2
from tests.hardware.drawn import ean8_bars, ean13_bars

COLUMNS = 3


def lines(bars: str, blur: float) -> tuple[Grey, tuple[float, float]]:
    """The bars upright, out of focus, and between which columns they stand."""
    line = np.repeat(np.array([30 if bit == "1" else 210 for bit in "0" * 9 + bars + "0" * 9], np.uint8), COLUMNS)
    grey = cv2.GaussianBlur(np.tile(line, (24, 1)), (0, 0), blur)
    return np.asarray(grey, np.uint8), (9.0 * COLUMNS, (9.0 + len(bars)) * COLUMNS)


@pytest.mark.parametrize("blur", [0.5, 1.5, 3.0])
def test_the_text_that_is_printed_leads_all_others(blur) -> None:
    judgement = judge(*lines(ean13_bars("6901234567892"), blur), "EAN13", "6901234567892")
    assert judgement.likeness > 0.9
    assert judgement.lead > 1.5


@pytest.mark.parametrize("misread", ["6907834561892", "6901234561278", "2901234567896"])
def test_a_text_with_ones_read_as_sevens_is_behind(misread) -> None:
    """Blurred, 1 and 7 look alike, and 2 and 8: pairs of them keep the check digit right."""
    assert judge(*lines(ean13_bars("6901234567892"), 2.0), "EAN13", misread).lead < 0.9


def test_a_code_upside_down_is_laid_over_the_other_way() -> None:
    grey, ends = lines(ean13_bars("6901234567892"), 1.0)
    assert judge(np.ascontiguousarray(grey[:, ::-1]), ends, "EAN13", "6901234567892").lead > 1.5


def test_ends_that_a_decoder_knows_only_roughly_are_found() -> None:
    grey, (first, last) = lines(ean13_bars("6901234567892"), 1.0)
    assert judge(grey, (first - 5, last + 6), "EAN13", "6901234567892").lead > 1.5


def test_short_codes_are_judged_too() -> None:
    assert judge(*lines(ean8_bars("96385074"), 1.0), "EAN8", "96385074").lead > 1.5
    assert judge(*lines(ean8_bars("96385074"), 1.0), "EAN8", "16385174").lead < 0.9


@pytest.mark.parametrize(("text", "lead"), [("01234565", 1.5), ("01234638", 0.0)])
def test_a_upc_e_is_held_against_its_own_bars(text, lead) -> None:
    bars = "101" + "0110011" + "0010011" + "0111101" + "0011101" + "0111001" + "0101111" + "010101"
    judgement = judge(*lines(bars, 1.0), "UPCE", text)
    assert judgement.lead > lead if lead else judgement.lead < 0.9


def test_where_there_are_no_such_bars_nothing_is_like_them() -> None:
    noise = np.random.default_rng(5).integers(0, 255, (24, 340), np.uint8)
    judgement = judge(noise, (30.0, 310.0), "EAN13", "6901234567892")
    assert judgement.likeness < 0.75
    assert judgement.lead == 0.0

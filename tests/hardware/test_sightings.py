"""When a code in a stream of pictures counts, and when it may count again."""

import pytest

from hardware.code import Box, Code
from hardware.sightings import Sightings

HERE, THERE = Box(0.1, 0.1, 0.4, 0.3), Box(0.6, 0.6, 0.9, 0.8)
FRAME_S = 1 / 15
MILK, SHORT = "6901234567892", "01234565"


def code(
    text: str, box: Box = HERE, symbology: str = "CODE128", *, sure: bool = False, gs1: bool | None = None
) -> Code:
    return Code(text, symbology, box.corners, gs1, sure)


class Stream:
    """Looks that follow each other at the camera's pace."""

    def __init__(self) -> None:
        self.sightings = Sightings()
        self.now = 100.0

    def look(self, *codes: Code, times: int = 1, held: bool = False, still: bool = False) -> list[str]:
        counted: list[str] = []
        for _ in range(times):
            self.now += FRAME_S
            counted += [counts.text for counts in self.sightings.see(codes, self.now, held=held, still=still)]
        return counted


def test_one_look_is_not_believed_and_the_second_counts() -> None:
    stream = Stream()
    assert stream.look(code("milk")) == []
    assert stream.look(code("milk")) == ["milk"]


def test_the_second_look_may_come_one_late() -> None:
    stream = Stream()
    assert stream.look(code("milk")) + stream.look() + stream.look(code("milk")) == ["milk"]


def test_two_looks_far_apart_do_not_agree() -> None:
    stream = Stream()
    assert stream.look(code("milk")) + stream.look(times=5) + stream.look(code("milk")) == []


def test_two_decoders_that_agree_in_one_look_are_believed_at_once() -> None:
    assert Stream().look(code("milk", sure=True)) == ["milk"]


def test_the_same_text_of_another_kind_is_the_same_code() -> None:
    stream = Stream()
    assert stream.look(code("12345678", symbology="ITF")) + stream.look(code("12345678")) == ["12345678"]
    assert stream.look(code("12345678", symbology="CODABAR"), times=5) == []


def test_one_article_number_written_in_two_ways_counts_once() -> None:
    stream = Stream()
    assert stream.look(code("012345678905", symbology="UPCA"), times=2) == ["012345678905"]
    assert stream.look(code("0012345678905", symbology="EAN13"), times=5) == []


def test_a_pack_with_its_number_in_two_codes_counts_once_with_what_the_richer_one_tells() -> None:
    stream = Stream()
    both = code(MILK, symbology="EAN13"), code(f"010{MILK}21SERIAL", THERE, "DATAMATRIX", gs1=True)
    assert stream.look(*both, times=5) == [f"010{MILK}21SERIAL"]


def test_two_serials_of_one_article_are_two_packs() -> None:
    stream = Stream()
    one, other = (code(f"010{MILK}21{serial}", box, "DATAMATRIX", gs1=True) for serial, box in ((1, HERE), (2, THERE)))
    assert len(stream.look(one, other, times=5)) == 2


def test_a_code_read_twice_in_one_look_has_one_vote() -> None:
    stream = Stream()
    assert stream.look(code("milk"), code("milk", THERE)) == []


def test_a_code_stays_quiet_as_long_as_it_is_in_the_picture() -> None:
    stream = Stream()
    assert stream.look(code("milk"), times=300) == ["milk"]


def test_a_code_that_flickers_stays_quiet() -> None:
    stream = Stream()
    counted = stream.look(code("milk"), times=2)
    for _ in range(50):
        counted += stream.look(times=5) + stream.look(code("milk"))
    assert counted == ["milk"]


def test_a_code_that_left_counts_again() -> None:
    stream = Stream()
    stream.look(code("milk"), times=2)
    stream.look(times=10)
    assert stream.look(code("milk"), times=2) == ["milk"]


def test_a_camera_that_was_away_does_not_make_a_code_count_twice() -> None:
    stream = Stream()
    stream.look(code("milk"), times=2)
    stream.now += 30
    assert stream.look(code("milk"), times=3) == []


def test_a_fast_camera_does_not_make_a_code_count_twice() -> None:
    sightings = Sightings()
    counted = [sightings.see((code("milk"),), 1.0 + i / 1000) for i in range(2)]
    for i in range(50):
        sightings.see((), 1.01 + i / 1000)
    counted += [sightings.see((code("milk"),), 1.1 + i / 1000) for i in range(3)]
    assert sum(map(len, counted)) == 1


def test_several_codes_in_one_picture_do_not_hold_each_other_up() -> None:
    stream = Stream()
    both = code("milk"), code("plums", THERE)
    assert stream.look(*both, times=5) == ["milk", "plums"]


def test_the_next_code_is_not_held_up_by_a_quiet_one() -> None:
    stream = Stream()
    stream.look(code("milk"), times=2)
    assert stream.look(code("milk"), code("plums", THERE), times=2) == ["plums"]


def test_two_texts_at_one_place_wait_until_one_leads_by_two() -> None:
    stream = Stream()
    assert stream.look(code("wrong")) + stream.look(code("milk"), times=2) == []
    assert stream.look(code("milk")) == ["milk"]


def test_codes_side_by_side_are_no_rivals_though_their_boxes_overlap() -> None:
    stream = Stream()
    steep = Code("milk", "CODE128", ((0.1, 0.1), (0.15, 0.1), (0.55, 0.5), (0.5, 0.5)), sure=True)
    beside = Code("plums", "CODE128", ((0.3, 0.1), (0.35, 0.1), (0.75, 0.5), (0.7, 0.5)), sure=True)
    assert stream.look(steep, beside, times=2) == ["milk", "plums"]


@pytest.mark.parametrize(
    ("text", "symbology"),
    [
        (SHORT, "UPCE"),
        (SHORT, "EAN8"),
        ("SHELF-7", "CODE39"),
        ("SHELF-7", "CODE93"),
        ("A1234A", "CODABAR"),
        ("SHELF-7", "PDF417"),
        ("SHELF-7", "AZTEC"),
        ("123456", "ITF"),
    ],
)
def test_a_weak_or_short_code_needs_a_third_look_even_if_two_decoders_agree(text, symbology) -> None:
    stream = Stream()
    assert stream.look(code(text, symbology=symbology), times=2) == []
    assert stream.look(code(text, symbology=symbology)) == [text]
    sure = code(text, symbology=symbology, sure=True)
    assert (Stream().look(sure), Stream().look(sure, times=2)) == ([], [text])


def test_a_cartons_code_is_not_weak() -> None:
    assert Stream().look(code("10012345678902", symbology="ITF"), times=2) == ["10012345678902"]


def test_another_text_where_a_known_code_lies_needs_a_third_look() -> None:
    stream = Stream()
    stream.look(code("milk"), times=2)
    stream.look()
    assert stream.look(code("other"), times=2) == []
    assert stream.look(code("other")) == ["other"]


def test_an_unchanged_picture_keeps_its_codes_quiet() -> None:
    stream = Stream()
    stream.look(code("milk"), times=2)
    for _ in range(100):
        stream.now += FRAME_S
        stream.sightings.unchanged(stream.now)
    assert stream.look(code("milk"), times=3) == []


def test_an_unchanged_picture_without_the_code_lets_it_leave() -> None:
    stream = Stream()
    stream.look(code("milk"), times=2)
    stream.look(times=6)
    for _ in range(20):
        stream.now += FRAME_S
        stream.sightings.unchanged(stream.now)
    assert stream.look(code("milk"), times=2) == ["milk"]


def test_a_code_that_a_look_at_the_same_picture_misses_has_not_left() -> None:
    stream = Stream()
    stream.look(code("milk"), times=2)
    assert stream.look(times=40, still=True) + stream.look(code("milk"), times=3) == []


def test_a_pack_that_the_hand_blurs_for_a_second_has_not_left() -> None:
    stream = Stream()
    stream.look(code("milk"), times=2, held=True)
    stream.look(times=15, held=True)
    assert stream.look(code("milk"), times=3, held=True) == []


def test_a_code_has_left_when_another_is_read_at_its_place() -> None:
    stream = Stream()
    stream.look(code("milk"), times=2, held=True)
    stream.look(code("plums"), times=12, held=True)
    assert stream.look(code("milk"), times=3, held=True) == ["milk"]


def test_in_view_is_what_was_seen_a_moment_ago_and_whether_it_counted() -> None:
    stream = Stream()
    stream.look(code("milk"), times=2)
    stream.look(code("plums", THERE))
    assert [(seen.text, counted) for seen, counted in stream.sightings.in_view(stream.now, 0.4)] == [
        ("milk", True),
        ("plums", False),
    ]
    assert stream.sightings.in_view(stream.now + 1, 0.4) == ()


def test_what_one_decoder_reads_where_two_agree_on_another_text_is_no_doubt() -> None:
    fragment = code("12345670", Box(0.2, 0.15, 0.3, 0.2), "EAN8")
    assert Stream().look(code("milk", sure=True), fragment) == ["milk"]


def test_a_part_of_an_interleaved_code_never_counts_beside_it_or_after_it() -> None:
    stream = Stream()
    whole, part = code("15123082971678", symbology="ITF"), code("151230", THERE, "ITF", sure=True)
    assert stream.look(whole, part, times=5) == ["15123082971678"]
    assert stream.look(part, times=5) == []


def test_a_misread_of_another_part_of_a_code_does_not_count_beside_it() -> None:
    stream = Stream()
    right = Code("6928952446902", "EAN13", ((0.27, 0.77), (0.34, 0.42), (0.38, 0.46), (0.31, 0.8)), sure=True)
    wrong = Code("9928812446902", "EAN13", ((0.34, 0.66), (0.34, 0.65), (0.39, 0.67), (0.39, 0.69)))
    assert stream.look(right, wrong, times=10) == ["6928952446902"]


def test_packs_that_nearly_touch_both_count_when_two_decoders_agree_on_each() -> None:
    left, right = code("milk", Box(0.1, 0.4, 0.4, 0.6), sure=True), code("plums", Box(0.25, 0.65, 0.5, 0.8), sure=True)
    assert Stream().look(left, right) == ["milk", "plums"]

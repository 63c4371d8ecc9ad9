"""When a code in a stream of pictures counts, and when it may count again."""

from hardware.sightings import Box, Code, Sightings

HERE, THERE = Box(0.1, 0.1, 0.4, 0.3), Box(0.6, 0.6, 0.9, 0.8)
FRAME_S = 1 / 15


def code(text: str, box: Box = HERE, symbology: str = "EAN13") -> Code:
    return Code(text, symbology, box)


class Stream:
    """Looks that follow each other at the camera's pace."""

    def __init__(self) -> None:
        self.sightings = Sightings()
        self.now = 100.0

    def look(self, *codes: Code, times: int = 1) -> list[str]:
        counted: list[str] = []
        for _ in range(times):
            self.now += FRAME_S
            counted += [counts.text for counts in self.sightings.see(codes, self.now)]
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
    assert stream.look(code("milk")) + stream.look(times=2) + stream.look(code("milk")) == []


def test_the_same_text_of_another_kind_is_another_code() -> None:
    stream = Stream()
    assert stream.look(code("12345670")) + stream.look(code("12345670", symbology="EAN8")) == []


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


def test_a_short_code_needs_a_third_look() -> None:
    stream = Stream()
    short = code("01234565", symbology="UPCE")
    assert stream.look(short, times=2) == []
    assert stream.look(short) == ["01234565"]


def test_another_text_where_a_known_code_lies_needs_a_third_look() -> None:
    stream = Stream()
    stream.look(code("milk"), times=2)
    stream.look(times=3)
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
    stream.look(times=3)
    for _ in range(20):
        stream.now += FRAME_S
        stream.sightings.unchanged(stream.now)
    assert stream.look(code("milk"), times=2) == ["milk"]

"""A scanner's burst becomes one scan, a person's keys come back: told apart by timing alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.wedge import Decision, Scanned, Typed, WedgeDecoder, WedgeTiming

FOREVER = 1e9
PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E) | st.just("\x1d")


class Feeder:
    """Feeds keys as the event filter does: polls at each deadline that passes before the next key."""

    def __init__(self, decoder: WedgeDecoder, *, polls: bool = True) -> None:
        self.decoder = decoder
        self.now = 10.0
        self.decisions: list[Decision] = []
        self._polls = polls

    def wait(self, gap: float) -> None:
        self.now += gap
        deadline = self.decoder.deadline
        if self._polls and deadline is not None and deadline < self.now:
            self.decisions += self.decoder.poll(deadline + 0.001)

    def type(self, text: str, gaps: float | list[float], **key) -> None:
        for index, character in enumerate(text):
            self.wait(gaps if isinstance(gaps, float) else gaps[index])
            self.decisions += self.decoder.key(character, self.now, **key)

    def enter(self, gap: float = 0.005) -> None:
        self.wait(gap)
        self.decisions += self.decoder.key(None, self.now, terminator=True, token="enter")

    def finish(self) -> list[Decision]:
        self.wait(FOREVER)
        self.decisions += self.decoder.poll(self.now)
        assert self.decoder.deadline is None
        return self.decisions

    @property
    def scanned(self) -> list[str]:
        return [decision.text for decision in self.decisions if isinstance(decision, Scanned)]

    @property
    def released(self) -> str:
        keys = (key for decision in self.decisions if isinstance(decision, Typed) for key in decision.keys)
        return "".join(key.character or f"<{key.token}>" for key in keys)


def test_a_code_and_enter_is_one_scan_decided_at_once() -> None:
    feeder = Feeder(WedgeDecoder())
    feeder.type("6901234567892", 0.004)
    assert feeder.decisions == []
    feeder.enter(0.004)
    assert feeder.scanned == ["6901234567892"]
    assert feeder.finish() == feeder.decisions[:1]


def test_the_scan_tells_when_its_last_character_came() -> None:
    feeder = Feeder(WedgeDecoder())
    feeder.type("12345", 0.01)
    last = feeder.now
    feeder.enter(0.02)
    assert feeder.decisions == [Scanned("12345", last)]


@given(
    text=st.text(PRINTABLE, min_size=4, max_size=60),
    gaps=st.lists(st.floats(0.001, 0.030), min_size=60, max_size=60),
    terminators=st.integers(0, 2),
    polls=st.booleans(),
)
def test_any_code_at_a_scanners_speed_with_any_suffix_is_exactly_one_scan(text, gaps, terminators, polls) -> None:
    feeder = Feeder(WedgeDecoder(), polls=polls)
    feeder.type(text, gaps)
    for _ in range(terminators):
        feeder.enter(0.01)
    feeder.finish()
    assert (feeder.scanned, feeder.released) == ([text], "")


@given(
    text=st.text(st.sampled_from("0123456789ABCDEF"), min_size=4, max_size=40),
    prefix=st.sampled_from(["", "~", "]C1"]),
    suffix=st.sampled_from(["", "#", "$%", "\x03"]),
    terminators=st.integers(0, 2),
    gap=st.floats(0.001, 0.030),
)
def test_a_configured_prefix_and_suffix_are_taken_off(text, prefix, suffix, terminators, gap) -> None:
    feeder = Feeder(WedgeDecoder(prefix=prefix, suffix=suffix))
    feeder.type(prefix + text + suffix, gap)
    for _ in range(terminators):
        feeder.enter(gap)
    feeder.finish()
    assert (feeder.scanned, feeder.released) == ([text], "")


def test_a_configured_suffix_ends_the_scan_without_waiting() -> None:
    feeder = Feeder(WedgeDecoder(suffix="#"))
    feeder.type("12345#", 0.005)
    assert feeder.scanned == ["12345"]


@given(
    text=st.text(st.sampled_from("0123456789"), min_size=8, max_size=40),
    place=st.integers(3, 37),
    hole=st.floats(0.031, 0.080),
    terminated=st.booleans(),
    polls=st.booleans(),
)
def test_a_hole_in_the_middle_of_a_burst_does_not_cut_the_code(text, place, hole, terminated, polls) -> None:
    place = min(place, len(text) - 4) if not terminated else min(place, len(text) - 1)
    feeder = Feeder(WedgeDecoder(), polls=polls)
    feeder.type(text, [hole if index == place else 0.004 for index in range(len(text))])
    if terminated:
        feeder.enter()
    feeder.finish()
    assert (feeder.scanned, feeder.released) == ([text], "")


def test_keys_that_all_carry_the_same_time_are_a_burst() -> None:
    feeder = Feeder(WedgeDecoder())
    feeder.type("6901234567892", 0.0)
    feeder.enter(0.0)
    assert feeder.scanned == ["6901234567892"]


def test_a_longer_hole_is_bridged_once_the_scanner_is_known_to_send_enter() -> None:
    feeder = Feeder(WedgeDecoder())
    feeder.type("12345678", 0.004)
    feeder.enter()
    feeder.wait(2.0)
    feeder.type("87654321", [0.004, 0.004, 0.004, 0.004, 0.2, 0.004, 0.004, 0.004])
    feeder.enter()
    assert feeder.scanned == ["12345678", "87654321"]


@pytest.mark.parametrize("lateness", [0.0, 0.05, 0.099])
def test_enter_that_comes_late_after_a_scan_ended_by_silence_does_not_leak(lateness: float) -> None:
    feeder = Feeder(WedgeDecoder())
    feeder.type("6901234567892", 0.004)
    feeder.wait(WedgeTiming().hole_s + 0.001 + lateness)
    feeder.enter(0.0)
    feeder.finish()
    assert (feeder.scanned, feeder.released) == (["6901234567892"], "")


def test_enter_a_second_after_the_scan_is_a_persons() -> None:
    feeder = Feeder(WedgeDecoder())
    feeder.type("6901234567892", 0.004)
    feeder.enter(1.0)
    assert (feeder.scanned, feeder.released) == (["6901234567892"], "<enter>")


def test_enter_a_second_after_the_scan_is_a_persons_even_if_nobody_polled() -> None:
    feeder = Feeder(WedgeDecoder(), polls=False)
    feeder.type("6901234567892", 0.004)
    feeder.enter(1.0)
    assert (feeder.scanned, feeder.released) == (["6901234567892"], "<enter>")


@given(
    text=st.text(PRINTABLE, max_size=40),
    gaps=st.lists(st.floats(0.036, 3.0), min_size=40, max_size=40),
    enters=st.sets(st.integers(0, 39)),
    polls=st.booleans(),
)
def test_slow_typing_is_never_a_scan_and_comes_back_whole(text, gaps, enters, polls) -> None:
    feeder = Feeder(WedgeDecoder(), polls=polls)
    expected = ""
    for index, character in enumerate(text):
        feeder.type(character, gaps[index])
        expected += character
        if index in enters:
            feeder.enter(0.05)
            expected += "<enter>"
    feeder.finish()
    assert (feeder.scanned, feeder.released) == ([], expected)


@given(
    text=st.text(PRINTABLE, max_size=60),
    gaps=st.lists(st.floats(0.0, 0.3), min_size=60, max_size=60),
    terminators=st.sets(st.integers(0, 59)),
    repeats=st.sets(st.integers(0, 59)),
)
def test_whatever_comes_every_character_is_scanned_or_released_once_and_in_order(
    text, gaps, terminators, repeats
) -> None:
    feeder = Feeder(WedgeDecoder())
    for index, character in enumerate(text):
        feeder.wait(gaps[index])
        feeder.decisions += feeder.decoder.key(character, feeder.now, repeat=index in repeats)
        if index in terminators:
            feeder.enter(gaps[-index])
    out = ""
    for decision in feeder.finish():
        if isinstance(decision, Scanned):
            out += decision.text
        else:
            out += "".join(key.character for key in decision.keys if key.character)
    assert out == text


def test_a_persons_single_key_comes_back_after_the_longest_hole_of_a_scanner() -> None:
    decoder = WedgeDecoder()
    assert decoder.key("7", 1.0, token="event") == ()
    assert decoder.deadline == pytest.approx(1.12)
    assert decoder.poll(1.03) == ()
    (released,) = decoder.poll(1.121)
    assert isinstance(released, Typed)
    assert [key.token for key in released.keys] == ["event"]


def test_a_few_fast_letters_of_a_quick_hand_are_typing() -> None:
    feeder = Feeder(WedgeDecoder())
    feeder.type("them", [0.2, 0.03, 0.03, 0.08])
    feeder.finish()
    assert (feeder.scanned, feeder.released) == ([], "them")


def test_a_key_held_down_is_not_a_scanner() -> None:
    feeder = Feeder(WedgeDecoder())
    feeder.type("0", 0.5)
    feeder.type("000000", 0.033, repeat=True)
    feeder.enter(0.03)
    feeder.finish()
    assert (feeder.scanned, feeder.released) == ([], "0000000<enter>")


def test_an_arrow_key_is_a_persons_and_releases_what_was_held_before_it() -> None:
    decoder = WedgeDecoder()
    decoder.key("1", 1.0, token="one")
    decisions = decoder.key(None, 1.01, token="arrow")
    assert [key.token for typed in decisions if isinstance(typed, Typed) for key in typed.keys] == [
        "one",
        "arrow",
    ]


def test_enter_alone_is_released_without_delay() -> None:
    feeder = Feeder(WedgeDecoder())
    feeder.enter()
    assert feeder.released == "<enter>"


def test_a_shop_with_short_codes_sets_a_shorter_length() -> None:
    feeder = Feeder(WedgeDecoder(min_length=3))
    feeder.type("123", 0.005)
    feeder.enter()
    assert feeder.scanned == ["123"]
    default = Feeder(WedgeDecoder())
    default.type("123", 0.005)
    default.enter()
    assert (default.scanned, default.released) == ([], "123<enter>")


@pytest.mark.parametrize("gap", [0.05, 0.15])
def test_a_slow_scanner_is_a_matter_of_configuration(gap: float) -> None:
    feeder = Feeder(WedgeDecoder(timing=WedgeTiming(max_gap_s=gap + 0.01)))
    feeder.type("6901234567892", gap)
    feeder.enter(gap)
    feeder.finish()
    assert (feeder.scanned, feeder.released) == (["6901234567892"], "")


def test_two_scans_right_after_each_other_stay_two() -> None:
    feeder = Feeder(WedgeDecoder())
    for code in ("6901234567892", "4006381333931"):
        feeder.type(code, 0.003)
        feeder.enter(0.003)
        feeder.enter(0.003)
    assert (feeder.scanned, feeder.released) == (["6901234567892", "4006381333931"], "")


def test_a_prefix_alone_is_not_a_scan() -> None:
    feeder = Feeder(WedgeDecoder(prefix="~~~~", min_length=0))
    feeder.type("~~~~", 0.003)
    feeder.enter()
    assert (feeder.scanned, feeder.released) == ([], "~~~~<enter>")


@pytest.mark.parametrize("first", [1, 2, 3, 4])
@pytest.mark.parametrize("hole", [0.04, 0.08])
@pytest.mark.parametrize("polled", [True, False])
def test_a_hole_after_the_first_keys_does_not_cut_them_off(first, hole, polled) -> None:
    """What is left of 9520010016446 after a cut may be the code of other goods."""
    code, decoder, at = "9520010016446", WedgeDecoder(), 1.0
    seen: list[Scanned | Typed] = []
    for place, character in enumerate(code):
        at += hole if place == first else 0.005
        if polled:
            seen += decoder.poll(at - 0.001)
        seen += decoder.key(character, at)
    seen += decoder.key(None, at + 0.005, terminator=True)
    assert [decision.text for decision in seen if isinstance(decision, Scanned)] == [code]


def test_a_scanner_that_types_without_end_is_not_kept_and_the_next_code_is_read() -> None:
    feeder = Feeder(WedgeDecoder())
    feeder.type("x" * 20_000, 0.001)
    assert len(feeder.decoder._held) < 10_000
    feeder.enter()
    feeder.type("6901234567892", 0.001)
    feeder.enter()
    assert (feeder.scanned, feeder.released) == (["6901234567892"], "")


def test_the_reading_that_looks_like_a_code_is_the_scan() -> None:
    decoder = WedgeDecoder(suffix="#")
    decisions: list[Decision] = []
    for at, (place, layout) in enumerate(zip("^(!@#$%8", "6901235#", strict=True)):
        decisions += decoder.key(place, at / 1000, by_layout=layout)
    assert decisions == [Scanned("6901235", 0.007)]

"""Codes are cut at end signs, at the scanner's suffix and by silence; nothing half is ever told."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.code_frames import CodeFrames, Framing, Silence

LATER = 100.0


def codes(pieces: list[tuple[str, float]], framing: Framing | None = None) -> list[str]:
    frames = CodeFrames(framing or Framing())
    found = [one.text for characters, at in pieces for one in frames.add(characters, at)]
    found += [one.text for one in frames.silent(pieces[-1][1] + 60)]
    assert frames.deadline is None
    return found


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\t", "\x03", "\x04", "\r\n\n"])
def test_any_end_sign_ends_a_code(end: str) -> None:
    assert codes([(f"6901234567892{end}4006381333931{end}", LATER)]) == ["6901234567892", "4006381333931"]


def test_a_code_without_an_end_is_ended_by_silence_and_tells_when_its_last_sign_came() -> None:
    frames = CodeFrames(Framing())
    frames.add("69", LATER)
    frames.add("01", LATER + 0.05)
    assert frames.deadline == pytest.approx(LATER + 0.15)
    assert frames.silent(LATER + 0.1) == ()
    (code,) = frames.silent(LATER + 0.2)
    assert (code.text, code.at) == ("6901", LATER + 0.05)


def test_a_pause_that_nobody_looked_at_ends_a_code_all_the_same() -> None:
    assert codes([("6901", LATER), ("4006\r", LATER + 0.5)]) == ["6901", "4006"]


def test_a_scanner_that_sends_ends_is_given_longer() -> None:
    assert codes([("1\r", LATER), ("6901", LATER + 1), ("2345\r", LATER + 1.4)]) == ["1", "69012345"]


def test_without_the_end_that_the_scanner_sends_it_is_half_a_code() -> None:
    assert codes([("4006381333931\r", LATER), ("69012345", LATER + 1), ("4006381333931\r", LATER + 9)]) == [
        "4006381333931",
        "4006381333931",
    ]


def test_a_scanner_that_is_set_anew_to_send_no_end_is_understood_again() -> None:
    assert codes([("1234\r", LATER), ("4006", LATER + 1), ("6901", LATER + 9)]) == ["1234", "6901"]


@pytest.mark.parametrize(
    ("framing", "sent"),
    [
        (Framing(prefix="~", suffix="#"), "~6901#~4006#"),
        (Framing(suffix="##"), "6901##4006##"),
        (Framing(prefix="\x02", suffix="\x03"), "\x026901\x03\x024006\x03"),
        (Framing(prefix="\x02P"), "\x02P6901\r\x02P4006\r"),
    ],
)
def test_prefix_and_suffix_are_taken_off(framing: Framing, sent: str) -> None:
    assert codes([(sent, LATER)], framing) == ["6901", "4006"]


def test_separators_stay_and_other_control_characters_go() -> None:
    assert codes([("\x02\x0101\x1d02\x1e\x1f\x1c\x07\x7f\r", LATER)]) == ["01\x1d02\x1e\x1f\x1c"]


@pytest.mark.parametrize("half", ["", "69012"])
def test_what_is_half_read_when_something_was_missed_is_dropped_to_the_next_end(half: str) -> None:
    frames = CodeFrames(Framing())
    frames.add(half, LATER)
    frames.missed(LATER)
    assert [one.text for one in frames.add("7892\r4006\r", LATER)] == ["4006"]


def test_a_pause_ends_what_is_dropped() -> None:
    frames = CodeFrames(Framing())
    frames.missed(LATER)
    assert frames.add("7892", LATER + 0.01) == ()
    assert [one.text for one in frames.add("4006\r", LATER + 0.2)] == ["4006"]


def test_the_scanners_own_suffix_ends_what_is_dropped() -> None:
    frames = CodeFrames(Framing(prefix="<", suffix=">", silence=Silence(ends_s=60)))
    frames.missed(LATER)
    assert [one.text for one in frames.add("892><6901>", LATER)] == ["6901"]


def test_a_code_that_never_ends_is_dropped_and_the_next_one_read() -> None:
    assert codes([("x" * 20_000 + "\r", LATER), ("6901\r", LATER + 0.01)]) == ["6901"]


def test_junk_that_looks_like_the_end_of_the_suffix_costs_no_more_than_other_junk() -> None:
    """A look at all that is held for each sign would be ten thousand times the work."""
    frames = CodeFrames(Framing(suffix="ab"))
    began = time.process_time()
    for _ in range(20):
        frames.add("b" * 8000, LATER)
        frames.add("\r", LATER)
    assert time.process_time() - began < 2


@given(
    st.lists(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=20), max_size=8),
    st.lists(st.integers(1, 7), min_size=1, max_size=30),
    st.sampled_from(["\r", "\n", "\r\n", "\t"]),
)
def test_however_it_is_cut_on_its_way_each_code_arrives_once(sent: list[str], cuts: list[int], end: str) -> None:
    line, pieces, at = "".join(code + end for code in sent), [], LATER
    while line:
        for cut in cuts:
            pieces.append((line[:cut], at))
            line, at = line[cut:], at + 0.004
    assert codes([*pieces, ("", at)]) == sent

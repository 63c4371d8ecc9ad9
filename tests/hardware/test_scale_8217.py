"""The 8217 protocol, by frame and over a real pseudo-terminal with a scripted scale at its other end."""

from pathlib import Path

import pytest

from hardware.device_thread import Retry
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused, DeviceTimeout
from hardware.scale import Load
from hardware.scale_8217 import Dialect8217, read_answer
from hardware.scale_serial import Answer, BadFrame, SerialScale, WrongUnit
from hardware.serial_port import SerialSettings
from tests.hardware.scale_contract import ScaleContract
from tests.hardware.scripted_scale import ScriptedScale, kilograms

QUICK = Retry(first_s=0.02, longest_s=0.02)


def scale_8217(name: str, settings: SerialSettings) -> SerialScale:
    return SerialScale(name, settings, lambda: Dialect8217(pause_s=0.02), retry=QUICK)


STATUS = {Load.MOVING: b"A", Load.OVER: b"B", Load.UNDER: b"D", Load.UNREADY: b"H"}


@pytest.mark.parametrize(
    ("heard", "answer"),
    [
        (b"\x0200.842\r", Answer(Load.WEIGHED, 842)),
        (b"\x0200.000\r", Answer(Load.WEIGHED, 0)),
        (b"\x0214.995\r", Answer(Load.WEIGHED, 14995)),
        (b"\x0200.837N\r", Answer(Load.WEIGHED, 837)),
        (b"\x02 0.842\r", Answer(Load.WEIGHED, 842)),
        (b"0.1\x02\x0200.842\r", Answer(Load.WEIGHED, 842)),
        (b"\x02?A\r", Answer(Load.MOVING)),
        (b"\x02?I\r", Answer(Load.MOVING)),
        (b"\x02?B\r", Answer(Load.OVER)),
        (b"\x02?C\r", Answer(Load.OVER)),
        (b"\x02?D\r", Answer(Load.UNDER)),
        (b"\x02?E\r", Answer(Load.MOVING)),
        (b"\x02?L\r", Answer(Load.UNDER)),
        (b"\x02?H\r", Answer(Load.UNREADY)),
        (b"\x02?P\r", Answer(Load.MOVING)),
        (b"\x02?@\r", Answer(Load.MOVING)),
        (b"\x02?d\r", Answer(Load.UNDER)),
    ],
)
def test_an_answer_is_read_as_the_manual_has_it(heard, answer) -> None:
    assert read_answer(heard) == answer


@pytest.mark.parametrize(
    "heard",
    [
        b"",
        b"00.842\r",
        b"\x0200.842",
        b"\x0200842\r",
        b"\x02-0.842\r",
        b"\x0200.8\x002\r",
        b"\x0200.842X\r",
        b"\x0200.8420\r",
        b"\x02\r",
        b"\x02?\r",
        b"\x02?AA\r",
        b"\x02?\x01\r",
        b"\x02?\xc1\r",
        b"\x02?F\r",
        b"\x02E\r",
        b"S S     0.842 kg\r",
        b"\x02\xb20.842\r",
    ],
)
def test_what_is_not_whole_or_not_of_the_protocol_is_no_weight(heard) -> None:
    with pytest.raises(BadFrame):
        read_answer(heard)


def test_pounds_are_never_taken_for_kilograms() -> None:
    with pytest.raises(WrongUnit):
        read_answer(b"\x02001.86\r")


class SerialRig:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "ttyScale"
        self.other = ScriptedScale(self.path)
        self.settings = SerialSettings(str(self.path), data_bits=7, parity="even")
        self.scale = scale_8217("scale", self.settings)

    def put(self, grams: int) -> None:
        self.other.answer = kilograms(grams)
        self.other.plug()

    def say(self, load: Load) -> None:
        self.other.answer = b"\x02?" + STATUS[load] + b"\r"

    def lose(self) -> None:
        self.other.unplug()


class TestScale8217(ScaleContract):
    @pytest.fixture
    def rig(self, tmp_path: Path):
        rig = SerialRig(tmp_path)
        yield rig
        rig.scale.close()
        rig.other.end()

    def test_a_figure_rests_only_once_it_was_said_twice(self, rig, listener) -> None:
        rig.put(842)
        listener.listen(rig.scale)
        assert [(w.grams, w.stable) for w in (listener.weight(), listener.weight())] == [(842, False), (842, True)]
        rig.put(843)
        while (weight := listener.weight()).grams == 842:
            pass
        assert (weight.grams, weight.stable) == (843, False)

    def test_motion_between_two_equal_figures_makes_the_second_begin_anew(self, rig, listener) -> None:
        rig.put(842)
        listener.listen(rig.scale)
        listener.stable(842)
        rig.say(Load.MOVING)
        listener.load(Load.MOVING)
        rig.put(842)
        while (weight := listener.weight()).load is Load.MOVING:
            pass
        assert not weight.stable

    def test_silence_is_a_timeout_and_never_a_weight(self, rig, listener) -> None:
        listener.listen(rig.scale)
        fault = listener.fault()
        assert isinstance(fault, DeviceTimeout)
        assert "is it on" in str(fault)
        assert listener.weights.empty()
        rig.put(842)
        assert listener.fault() is None
        listener.stable(842)

    @pytest.mark.parametrize("noise", [b"\x15\x80\xff\r", b"\x0200.84", b"ST,GS,+  0.842kg\r\n", b"x" * 500])
    def test_another_protocol_is_refused_in_words_and_no_weight(self, rig, listener, noise) -> None:
        rig.other.answer = noise
        listener.listen(rig.scale)
        fault = listener.fault()
        assert isinstance(fault, DeviceRefused)
        assert "8217" in str(fault)
        assert listener.weights.empty()

    def test_a_burst_of_noise_is_passed_over(self, rig, listener) -> None:
        rig.put(842)
        listener.listen(rig.scale)
        listener.stable(842)
        rig.other.say(b"\x02?B\x0200.8\xff\x0299.999")
        for _ in range(5):
            assert listener.weight().grams in {0, 842}
        listener.stable(842)
        assert listener.faults.empty()

    def test_a_bad_answer_now_and_then_is_no_outage(self, rig, listener) -> None:
        rig.put(842)
        rig.other.script.extend([b"\x0200.8\xff2\r"] * 4 + [kilograms(842)] + [b"\x02\r"] * 4)
        listener.listen(rig.scale)
        listener.stable(842)
        assert listener.faults.empty()

    def test_what_was_said_unasked_answers_nothing(self, rig, listener) -> None:
        rig.put(842)
        rig.other.say(b"\x0299.999\r\x0299.999\r")
        listener.listen(rig.scale)
        assert listener.weight().grams == 842

    def test_pounds_are_refused_with_the_remedy(self, rig, listener) -> None:
        rig.other.answer = b"\x02001.86\r"
        listener.listen(rig.scale)
        fault = listener.fault()
        assert isinstance(fault, DeviceRefused)
        assert "set it to kilograms" in str(fault)
        assert listener.weights.empty()

    def test_a_port_that_is_not_there_is_missing_until_it_is(self, rig, listener) -> None:
        rig.lose()
        listener.listen(rig.scale)
        assert isinstance(listener.fault(), DeviceMissing)
        rig.put(842)
        assert listener.fault() is None
        listener.stable(842)

    def test_unplugging_is_a_loss(self, rig, listener) -> None:
        rig.put(842)
        listener.listen(rig.scale)
        listener.stable(842)
        rig.lose()
        assert isinstance(listener.fault(), DeviceLost)

    def test_a_line_that_another_program_holds_is_busy(self, rig, listener) -> None:
        rig.put(842)
        listener.listen(rig.scale)
        listener.stable(842)
        with pytest.raises(DeviceBusy, match="end it"):
            scale_8217("other", rig.settings).check()

    def test_a_check_says_what_lies_on_it(self, rig) -> None:
        rig.put(842)
        assert "842 g" in rig.scale.check()
        rig.say(Load.OVER)
        assert "too much" in rig.scale.check()

    def test_a_check_of_a_silent_scale_is_a_timeout(self, rig) -> None:
        with pytest.raises(DeviceTimeout, match="its cable in"):
            rig.scale.check()


def test_settings_that_no_line_has_are_refused() -> None:
    with pytest.raises(DeviceRefused, match="cannot be used"):
        scale_8217("odd", SerialSettings("/dev/tty", data_bits=3)).check()

"""Scales that go on sending lines, by line and over a real pseudo-terminal."""

from pathlib import Path

import pytest

from hardware.device_thread import Retry
from hardware.errors import DeviceRefused, DeviceTimeout
from hardware.scale import Load
from hardware.scale_lines import LineDialect, read_line
from hardware.scale_serial import Answer, BadFrame, SerialScale, WrongUnit
from hardware.serial_port import SerialSettings
from tests.hardware.scale_contract import ScaleContract
from tests.hardware.scripted_scale import ScriptedScale

QUICK = Retry(first_s=0.02, longest_s=0.02)
WEIGHED = Load.WEIGHED


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"ST,+0000.842 kg\r\n", Answer(WEIGHED, 842)),
        (b"US,+0000.842 kg\r\n", Answer(WEIGHED, 842, at_rest=False)),
        (b"ST,+00842.0  g\r\n", Answer(WEIGHED, 842)),
        (b"ST,-0000.045 kg\r\n", Answer(WEIGHED, -45)),
        (b"ST,GS,+  0.842kg\r\n", Answer(WEIGHED, 842)),
        (b"ST,G ,+01234.5kg\r\n", Answer(WEIGHED, 1_234_500)),
        (b"ST,NT,+  0.837kg\r\n", Answer(WEIGHED, 837)),
        (b"ST,GS,1\xc4,   0.842 kg\r\n", Answer(WEIGHED, 842)),
        (b"US,GS,1\x84,   0.842 kg\r\n", Answer(WEIGHED, 842, at_rest=False)),
        (b"ST,GS,1\xc4,  -0.842 kg\r\n", Answer(WEIGHED, -842)),
        (b"ST,GS,1\xd4,   0.842 kg\r\n", Answer(Load.MOVING)),
        (b"ST,OK,+0001.234 kg\r\n", Answer(WEIGHED, 1234)),
        (b"ST,GS,+ 0.8429kg\r\n", Answer(WEIGHED, 842)),
        (b"OL,+9999999E+19\r\n", Answer(Load.OVER)),
        (b"OL,GS,+    .  kg\r\n", Answer(Load.OVER)),
        (b"OL,GS,-    .  kg\r\n", Answer(Load.UNDER)),
        (b"ST,GS,+  0.842kg\n", Answer(WEIGHED, 842)),
    ],
)
def test_a_line_is_read_as_the_manuals_have_it(line, answer) -> None:
    assert read_line(line) == answer


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\r\n",
        b"0.842kg\r\n",
        b",GS,+  0.842kg\r\n",
        b"ST,GS,+  0.842kg",
        b"ST,TR,+  0.005kg\r\n",
        b"ST,PT,+  0.005kg\r\n",
        b"QT,+00000012 PC\r\n",
        b"ST,GS,+  0.8 2kg\r\n",
        b"ST,GS,+  0.8.2kg\r\n",
        b"ST,GS,+  0,842kg\r\n",
        b"ST,GS,+       kg\r\n",
        b"ST,GS,+ 0.842kgST,GS,+ 0.842kg\r\n",
        b"\x02?A\r",
    ],
)
def test_what_is_no_weight_is_not_read_as_one(line) -> None:
    with pytest.raises(BadFrame):
        read_line(line)


@pytest.mark.parametrize("unit", [b"lb", b"oz", b"t", b"tl", b"PCS", b""])
def test_another_unit_is_never_taken_for_kilograms(unit) -> None:
    with pytest.raises(WrongUnit):
        read_line(b"ST,GS,+  0.842" + unit + b"\r\n")


def line_of(grams: int) -> bytes:
    return b"ST,GS,%c%7.3fkg\r\n" % (b"-" if grams < 0 else b"+", abs(grams) / 1000)


class LineRig:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "ttyScale"
        self.other = ScriptedScale(self.path)
        self.scale = SerialScale("scale", SerialSettings(str(self.path)), LineDialect, retry=QUICK)

    def put(self, grams: int) -> None:
        self.other.answer, self.other.streams = line_of(grams), True
        self.other.plug()

    def say(self, load: Load) -> None:
        self.other.answer = {
            Load.OVER: b"OL,GS,+    .  kg\r\n",
            Load.UNDER: b"OL,GS,-    .  kg\r\n",
            Load.MOVING: b"ST,GS,1\xd4,   0.842 kg\r\n",
        }[load]

    def lose(self) -> None:
        self.other.unplug()


class TestScaleOfLines(ScaleContract):
    LOADS = (Load.MOVING, Load.OVER, Load.UNDER)  # it has no word for a zero that was never found

    @pytest.fixture
    def rig(self, tmp_path: Path):
        rig = LineRig(tmp_path)
        yield rig
        rig.scale.close()
        rig.other.end()

    def test_what_the_scale_calls_unstable_never_rests(self, rig, listener) -> None:
        rig.put(842)
        rig.other.answer = b"US,GS,+  0.842kg\r\n"
        listener.listen(rig.scale)
        assert not any(listener.weight().stable for _ in range(10))
        assert listener.weight().grams == 842

    def test_of_lines_that_came_together_the_newest_counts(self, rig, listener) -> None:
        rig.other.answer, rig.other.streams = line_of(100) + line_of(200) + line_of(842), True
        listener.listen(rig.scale)
        listener.stable(842)

    def test_silence_is_a_timeout_and_another_protocol_is_refused(self, rig, listener) -> None:
        listener.listen(rig.scale)
        assert isinstance(listener.fault(), DeviceTimeout)
        rig.other.answer, rig.other.streams = b"\x0200.842\r\n", True
        fault = listener.fault()
        assert isinstance(fault, DeviceRefused)
        assert "lines" in str(fault)
        assert listener.weights.empty()

    def test_noise_without_an_end_is_refused_too(self, rig, listener) -> None:
        rig.other.answer, rig.other.streams = b"\x55" * 40, True
        listener.listen(rig.scale)
        assert isinstance(listener.fault(), DeviceRefused)

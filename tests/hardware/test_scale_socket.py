"""The simulated scale: goods put on it by lines on a socket."""

import socket
import time
from pathlib import Path

import pytest

from hardware.device_thread import Retry
from hardware.errors import DeviceRefused
from hardware.scale import Load, Weight
from hardware.scale_socket import SocketScale
from tests.hardware.listener import PATIENCE_S
from tests.hardware.scale_contract import ScaleContract

QUICK = Retry(first_s=0.02, longest_s=0.02)


class SocketRig:
    """Says its line once somebody listens; before the start it is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.scale = SocketScale("socket", path, settles_s=0.05, retry=QUICK)

    def put(self, grams: int) -> None:
        self.send(str(grams))

    def say(self, load: Load) -> None:
        self.send(load.value)

    def lose(self) -> None:
        self.send("lost")

    def send(self, line: str) -> None:
        if not self.path.exists():
            self.scale._hear(line)  # as if it had been said a moment ago
            return
        deadline = time.monotonic() + PATIENCE_S
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            while client.connect_ex(str(self.path)) != 0:
                assert time.monotonic() < deadline, "the scale never opened its socket"
            client.sendall(line.encode() + b"\n")


class TestSocketScale(ScaleContract):
    @pytest.fixture
    def rig(self, tmp_path: Path) -> SocketRig:
        return SocketRig(tmp_path / "scale.sock")

    def test_it_starts_empty_and_at_rest(self, rig, listener) -> None:
        listener.listen(rig.scale)
        weight = listener.weight()
        assert (weight.grams, weight.stable) == (0, True)

    def test_a_new_weight_swings_before_it_rests(self, rig, listener) -> None:
        listener.listen(rig.scale)
        listener.stable(0)
        rig.put(600)
        seen: list[Weight] = []
        while not (seen and seen[-1].stable and seen[-1].grams == 600):
            seen.append(listener.weight())
        assert any(not weight.stable for weight in seen)

    @pytest.mark.parametrize("line", ["", "heavy", "1.5", "weighed", "99999999", "٣", "--5", "9" * 5000])
    def test_a_line_that_is_no_weight_changes_nothing(self, rig, listener, line) -> None:
        rig.put(300)
        listener.listen(rig.scale)
        listener.stable(300)
        rig.send(line)
        listener.stable(300)
        rig.put(500)
        listener.stable(500)
        assert listener.faults.empty()

    def test_less_than_nothing_can_be_shown(self, rig, listener) -> None:
        rig.put(-40)
        listener.listen(rig.scale)
        listener.stable(-40)

    def test_a_check_names_what_is_in_the_way(self, rig) -> None:
        rig.path.write_text("precious")
        with pytest.raises(DeviceRefused, match="no socket"):
            rig.scale.check()

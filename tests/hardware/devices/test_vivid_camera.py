"""CameraScanner on a camera of the kernel's own: opened by V4L2, taken by another, pulled out and plugged in again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.camera import CameraScanner
from hardware.device_thread import Retry
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.opencv import cv2
from tests.hardware.devices.virtual_camera import COLUMNS, ROWS, VirtualCamera, nodes
from tests.hardware.drawn import ean13_bars, picture
from tests.hardware.listener import Listener

CODE = "4006381333931"
OTHER = "5901234123457"
# Long enough to plug the camera in and set it up before it is opened: see VirtualCamera.
LATER = Retry(first_s=8.0, longest_s=8.0)

pytestmark = pytest.mark.skipif(
    not nodes(), reason="the kernel has no virtual camera (vivid); packaging/device-vm/run brings one"
)


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[VirtualCamera]:
    camera = VirtualCamera(tmp_path)
    yield camera
    camera.close()


@pytest.fixture
def listener() -> Listener:
    return Listener(patience_s=300.0)  # an emulated processor is some twenty times slower


def held_up(code: str):
    return picture(ean13_bars(code), module=4, columns=COLUMNS, rows=ROWS)


def test_a_code_before_the_camera_is_read_once_and_another_after_it(camera: VirtualCamera, listener: Listener) -> None:
    scanner = CameraScanner("camera", str(camera.path))
    listener.listen(scanner)
    try:
        camera.hold_up(held_up(CODE))
        first = listener.scan()
        camera.hold_up(held_up(OTHER))
        second = listener.scan()
    finally:
        scanner.close()
    assert (first.text, first.symbology) == (CODE, "EAN13")
    assert (second.text, second.symbology) == (OTHER, "EAN13")
    assert listener.faults.empty()


def test_a_camera_that_was_pulled_out_is_lost_and_reads_again_when_plugged_in(
    camera: VirtualCamera, listener: Listener
) -> None:
    scanner = CameraScanner("camera", str(camera.path), retry=LATER)
    listener.listen(scanner)
    try:
        camera.hold_up(held_up(CODE))
        assert listener.scan().text == CODE
        camera.unplug()
        assert isinstance(listener.fault(), DeviceLost | DeviceMissing)
        camera.plug_in()
        camera.hold_up(held_up(OTHER))
        assert listener.scan().text == OTHER
        faults = list(listener.faults.queue)
    finally:
        scanner.close()
    assert faults[-1] is None


def test_a_lane_may_start_before_its_camera_is_plugged_in(camera: VirtualCamera, listener: Listener) -> None:
    path = str(camera.path)
    camera.unplug()
    scanner = CameraScanner("camera", path, retry=LATER)
    listener.listen(scanner)
    try:
        assert isinstance(listener.fault(), DeviceMissing)
        camera.plug_in()
        camera.hold_up(held_up(CODE))
        assert listener.scan().text == CODE
    finally:
        scanner.close()


def test_check_tells_a_free_camera_a_taken_one_and_a_missing_one(camera: VirtualCamera) -> None:
    path = str(camera.path)
    scanner = CameraScanner("camera", path)
    assert f"{COLUMNS}x{ROWS}" in scanner.check()
    other = cv2.VideoCapture(path, cv2.CAP_V4L2)
    try:
        assert other.grab()
        with pytest.raises(DeviceBusy, match=path):
            scanner.check()
    finally:
        other.release()
    camera.unplug()
    with pytest.raises(DeviceMissing, match=path):
        scanner.check()

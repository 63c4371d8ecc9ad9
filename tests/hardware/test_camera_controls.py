"""Torch, exposure and focus, on a kernel that answers as videodev2.h says."""

import errno
import struct

from hardware.camera_controls import CameraControls, CameraLight, Control, open_controls

QUERY, SET = 0xC0445624, 0xC008561C
DISABLED = 1


class Kernel:
    """Controls of a camera by number: least, most and flags; what was set."""

    def __init__(self, **controls: tuple[int, int, int]) -> None:
        self.controls = {Control[name]: bounds for name, bounds in controls.items()}
        self.set: dict[Control, int] = {}

    def ioctl(self, descriptor: int, request: int, argument: bytearray) -> int:
        assert descriptor == 7
        number = struct.unpack_from("=I", argument)[0]
        if number not in self.controls:
            raise OSError(errno.EINVAL, "no such control")
        if request == QUERY:
            least, most, flags = self.controls[number]
            struct.pack_into("=II32siiiiI8x", argument, 0, number, 1, b"name", least, most, 1, least, flags)
        else:
            assert request == SET
            self.set[Control(number)] = struct.unpack_from("=i", argument, 4)[0]
        return 0

    def set_up(self, light: CameraLight) -> CameraControls:
        controls = CameraControls(7, "camera", ioctl=self.ioctl)
        controls.set_up(light)
        return controls


USB_CAMERA = {"EXPOSURE_AUTO": (0, 3, 0), "EXPOSURE_ABSOLUTE": (3, 2047, 0x10), "EXPOSURE_AUTO_PRIORITY": (0, 1, 0)}


def test_a_short_exposure_is_set_in_tenths_of_a_millisecond_and_within_the_cameras_range() -> None:
    kernel = Kernel(**USB_CAMERA)
    kernel.set_up(CameraLight(exposure_ms=4.0))
    assert kernel.set == {Control.EXPOSURE_AUTO: 1, Control.EXPOSURE_ABSOLUTE: 40, Control.EXPOSURE_AUTO_PRIORITY: 0}
    kernel.set_up(CameraLight(exposure_ms=0.1))
    assert kernel.set[Control.EXPOSURE_ABSOLUTE] == 3


def test_without_an_exposure_the_camera_chooses_and_its_focus_follows() -> None:
    kernel = Kernel(**USB_CAMERA, FOCUS_AUTO=(0, 1, 0))
    kernel.set_up(CameraLight())
    assert kernel.set == {Control.EXPOSURE_AUTO: 3, Control.EXPOSURE_AUTO_PRIORITY: 0, Control.FOCUS_AUTO: 1}


def test_the_torch_is_switched_by_the_flash_or_by_the_illuminator() -> None:
    flash, lamp = Kernel(FLASH_LED_MODE=(0, 2, 0)), Kernel(ILLUMINATOR=(0, 1, 0))
    assert flash.set_up(CameraLight(torch="on")).torch(on=True)
    lamp.set_up(CameraLight(torch="on"))
    assert (flash.set, lamp.set) == ({Control.FLASH_LED_MODE: 2}, {Control.ILLUMINATOR: 1})
    flash.set_up(CameraLight(torch="auto")).torch(on=False)
    assert flash.set == {Control.FLASH_LED_MODE: 0}


def test_a_flash_that_cannot_burn_steadily_is_no_torch() -> None:
    kernel = Kernel(FLASH_LED_MODE=(0, 1, 0))
    assert not kernel.set_up(CameraLight()).torch(on=True)
    assert kernel.set == {}


def test_a_camera_without_controls_goes_on_and_it_is_said_once(caplog) -> None:
    caplog.set_level("INFO")
    kernel = Kernel(FOCUS_AUTO=(0, 1, DISABLED))
    kernel.set_up(CameraLight(exposure_ms=5, torch="on")).torch(on=False)
    assert kernel.set == {}
    assert [record.getMessage() for record in caplog.records] == [
        "camera: exposure cannot be set; it goes on without",
        "camera: it has no torch; it goes on without",
    ]


def test_a_device_that_does_not_open_has_no_controls(tmp_path) -> None:
    assert open_controls(tmp_path / "video0", "camera") is None

"""Which device a camera is: by number, path or name, and where it went."""

from pathlib import Path

import pytest

from hardware.camera_place import CameraPlace
from hardware.errors import DeviceMissing


class Machine:
    """The two trees of a system in which cameras show."""

    def __init__(self, folder: Path) -> None:
        self.sysfs, self.dev = folder / "sys", folder / "dev"
        self.sysfs.mkdir()
        self.dev.mkdir()

    def plug(self, number: int, card: str, *, index: int = 0) -> Path:
        node = self.sysfs / f"video{number}"
        node.mkdir()
        (node / "name").write_text(f"{card}\n", encoding="utf-8")
        (node / "index").write_text(f"{index}\n", encoding="ascii")
        (self.dev / node.name).touch()
        return self.dev / node.name

    def unplug(self, number: int) -> None:
        (self.dev / f"video{number}").unlink()
        for part in ("name", "index"):
            (self.sysfs / f"video{number}" / part).unlink()
        (self.sysfs / f"video{number}").rmdir()

    def place(self, source: int | str) -> CameraPlace:
        return CameraPlace(source, "camera", sysfs=self.sysfs, dev=self.dev)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("source", [2, "2"])
def test_a_number_is_a_device(machine, source) -> None:
    device = machine.plug(2, "HD Pro Webcam")
    assert machine.place(source).find() == device


def test_a_path_that_stays_leads_to_the_device(machine, tmp_path) -> None:
    device = machine.plug(0, "HD Pro Webcam")
    link = tmp_path / "usb-046d_HD_Pro-index0"
    link.symlink_to(device)
    place = machine.place(str(link))
    assert place.find() == link
    assert place.card(link) == "HD Pro Webcam"


def test_a_part_of_the_name_finds_the_first_node_that_gives_pictures(machine) -> None:
    machine.plug(0, "Integrated Camera")
    machine.plug(10, "HD Pro Webcam C920")
    machine.plug(9, "HD Pro Webcam C920", index=1)
    assert machine.place("pro webcam").find() == machine.dev / "video10"


def test_a_camera_is_known_again_under_another_number(machine) -> None:
    machine.plug(0, "HD Pro Webcam")
    place = machine.place(0)
    place.find()
    machine.unplug(0)
    machine.plug(3, "Integrated Camera")
    with pytest.raises(
        DeviceMissing, match=r"no camera has 'HD Pro Webcam' in its name; .*video3 is 'Integrated Camera'"
    ):
        place.find()
    machine.plug(4, "HD Pro Webcam")
    assert place.find() == machine.dev / "video4"


def test_a_missing_camera_is_told_with_what_is_there(machine) -> None:
    with pytest.raises(DeviceMissing, match=r"camera: there is no camera at .*video0; plug one in, there is none"):
        machine.place(0).find()
    with pytest.raises(DeviceMissing, match="no camera has 'Pro' in its name; plug one in, there is none"):
        machine.place("Pro").find()


def test_a_system_without_cameras_has_none(tmp_path) -> None:
    with pytest.raises(DeviceMissing, match="plug one in, there is none"):
        CameraPlace("Pro", "camera", sysfs=tmp_path / "none").find()

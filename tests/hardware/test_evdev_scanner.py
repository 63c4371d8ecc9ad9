"""A scanner as an input device: whatever it types, in whatever way, is a code or nothing, and only ours.

The kernel's events come through a pipe here; tests/hardware/devices has the same with the kernel's own devices.
"""

import os
import queue
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.code_frames import Framing
from hardware.device_thread import Retry
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused, HardwareError
from hardware.evdev_scanner import EVENT, EvdevLine, evdev_scanner
from hardware.hand_scanner import HandScanner, Settings
from hardware.input_devices import InputDevice, find, input_devices
from tests.hardware.listener import PATIENCE_S, Listener
from tests.hardware.scanner_contract import MILK, PLUMS, ScannerContract
from tests.hardware.typist import (
    ALT,
    CAPS,
    CTRL,
    ENTER,
    ESCAPE,
    F8,
    SHIFT,
    SUPER,
    TAB,
    Key,
    dropped,
    events,
    one_frame,
    press,
    typed,
    with_alt,
)

QUICK = Retry(first_s=0.01, longest_s=0.01)
DEVICE = InputDevice(Path("/dev/input/event7"), "ACME Barcode Scanner", "0c2e", "0b61", "usb-1", types_digits=True)
MODIFIERS = (29, 42, 56, 97, 100, 125)
ELEMENTS = "]C1010690123456789210AB\x1d21X-1"


class Pipe:
    """What stands for a grabbed device."""

    def __init__(self, before: bytes = b"") -> None:
        self.fd, self.write_end = os.pipe()
        os.set_blocking(self.fd, False)
        os.write(self.write_end, before)

    def close(self) -> None:
        os.close(self.fd)


class EvdevRig:
    """A machine with input devices that come and go, and a scanner that looks for its own among them."""

    def __init__(self, *, framing: Framing | None = None, source: str = "", separator: str = "", settle_s=0.0) -> None:
        self.devices = [DEVICE]
        self.grabbed: list[InputDevice] = []
        self.refusal: HardwareError | None = None
        self.before = b""
        """What was typed before the grab."""
        self._framing = framing or Framing()
        self._source = source
        self._pipe: Pipe | None = None
        self._latest = Pipe()
        self._opened: queue.Queue[Pipe] = queue.Queue()
        self.scanner = HandScanner("hand", self._open, Settings(self._framing, separator, QUICK, settle_s))

    def _open(self) -> EvdevLine:
        line = EvdevLine("hand", find(self._source, tuple(self.devices), device="hand"), self._framing, self._grab)
        self._opened.put(self._latest)  # only now: what comes before the opening is done is nobody's code
        return line

    def _grab(self, device: InputDevice) -> Pipe:
        if self.refusal is not None:
            raise self.refusal
        self.grabbed.append(device)
        self._latest = Pipe(self.before)
        return self._latest

    @property
    def pipe(self) -> Pipe:
        self._pipe = self._pipe or self._opened.get(timeout=PATIENCE_S)
        return self._pipe

    def show(self, code: str) -> None:
        self.send(events(typed(f"]E0{code}") + press(ENTER)))

    def send(self, what: bytes) -> None:
        """In pieces that a pipe keeps together: the kernel never cuts an event either."""
        for start in range(0, len(what), 64 * EVENT.size):
            os.write(self.pipe.write_end, what[start : start + 64 * EVENT.size])

    def unplug(self) -> None:
        os.close(self.pipe.write_end)
        self._pipe = None


class TestEvdevScanner(ScannerContract):
    @pytest.fixture
    def rig(self) -> EvdevRig:
        return EvdevRig()


@pytest.fixture
def rig():
    rig = EvdevRig()
    yield rig
    rig.scanner.close()


def read(rig: EvdevRig, *what: bytes, count: int = 1) -> list[str]:
    """What the first `count` scans hold; a last code shows that no other came between."""
    listener = Listener()
    listener.listen(rig.scanner)
    for piece in what:
        rig.send(piece)
    rig.send(events(typed("LAST") + press(ENTER)))
    texts = [listener.scan().text for _ in range(count + 1)]
    assert texts.pop() == "LAST"
    return texts


@pytest.mark.parametrize("end", [ENTER, TAB, 96])
@pytest.mark.parametrize(
    "text", [MILK, "SGB-0a1B", "https://example.org/?a=1&b=%20#_~", "]x[y{z}", " !\"#$%&'()*+,-./"]
)
def test_every_character_arrives_as_it_was_typed_with_any_end(rig, text: str, end: int) -> None:
    assert read(rig, events(typed(text) + press(end))) == [text]


def test_two_codes_back_to_back_at_a_millisecond_a_key_are_two(rig) -> None:
    keys = typed(MILK) + press(ENTER) + typed(PLUMS) + press(ENTER)
    assert read(rig, events(keys, step_s=0.0005), count=2) == [MILK, PLUMS]


def test_a_scanner_without_an_end_is_understood_by_its_silence(rig) -> None:
    listener = Listener()
    listener.listen(rig.scanner)
    rig.send(events(typed(MILK)))
    assert listener.scan().text == MILK


def test_the_time_of_a_scan_is_the_kernels_of_its_last_character(rig) -> None:
    listener = Listener()
    listener.listen(rig.scanner)
    rig.send(events(typed("12") + press(ENTER), at=1000.0, step_s=0.02))
    assert listener.scan().at == pytest.approx(1000.04)


@pytest.mark.parametrize(
    "keys",
    [
        typed(ELEMENTS),
        with_alt(map(ord, ELEMENTS)),
        typed(ELEMENTS.split("\x1d", maxsplit=1)[0]) + press(F8) + typed(ELEMENTS.split("\x1d")[1]),
    ],
    ids=["ctrl", "alt and a number", "F8"],
)
def test_a_gs1_separator_arrives_however_it_is_typed(rig, keys) -> None:
    listener = Listener()
    listener.listen(rig.scanner)
    rig.send(events(keys + press(ENTER)))
    scan = listener.scan()
    assert (scan.text, scan.symbology, scan.gs1) == (ELEMENTS[3:], "CODE128", True)


def test_a_configured_substitute_for_the_separator_becomes_one() -> None:
    rig = EvdevRig(separator="|")
    assert read(rig, events(typed(ELEMENTS.replace("\x1d", "|")) + press(ENTER))) == [ELEMENTS[3:]]
    rig.scanner.close()


def test_chinese_typed_with_alt_and_gbk_numbers_is_read(rig) -> None:
    numbers = [int.from_bytes(sign.encode("gbk"), "big") for sign in "牛奶"]
    assert read(rig, events(with_alt(numbers) + press(ENTER))) == ["牛奶"]


def test_several_keys_in_one_frame_are_read_in_their_order(rig) -> None:
    assert read(rig, one_frame(typed("12aB") + press(ENTER))) == ["12aB"]


def test_a_key_that_repeats_because_it_is_held_counts_once(rig) -> None:
    assert read(rig, events([(2, 1), (2, 2), (2, 2), (2, 0), *typed("2"), *press(ENTER)])) == ["12"]


def test_caps_lock_turns_letters_until_the_code_ends(rig) -> None:
    keys = press(CAPS) + typed("aB1") + press(ENTER) + typed("aB1") + press(ENTER)
    assert read(rig, events(keys), count=2) == ["Ab1", "aB1"]


@pytest.mark.parametrize("behind", [press(CAPS), press(CTRL, 36) + press(CAPS)], ids=["caps", "line feed and caps"])
def test_a_scanner_that_ends_its_caps_lock_behind_the_enter_writes_each_code_alike(rig, behind) -> None:
    keys = press(CAPS) + typed("ab1") + press(ENTER) + behind
    assert read(rig, events(keys * 3), count=3) == ["AB1"] * 3


def test_prefix_and_suffix_of_the_scanner_are_taken_off() -> None:
    rig = EvdevRig(framing=Framing(prefix="~", suffix="#"))
    assert read(rig, events(typed(f"~{MILK}#~{PLUMS}#~")), count=2) == [MILK, PLUMS]
    rig.scanner.close()


def test_what_came_before_the_grab_is_nobodys_code() -> None:
    rig = EvdevRig()
    rig.before = events(typed("half"))
    assert read(rig, events(typed(MILK) + press(ENTER))) == [MILK]
    rig.scanner.close()


def test_the_rest_of_a_code_that_was_under_way_is_not_read_as_one() -> None:
    rig = EvdevRig(settle_s=PATIENCE_S)  # it waits no longer than until the first key
    assert read(rig, events(typed("7892") + press(ENTER)), events(typed(MILK) + press(ENTER))) == [MILK]
    rig.scanner.close()


def test_a_code_of_which_the_kernel_lost_keys_is_dropped_and_the_next_is_whole(rig) -> None:
    lost = events([(SHIFT, 1), *typed("690123")]) + dropped([*typed("45"), (SHIFT, 0)])
    assert read(rig, lost, events(typed("7892") + press(ENTER)), events(typed(MILK) + press(ENTER))) == [MILK]


def test_combinations_type_nothing_and_the_code_around_them_is_read(rig) -> None:
    shortcuts = press(ALT, 62) + press(CTRL, ALT, 14) + press(SUPER) + press(SUPER, 38) + press(ESCAPE) + press(99)
    shortcuts += press(CTRL, 46) + press(CTRL, ALT, 59) + press(113) + press(SHIFT, 104) + press(CTRL, SHIFT, 45)
    keys = shortcuts + typed("690123") + shortcuts + typed("4567892") + press(ENTER) + shortcuts
    assert read(rig, events(keys)) == [MILK]


def combination(rng: random.Random) -> list[Key]:
    return press(*rng.sample(MODIFIERS, rng.randrange(3)), rng.randrange(1, 248))


def test_a_hundred_thousand_events_of_any_keys_leave_nothing_behind() -> None:
    rig = EvdevRig()
    listener = Listener()
    listener.listen(rig.scanner)
    rng = random.Random(4)  # noqa: S311 - repeatable, not secret

    def blocks_after_a_storm() -> int:
        for _ in range(25):
            rig.send(events([key for _ in range(600) for key in combination(rng)], step_s=0.0001))
            rig.send(dropped([]) + events(press(ENTER, *MODIFIERS)))
        rig.send(events(press(ENTER) + typed(MILK) + press(ENTER)))
        while (text := listener.scan().text) != MILK:
            assert len(text) < 10_000
        return sys.getallocatedblocks()

    assert abs(blocks_after_a_storm() - blocks_after_a_storm()) < 5_000  # of 120,000 events each
    rig.scanner.close()


def test_unplugged_is_one_fault_and_plugged_in_under_another_number_one_recovery(rig) -> None:
    listener = Listener()
    listener.listen(rig.scanner)
    rig.show(MILK)
    listener.scan()
    rig.devices.clear()
    rig.send(events(typed("half")))
    rig.unplug()
    assert isinstance(listener.fault(), DeviceLost)
    rig.devices.append(replace(DEVICE, path=Path("/dev/input/event12")))
    assert listener.fault() is None
    assert rig.grabbed[-1].path.name == "event12"
    rig.show(PLUMS)
    assert listener.scan().text == PLUMS
    assert listener.faults.empty()


def test_a_device_that_is_not_there_yet_is_waited_for(rig) -> None:
    rig.devices.clear()
    listener = Listener()
    listener.listen(rig.scanner)
    assert isinstance(listener.fault(), DeviceMissing)
    rig.devices.append(DEVICE)
    assert listener.fault() is None


def test_the_other_interfaces_of_the_scanner_are_grabbed_too(rig) -> None:
    other = replace(DEVICE, path=Path("/dev/input/event8"), types_digits=False)
    mouse = replace(other, path=Path("/dev/input/event9"), port="usb-2")
    rig.devices += [other, mouse]
    assert str(DEVICE) in rig.scanner.check()
    assert rig.grabbed == [DEVICE, other]


@pytest.mark.parametrize("refusal", [DeviceBusy("taken", device="hand"), DeviceRefused("no right", device="hand")])
def test_a_check_says_why_it_cannot_be_used(rig, refusal) -> None:
    rig.refusal = refusal
    with pytest.raises(type(refusal)):
        rig.scanner.check()


KEYBOARD = InputDevice(Path("/dev/input/event0"), "AT keyboard", "0001", "0001", "", types_digits=True)
BUTTON = InputDevice(Path("/dev/input/event1"), "Scanner Button", "0c2e", "0b61", "usb-1", types_digits=False)
TWIN = replace(DEVICE, path=Path("/dev/input/event9"), port="usb-3")


@pytest.mark.parametrize("source", ["", "0c2e:0b61", "0C2E:0B61", "acme", "Barcode"])
def test_it_is_found_by_numbers_by_a_part_of_its_name_or_by_calling_itself_a_scanner(source: str) -> None:
    rig = EvdevRig(source=source)
    rig.devices = [KEYBOARD, BUTTON, DEVICE]
    assert "event7" in rig.scanner.check()


@pytest.mark.parametrize(
    ("source", "devices", "error", "said"),
    [
        ("", [KEYBOARD], DeviceRefused, "AT keyboard"),
        ("", [DEVICE, TWIN], DeviceRefused, "event7.*event9"),
        ("0c2e:0b61", [DEVICE, TWIN], DeviceRefused, "by-path"),
        ("0c2e:0b61", [KEYBOARD], DeviceMissing, "plug the scanner in"),
        ("Zebra", [KEYBOARD, DEVICE], DeviceMissing, "ACME"),
        ("", [], DeviceMissing, "plug the scanner in"),
        ("/dev/input/by-id/usb-none", [DEVICE], DeviceMissing, "usb-none"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_there_is(source: str, devices, error, said: str) -> None:
    rig = EvdevRig(source=source)
    rig.devices = devices
    with pytest.raises(error, match=said):
        rig.scanner.check()


def test_a_path_is_taken_as_it_is_even_where_it_is_a_link(tmp_path: Path) -> None:
    node, link = tmp_path / "event7", tmp_path / "usb-ACME-event-kbd"
    node.touch()
    link.symlink_to(node)
    rig = EvdevRig(source=str(link))
    rig.devices = [TWIN, replace(DEVICE, path=node)]
    assert "event7" in rig.scanner.check()


def test_the_machines_devices_are_described_from_sys(tmp_path: Path) -> None:
    device = tmp_path / "event10" / "device"
    files = {
        "name": "ACME Scanner\n",
        "phys": "usb-0000:00:14.0-1/input0\n",
        "id/vendor": "0c2e\n",
        "id/product": "0b61\n",
        "capabilities/key": "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe\n",
    }
    for path, content in files.items():
        (device / path).parent.mkdir(parents=True, exist_ok=True)
        (device / path).write_text(content)
    (tmp_path / "event9" / "device").mkdir(parents=True)
    gone, found = input_devices(tmp_path, Path("/dev/input"))
    assert not gone.types_digits
    assert found == InputDevice(
        Path("/dev/input/event10"), "ACME Scanner", "0c2e", "0b61", "usb-0000:00:14.0-1", types_digits=True
    )


def test_a_file_that_is_no_input_device_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "event0"
    file.touch()
    with pytest.raises(DeviceRefused, match="cannot use"):
        evdev_scanner("hand", str(file)).check()

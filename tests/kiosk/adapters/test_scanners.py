"""Devices from the configuration to the till: what they read arrives, what fails is told, the lane goes on."""

import logging
import os
import pty
import queue
import socket
import threading
from pathlib import Path

import pytest

from hardware.camera import CameraScanner
from hardware.errors import DeviceLost, DeviceMissing, HardwareError
from hardware.scan import OnFault, OnScan, Scan
from hardware.socket_scanner import SocketScanner
from kiosk.adapters.scanners import ScannerBench, build_scanners, keyboard_section
from kiosk.config import ScannerSection


def section(name: str, kind: str, source: str = "") -> ScannerSection:
    return ScannerSection.model_validate({"name": name, "kind": kind, "source": source})


class HandScanner:
    """A scanner in the test's hand."""

    def __init__(self, name: str, missing: HardwareError | None = None) -> None:
        self.name = name
        self.missing = missing
        self.closed = 0
        self.on_scan: OnScan
        self.on_fault: OnFault

    def start(self, on_scan: OnScan, on_fault: OnFault) -> None:
        if self.missing is not None:
            raise self.missing
        self.on_scan, self.on_fault = on_scan, on_fault

    def check(self) -> str:
        return "in the test's hand"

    def close(self) -> None:
        self.closed += 1


class Till:
    def __init__(self, *scanners: HandScanner) -> None:
        self.scans: list[Scan] = []
        self.faults: list[tuple[str, str]] = []
        self.bench = ScannerBench(
            scanners,
            scanned=self.scans.append,
            fault=lambda device, code: self.faults.append((device, code)),
        )
        self.bench.start()


def test_the_keyboard_is_the_windows_affair(tmp_path: Path) -> None:
    assert build_scanners([section("keyboard", "keyboard")], tmp_path) == []


def test_each_kind_becomes_its_device_in_order(tmp_path: Path) -> None:
    sections = [section("a", "socket", "a.socket"), section("k", "keyboard"), section("c", "camera", "pictures")]
    built = build_scanners(sections, tmp_path)
    assert [(type(one), one.name) for one in built] == [(SocketScanner, "a"), (CameraScanner, "c")]


@pytest.mark.parametrize("kind", ["hid", "hidpos", "serial"])
def test_a_hand_scanner_that_is_not_there_is_a_fault_of_its_own_and_is_waited_for(kind: str, tmp_path: Path) -> None:
    faults: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
    built = build_scanners([section("hand", kind, "ffff:fffe")], tmp_path)
    bench = ScannerBench(built, scanned=lambda _scan: None, fault=lambda *fault: faults.put(fault))
    bench.start()
    assert faults.get(timeout=10) == ("hand", "hardware.missing")
    bench.close()


def test_a_serial_scanner_with_its_settings_is_read(tmp_path: Path) -> None:
    scanner_end, kiosk_end = pty.openpty()
    settings = {"prefix": "<", "suffix": ">", "group_separator": "|", "silence_ms": 2000, "baud_rate": 115200}
    row = {"name": "hand", "kind": "serial", "source": os.ttyname(kiosk_end), **settings}
    scans: queue.SimpleQueue[Scan] = queue.SimpleQueue()
    bench = ScannerBench(
        build_scanners([ScannerSection.model_validate(row)], tmp_path), scanned=scans.put, fault=lambda *_: None
    )
    bench.start()
    while scans.empty():  # until it is open, what is sent is flushed away
        os.write(scanner_end, b"<]C1010690123456789210A|21B>")
        threading.Event().wait(0.05)
    scan = scans.get()
    assert (scan.text, scan.symbology, scan.gs1) == ("010690123456789210A\x1d21B", "CODE128", True)
    bench.close()


@pytest.mark.parametrize(
    ("kinds", "keyboard"),
    [
        ([], True),
        (["socket"], True),
        (["keyboard", "hid"], True),
        (["camera", "keyboard"], True),
        (["hid"], False),
        (["hidpos", "socket"], False),
        (["serial"], False),
        (["camera"], False),
    ],
)
def test_keys_are_a_scanners_only_where_one_may_type(kinds: list[str], keyboard: bool) -> None:
    assert (keyboard_section(section(kind, kind, "x") for kind in kinds) is not None) == keyboard


def test_a_serial_scanner_needs_a_place() -> None:
    with pytest.raises(ValueError, match="serial/by-id"):
        section("hand", "serial")


def test_a_camera_may_be_a_number_a_relative_or_an_absolute_path(tmp_path: Path) -> None:
    sources = ("0", "./pictures", "/dev/video7")
    built = build_scanners([section(source, "camera", source) for source in sources], tmp_path)
    opened = [str(getattr(one, "_source", "")) for one in built]
    assert opened == ["0", str(tmp_path / "pictures"), "/dev/video7"]


def test_a_relative_socket_lies_in_the_lanes_folder_and_is_read(tmp_path: Path) -> None:
    arrived: queue.SimpleQueue[str] = queue.SimpleQueue()
    faults: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
    (scanner,) = build_scanners([section("counter", "socket", "c.socket")], tmp_path)
    bench = ScannerBench([scanner], scanned=lambda scan: arrived.put(scan.text), fault=lambda *fault: faults.put(fault))
    bench.start()
    try:
        _send(tmp_path / "c.socket", "9521234543213\n")
        assert arrived.get(timeout=10) == "9521234543213"
        assert faults.empty()
    finally:
        bench.close()


def _send(path: Path, text: str) -> None:
    """As soon as the device's thread listens."""
    import time

    deadline = time.monotonic() + 10
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        while client.connect_ex(str(path)) != 0:
            assert time.monotonic() < deadline, "the socket was not opened"
        client.sendall(text.encode())


def test_what_a_device_reads_reaches_the_till_whole() -> None:
    scanner = HandScanner("hand")
    till = Till(scanner)
    scan = Scan("0109521234543213", "DATAMATRIX", "hand", 12.5, gs1=True)
    scanner.on_scan(scan)
    assert till.scans == [scan]


def test_a_fault_and_its_end_are_told_by_name() -> None:
    left, right = HandScanner("left"), HandScanner("right")
    till = Till(left, right)
    right.on_fault(DeviceLost("cable", device="right"))
    right.on_fault(None)
    assert till.faults == [("right", "hardware.lost"), ("right", "")]


def test_a_device_that_does_not_start_is_told_and_the_others_start(caplog: pytest.LogCaptureFixture) -> None:
    missing, there = HandScanner("camera", DeviceMissing("no such device", device="camera")), HandScanner("hand")
    with caplog.at_level(logging.WARNING):
        till = Till(missing, there)
    assert till.faults == [("camera", "hardware.missing")]
    there.on_scan(Scan("1", "UNKNOWN", "hand", 0.0))
    assert [scan.text for scan in till.scans] == ["1"]


def test_closing_closes_every_device() -> None:
    scanners = HandScanner("a"), HandScanner("b")
    Till(*scanners).bench.close()
    assert [scanner.closed for scanner in scanners] == [1, 1]

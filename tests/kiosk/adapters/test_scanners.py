"""Devices from the configuration to the till: what they read arrives, what fails is told, the lane goes on."""

import logging
import queue
import socket
from pathlib import Path

import pytest

from hardware.camera import CameraScanner
from hardware.errors import DeviceLost, DeviceMissing, HardwareError
from hardware.scan import OnFault, OnScan, Scan
from hardware.socket_scanner import SocketScanner
from kiosk.adapters.scanners import ScannerBench, build_scanners
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

"""From the settings to a printer: each kind of line, and what a wrong place is told."""

from pathlib import Path
from typing import Any

import pytest

from hardware.fakes.printer import FakePrinter
from hardware.printer_escpos import EscposPrinter
from hardware.printer_folder import FolderPrinter
from kiosk.adapters.printers import build_printer
from kiosk.config import KioskConfig, PrinterSection


def config(tmp_path: Path, **more: object) -> KioskConfig:
    return KioskConfig.model_validate(
        {
            "lane": {"store": "s", "name": "lane-1"},
            "data": {"dir": tmp_path},
            "payment": [{"id": "wallet", "gateway": "simulated"}],
            **more,
        }
    )


@pytest.mark.parametrize(
    ("kind", "source"),
    [("network", "127.0.0.1:9"), ("usb", "04b8:0e15"), ("serial", "/dev/nothing"), ("device", "/dev/usb/nothing")],
)
def test_every_kind_of_line_can_be_set(tmp_path: Path, kind: str, source: str) -> None:
    printer = build_printer(config(tmp_path, printer={"kind": kind, "source": source, "dots": 384, "name": "till"}))
    assert isinstance(printer, EscposPrinter)
    assert (printer.name, printer.dots) == ("till", 384)


def test_without_a_printer_the_receipts_folder_is_one_and_without_that_there_is_none(tmp_path: Path) -> None:
    assert build_printer(config(tmp_path)) is None
    assert isinstance(build_printer(config(tmp_path, receipt={"folder": tmp_path})), FolderPrinter)
    printer = {"kind": "simulated"}
    assert isinstance(build_printer(config(tmp_path, receipt={"folder": tmp_path}, printer=printer)), FakePrinter)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("192.0.2.7", ("192.0.2.7", 9100)),
        ("printer.local:9101", ("printer.local", 9101)),
        ("[2001:db8::7]:9100", ("2001:db8::7", 9100)),
        ("2001:db8::7", ("2001:db8::7", 9100)),
    ],
)
def test_an_address_may_have_a_port(source: str, address: tuple[str, int]) -> None:
    assert PrinterSection(kind="network", source=source).address == address


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"kind": "network"}, "is its address"),
        ({"kind": "network", "source": "host:99999"}, "is its address"),
        ({"kind": "usb", "source": "04b8"}, "see lsusb"),
        ({"kind": "serial", "source": "COM3"}, "path of its device"),
        ({"kind": "device"}, "path of its device"),
        ({"kind": "simulated", "dots": 580}, "multiple of 8"),
    ],
)
def test_a_place_that_cannot_be_is_refused_with_an_example(wrong: dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        PrinterSection(**wrong)

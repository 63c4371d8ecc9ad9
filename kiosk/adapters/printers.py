"""Builds the lane's receipt printer and its queue from the configuration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from kiosk.adapters.print_jobs import Job
from kiosk.adapters.print_queue import Listeners, PrintQueue, QueueRules
from kiosk.adapters.receipt_image import PAPER_DOTS, receipt_png
from kiosk.config import KioskConfig, PrinterSection

if TYPE_CHECKING:
    from hardware.printer import Printer
    from hardware.printer_line import Line

QUEUE_FOLDER: Final = "print-queue"


def build_printer(config: KioskConfig) -> Printer | None:
    """The configured printer; the receipts' folder where there is none; None for a lane without paper."""
    section = config.printer
    if section is not None and section.kind != "simulated":
        from hardware.printer_escpos import EscposPrinter  # noqa: PLC0415 - only lanes that have one pay for it

        return EscposPrinter(section.name, _line(section), dots=section.dots)
    if section is not None:
        from hardware.fakes.printer import FakePrinter  # noqa: PLC0415 - as above

        return FakePrinter(section.name, dots=section.dots)
    if config.receipt.folder is None:
        return None
    from hardware.printer_folder import FolderPrinter  # noqa: PLC0415 - as above

    return FolderPrinter("printer", config.receipt.folder, dots=PAPER_DOTS)


def build_queue(config: KioskConfig, clock: Callable[[], datetime], listeners: Listeners) -> PrintQueue | None:
    """The queue before that printer, with what waited in it since the last run."""
    printer = build_printer(config)
    if printer is None:
        return None
    old_after_s = config.printer.old_after_min * 60 if config.printer else QueueRules().old_after_s
    return PrintQueue(
        printer,
        config.data.dir / QUEUE_FOLDER,
        draw=draw,
        clock=clock,
        listeners=listeners,
        rules=QueueRules(old_after_s=old_after_s),
    )


def draw(job: Job, dots: int) -> bytes:
    """The picture of a receipt; runs on the printer's thread."""
    return receipt_png(job.text, dots=dots, mark=job.copy_word if job.is_copy else "", title=job.number)


def _line(section: PrinterSection) -> Line:
    name, source = section.name, section.source
    if section.kind == "network":
        from hardware.printer_network import NetworkLine  # noqa: PLC0415 - as above

        return NetworkLine(name, *section.address)
    if section.kind == "usb":
        from hardware.printer_usb import UsbLine  # noqa: PLC0415 - as above

        vendor, product = source.split(":")
        return UsbLine(name, int(vendor, 16), int(product, 16))
    if section.kind == "serial":
        from hardware.printer_serial import SerialLine  # noqa: PLC0415 - as above

        return SerialLine(name, source, baud=section.baud, flow=section.flow)
    from hardware.printer_device_file import DeviceFileLine  # noqa: PLC0415 - as above

    return DeviceFileLine(name, source)

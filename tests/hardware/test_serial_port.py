"""A serial line: opened as asked, ours alone, and what goes wrong said with its remedy."""

import os
import pty
import termios
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused
from hardware.serial_port import SerialPort, SerialSettings


@pytest.fixture
def line() -> Iterator[tuple[int, SerialSettings]]:
    """The far end, and how to open the near one."""
    master, slave = pty.openpty()
    tty.setraw(slave, termios.TCSANOW)
    settings = SerialSettings(os.ttyname(slave), data_bits=7, parity="even")
    os.close(slave)
    yield master, settings
    os.close(master)


def test_what_is_said_is_heard_and_what_came_before_can_be_let_go(line) -> None:
    far, settings = line
    with SerialPort("scale", settings) as port:
        os.write(far, b"old")
        assert port.read(1.0)
        os.write(far, b"old")
        port.forget()
        assert port.read(0.01) == b""
        port.write(b"W")
        assert os.read(far, 10) == b"W"


def test_a_pseudo_terminal_can_be_opened_again_though_it_has_no_parity(line) -> None:
    _, settings = line
    for _ in range(3):
        with SerialPort("scale", settings):
            pass


def test_a_line_is_ours_alone_while_it_is_open(line) -> None:
    _, settings = line
    with SerialPort("scale", settings), pytest.raises(DeviceBusy, match="end it"), SerialPort("other", settings):
        pass


def test_a_line_that_goes_is_lost_whatever_is_asked_of_it() -> None:
    master, slave = pty.openpty()
    settings = SerialSettings(os.ttyname(slave))
    os.close(slave)
    with SerialPort("scale", settings) as port:
        os.close(master)
        with pytest.raises(DeviceLost, match="check its plug"):
            port.read(0.5)
    with pytest.raises(DeviceLost, match="not open"):
        port.write(b"W")


def test_a_line_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing, match="plug it in"), SerialPort("scale", SerialSettings(str(tmp_path / "no"))):
        pass


def test_a_file_that_is_no_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DeviceRefused), SerialPort("scale", SerialSettings(str(tmp_path / "file"))):
        pass


@pytest.mark.parametrize(("parity", "minded"), [("none", False), ("even", True), ("odd", True)])
def test_parity_is_minded_where_there_is_any(monkeypatch, parity: str, minded: bool) -> None:
    # /dev/ptmx stands for a line with wires: its path does not give away that it has none.
    opened: list[int] = []
    real = os.open

    def watched(*args, **kwargs) -> int:
        opened.append(real(*args, **kwargs))
        return opened[-1]

    monkeypatch.setattr(os, "open", watched)
    with SerialPort("scale", SerialSettings("/dev/ptmx", parity=parity)):
        assert bool(termios.tcgetattr(opened[-1])[0] & termios.INPCK) is minded


def test_settings_are_named_as_people_write_them() -> None:
    assert str(SerialSettings("/dev/ttyS0", data_bits=7, parity="even")) == "/dev/ttyS0 (9600 7E1)"

"""A scanner on a Unix socket: lines in, scans out, its file private and never in the way."""

import contextlib
import socket
import stat
import threading
import time
from pathlib import Path

import pytest

from hardware.device_thread import Retry
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused
from hardware.socket_scanner import SocketScanner
from tests.hardware.listener import PATIENCE_S, Listener
from tests.hardware.scanner_contract import ScannerContract

QUICK = Retry(first_s=0.02, longest_s=0.02)


def connected(path: Path) -> socket.socket:
    """A client, as soon as the scanner has opened."""
    deadline, pause = time.monotonic() + PATIENCE_S, threading.Event()
    while time.monotonic() < deadline:
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.settimeout(PATIENCE_S)
        if client.connect_ex(str(path)) == 0:
            return client
        client.close()
        pause.wait(0.005)
    raise AssertionError("the scanner never opened its socket")


def send(path: Path, content: bytes) -> None:
    with connected(path) as client:
        client.sendall(content)


class SocketRig:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.scanner = SocketScanner("socket", path, retry=QUICK)

    def show(self, code: str) -> None:
        send(self.path, f"EAN13\t{code}\n".encode())


class TestSocketScanner(ScannerContract):
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "scanner.sock"

    @pytest.fixture
    def rig(self, path: Path) -> SocketRig:
        return SocketRig(path)

    @pytest.mark.parametrize(
        ("line", "text", "symbology"),
        [
            (b"12345\n", "12345", "UNKNOWN"),
            (b"12345\r\n", "12345", "UNKNOWN"),
            (b"QR\t\xe7\x89\x9b\xe5\xa5\xb6\n", "牛奶", "QR"),
            (b"DATAMATRIX\t0104012345678901\x1d10AB\n", "0104012345678901\x1d10AB", "DATAMATRIX"),
            (b"two\twords\n", "two\twords", "UNKNOWN"),
            (b"without line feed", "without line feed", "UNKNOWN"),
            (b"\n\nEAN8\t\n7\n", "7", "UNKNOWN"),
            (b"\xff\xfe\n7\n", "7", "UNKNOWN"),
            (b"]E06901234567892\n", "6901234567892", "EAN13"),
            (b"QR\t]E06901234567892\n", "]E06901234567892", "QR"),
        ],
    )
    def test_a_line_is_a_code_with_or_without_its_kind(self, rig, listener, path, line, text, symbology) -> None:
        listener.listen(rig.scanner)
        send(path, line)
        scan = listener.scan()
        assert (scan.text, scan.symbology) == (text, symbology)
        assert listener.scans.empty()

    def test_a_line_that_comes_in_pieces_is_one_scan(self, rig, listener, path) -> None:
        listener.listen(rig.scanner)
        with connected(path) as client, connected(path) as other:
            client.sendall(b"EAN13\t69012")
            other.sendall(b"other\n")
            assert listener.scan().text == "other"
            client.sendall(b"34567892\n")
            assert listener.scan().text == "6901234567892"

    def test_an_endless_line_ends_its_client_and_no_other(self, rig, listener, path) -> None:
        listener.listen(rig.scanner)
        with connected(path) as client, connected(path) as other:
            client.sendall(b"x" * 8000)
            client.sendall(b"x" * 8000)
            assert client.recv(1) == b""
            other.sendall(b"fine\n")
            assert listener.scan().text == "fine"

    def test_the_socket_is_for_its_owner_only_and_gone_after_closing(self, rig, listener, path) -> None:
        listener.listen(rig.scanner)
        connected(path).close()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        rig.scanner.close()
        assert not path.exists()

    def test_a_socket_file_left_by_a_killed_process_is_replaced(self, rig, listener, path) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as killed:
            killed.bind(str(path))
        listener.listen(rig.scanner)
        send(path, b"7\n")
        assert listener.scan().text == "7"

    def test_a_socket_that_another_program_listens_at_is_left_alone_and_taken_when_free(
        self, rig, listener, path
    ) -> None:
        first = SocketScanner("first", path)
        Listener().listen(first)
        connected(path).close()
        listener.listen(rig.scanner)
        assert isinstance(listener.fault(), DeviceBusy)
        first.close()
        assert listener.fault() is None

    def test_a_program_that_listens_and_hangs_holds_nobody_up(self, rig, path) -> None:
        """A connection to it would wait for ever once its queue is full."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as hung, contextlib.ExitStack() as waiting:
            hung.bind(str(path))
            hung.listen(0)
            for _ in range(2):
                client = waiting.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
                client.setblocking(False)
                client.connect_ex(str(path))
            with pytest.raises(DeviceBusy, match="end it"):
                rig.scanner.check()

    def test_a_file_that_is_no_socket_is_never_deleted(self, rig, listener, path) -> None:
        path.write_text("precious")
        listener.listen(rig.scanner)
        assert isinstance(listener.fault(), DeviceRefused)
        rig.scanner.close()
        assert path.read_text() == "precious"

    def test_a_missing_folder_is_a_fault_until_it_is_there(self, tmp_path) -> None:
        listener = Listener()
        folder = tmp_path / "later"
        scanner = SocketScanner("socket", folder / "s", retry=QUICK)
        listener.listen(scanner)
        assert isinstance(listener.fault(), DeviceMissing)
        folder.mkdir()
        assert listener.fault() is None
        scanner.close()

    def test_a_path_too_long_for_the_kernel_is_refused_in_words(self, tmp_path) -> None:
        listener = Listener()
        scanner = SocketScanner("socket", tmp_path / ("x" * 120), retry=QUICK)
        listener.listen(scanner)
        fault = listener.fault()
        assert isinstance(fault, DeviceRefused)
        assert "too long" in str(fault)
        scanner.close()

    def test_a_check_says_what_it_can_do_or_what_is_in_the_way_and_leaves_nothing(self, rig, path) -> None:
        assert str(path) in rig.scanner.check()
        assert not path.exists()
        path.write_text("precious")
        with pytest.raises(DeviceRefused, match="no socket"):
            rig.scanner.check()

    def test_a_socket_file_that_is_taken_away_is_made_again(self, rig, listener, path) -> None:
        listener.listen(rig.scanner)
        connected(path).close()
        path.unlink()
        assert isinstance(listener.fault(), DeviceLost)
        assert listener.fault() is None
        send(path, b"7\n")
        assert listener.scan().text == "7"

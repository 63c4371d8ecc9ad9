"""`kiosk scan`: each code a line the moment it is read, faults as sentences beside it, an end at Ctrl-C."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.__main__ import main

LANE = """
[lane]
store = "demo"
name = "lane-1"
[data]
dir = "."
[[scanners]]
name = "counter"
kind = "socket"
source = "c.socket"
[[scanners]]
name = "hand"
kind = "keyboard"
[[payment]]
id = "wallet"
gateway = "simulated"
"""
PATIENCE_S = 20.0


@contextmanager
def scanning(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "kiosk", "scan", *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload] # the pipes are meant
        try:
            yield process
        finally:
            process.kill()


def send(path: Path, text: str) -> None:
    deadline, pause = time.monotonic() + PATIENCE_S, threading.Event()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        while client.connect_ex(str(path)) != 0:
            assert time.monotonic() < deadline, "the scanner never opened its socket"
            pause.wait(0.02)
        client.sendall(text.encode())


def test_each_code_is_a_json_line_at_once_until_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "lane.toml").write_text(LANE, encoding="utf-8")
    with scanning("--config", str(tmp_path / "lane.toml"), "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "'hand' is of kind keyboard" in process.stderr.readline()
        send(tmp_path / "c.socket", "EAN13\t6901234567892\nQR\t牛奶 \x1d\n")
        first, second = (json.loads(process.stdout.readline()) for _ in range(2))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
        assert (process.stdout.read(), process.stderr.read()) == ("", "")
    assert list(first) == ["at", "source", "symbology", "gs1", "text"]
    assert (first["source"], first["symbology"], first["gs1"], first["text"]) == (
        "counter",
        "EAN13",
        None,
        "6901234567892",
    )
    assert second["text"] == "牛奶 \x1d"
    assert timedelta() <= datetime.now(UTC) - datetime.fromisoformat(first["at"]) < timedelta(seconds=PATIENCE_S)


def test_a_device_is_named_on_the_line_and_its_faults_are_sentences(tmp_path: Path) -> None:
    scanner_end, kiosk_end = pty.openpty()
    tty.setraw(kiosk_end)
    port = tmp_path / "ttyACM0"
    with scanning("--device", f"serial:{port}") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stderr.readline().endswith(f"there is no {port}; plug the scanner in\n")
        port.symlink_to(os.ttyname(kiosk_end))
        assert process.stderr.readline().endswith("works again\n")
        os.write(scanner_end, b"12\r")  # what comes at the moment of opening may be half a code
        threading.Event().wait(0.1)
        os.write(scanner_end, b"]d2010690123456789210A\x1d21B\x1b\r")
        line = process.stdout.readline()
        while not line.endswith("DATAMATRIX GS1 010690123456789210A{GS}21B\n"):
            assert line.endswith("12\n")
            line = process.stdout.readline()
    os.close(scanner_end)
    os.close(kiosk_end)


def test_lines_from_standard_input_are_codes_if_that_is_asked_for() -> None:
    with scanning("--stdin", "--json") as process:
        out, _ = process.communicate("]E06901234567892\n", timeout=PATIENCE_S)
    assert process.returncode == 0
    assert json.loads(out)["symbology"] == "EAN13"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--device KIND:SOURCE"),
        (["--device", "scale:x"], "'hidpos'"),
        (["--device", "serial:"], "/dev/serial/by-id"),
        (["--device", "keyboard:"], "no scanner to read"),
        (["--config", "/nowhere/lane.toml"], "/nowhere/lane.toml"),
    ],
)
def test_what_is_not_clear_is_one_sentence_with_the_remedy(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", *arguments]) == 2
    complaint = capsys.readouterr().err.splitlines()[-1]
    assert complaint.startswith("kiosk: ")
    assert said in complaint


def test_it_ends_by_itself_after_the_seconds_asked_for() -> None:
    with scanning("--device", "hid:ffff:fffe", "--seconds", "0.1") as process:
        assert process.wait(PATIENCE_S) == 0

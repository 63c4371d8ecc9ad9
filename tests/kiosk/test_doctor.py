"""`kiosk doctor` as IT runs it: on a whole lane, on a broken one, beside a running one."""

import json
import os
import pty
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.socket_scanner import SocketScanner
from offline_cache.journal import Journal
from retail.events import Draft, EventKind
from tests.hardware.listener import PATIENCE_S
from tests.kiosk.doctor_rig import CAMERA, DoctorRig, ask


@pytest.fixture
def rig(tmp_path: Path) -> DoctorRig:
    return DoctorRig(tmp_path)


def journal(rig: DoctorRig) -> Journal:
    """An open one, as a running lane has it."""
    opened = Journal(rig.data / "journal.sqlite", lambda: datetime.now(UTC))
    opened.append(Draft(EventKind.DEVICE_FAULT, None, {"device": "camera", "fault": ""}))
    return opened


def everything(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """All that a program could have changed in a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        seen = path.lstat()
        found[str(path)] = (seen.st_ino, seen.st_mtime_ns, seen.st_mode, path.read_bytes() if path.is_file() else b"")
    return found


def test_a_whole_lane_has_no_fault_and_and_nothing_changes(rig: DoctorRig) -> None:
    journal(rig).close()
    rig.write(CAMERA + '[[scanners]]\nname = "counter"\nkind = "socket"\nsource = "left.sock"\n')
    with socket.socket(socket.AF_UNIX) as left:  # by a lane that was killed
        left.bind(str(rig.data / "left.sock"))
    before = everything(rig.data.parent)
    said = rig.ask("--json")
    assert everything(rig.data.parent) == before
    assert (said.status, said.faults, said.err) == (0, [], "")
    assert said.of("scanners", "camera")["state"] == "ok"
    assert said.of("data", "journal")["found"] == "sound; its last event is number 1"
    assert said.of("prices", "price list")["found"].startswith("revision 1")
    assert said.of("payment", "card")["state"] == "ok"


def test_after_a_power_cut_the_journal_is_read_without_a_trace(rig: DoctorRig, tmp_path: Path) -> None:
    open_journal = journal(rig)
    (tmp_path / "cut").mkdir()
    cut = DoctorRig(tmp_path / "cut")
    for name in ("journal.sqlite", "journal.sqlite-wal"):
        (cut.data / name).write_bytes((rig.data / name).read_bytes())
    open_journal.close()
    assert (cut.data / "journal.sqlite-wal").stat().st_size
    before = everything(cut.data)
    assert cut.ask("--json").of("data", "journal")["found"] == "sound; its last event is number 1"
    assert everything(cut.data) == before


def test_a_device_that_the_running_lane_holds_is_no_fault(rig: DoctorRig) -> None:
    rig.write('[[scanners]]\nname = "counter"\nkind = "socket"\nsource = "scans.sock"\n')
    held = SocketScanner("counter", rig.data / "scans.sock")
    pause, until = threading.Event(), time.monotonic() + PATIENCE_S
    held.start(lambda _scan: None, lambda _fault: None)
    try:
        while not (rig.data / "scans.sock").exists():
            assert time.monotonic() < until
            pause.wait(0.01)
        assert rig.ask("--json").of("scanners")["state"] == "fault"  # no lane runs: another program has it
        running = journal(rig)
        try:
            said = rig.ask("--json")
        finally:
            running.close()
    finally:
        held.close()
    assert said.of("scanners") == {
        "section": "scanners",
        "name": "counter",
        "state": "ok",
        "found": "in use: the lane runs",
        "remedy": "",
    }


def test_each_fault_and_warning_says_what_to_do(rig: DoctorRig) -> None:
    main_end, other_end = pty.openpty()  # a line at whose other end nobody answers
    rig.write(
        f"""
[hub]
url = "http://127.0.0.1:9"
[scale]
kind = "8217"
source = "{os.ttyname(other_end)}"
[printer]
kind = "device"
source = "/dev/usb/nosuch"
[light]
kind = "tower"
source = "/dev/serial/by-id/nosuch"
[[payment]]
id = "wallet"
gateway = "nosuch"
[[scanners]]
name = "camera"
kind = "camera"
source = "/dev/video99"
[[scanners]]
name = "keys"
kind = "keyboard"
"""
    )
    (rig.data / "price-list.sqlite").unlink()
    try:
        said = rig.ask("--json")
    finally:
        os.close(main_end)
        os.close(other_end)
    assert said.status == 1
    assert said.faults == [
        "scanners/camera",
        "scale/scale",
        "printer/printer",
        "light/light",
        "prices/price list",
        "hub/hub",
        "hub/agent",
        "payment/wallet",
    ]
    assert said.of("scanners", "keys")["state"] == "warning"
    assert all(one["remedy"] for one in said.findings if one["state"] != "ok")
    assert all(set(one) == {"section", "name", "state", "found", "remedy"} for one in said.findings)


def test_a_misspelt_setting_is_named_and_the_machine_is_looked_at_all_the_same(rig: DoctorRig) -> None:
    rig.write('[[scanners]]\nname = "c"\nkind = "camera"\nsorce = "x"\n[screan]\ncalm = true\n')
    said = rig.ask("--json")
    assert said.status == 1
    faults = [(one["found"], one["remedy"]) for one in said.findings if one["section"] == "configuration"]
    assert faults == [
        ("scanners[1].sorce is no setting", "did you mean scanners[1].source?"),
        ("screan is no setting", "did you mean screen?"),
    ]
    assert said.of("clock", "date")["state"] == "ok"


@pytest.mark.parametrize(("content", "why"), [(None, "there is no such file"), ("[lane", "is not valid TOML")])
def test_a_file_that_cannot_be_read_is_one_sentence(rig: DoctorRig, content: str | None, why: str) -> None:
    if content is None:
        rig.file.unlink()
    else:
        rig.file.write_text(content, encoding="utf-8")
    said = rig.ask()
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"kiosk: {rig.file}: {why}")
    assert len(said.err.splitlines()) == 1


def test_without_a_file_the_machine_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    said = ask("--json")
    assert {one["section"] for one in said.findings} >= {"clock", "libraries", "screen"}
    assert not {one["section"] for one in said.findings} & {"configuration", "scanners", "hub", "payment"}
    assert said.of("libraries", "zxingcpp")["state"] == "ok"


def test_people_read_sections_signs_and_a_sum(rig: DoctorRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    rig.write('[[scanners]]\nname = "camera"\nkind = "camera"\nsource = "/dev/video99"\n')
    lines = rig.ask().out.splitlines()
    place = lines.index("Scanners")
    assert lines[place + 1].startswith("  x FAULT    camera                  there is no camera at")
    assert any(line.strip().startswith("> ") for line in lines[place + 2 : place + 5])
    assert lines[-1].startswith("1 fault, ")
    assert max(len(line) for line in lines if "/" not in line) <= 80  # a path stays whole, to be copied


def test_a_journal_that_was_changed_is_a_fault(rig: DoctorRig) -> None:
    journal(rig).close()
    with sqlite3.connect(rig.data / "journal.sqlite") as db:
        db.execute("DROP TRIGGER event_never_changes")
        db.execute("UPDATE event SET body = '{}'")
        db.execute(
            "CREATE TRIGGER event_never_changes BEFORE UPDATE ON event "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        )
    db.close()
    found = rig.ask("--json").of("data", "journal")
    assert found["state"] == "fault"
    assert "was changed" in found["found"]


def test_a_reader_that_has_seen_enough_is_no_trouble(rig: DoctorRig) -> None:
    command = f"{sys.executable} -m kiosk doctor --json --config {rig.file} | head -n 1"
    done = subprocess.run(("bash", "-o", "pipefail", "-c", command), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["section"] == "configuration"

"""The doctor never hangs and never falls: a check that does is a fault like any other."""

import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.commands.doctor.findings import Check, Finding, State, examine, left_behind
from kiosk.commands.doctor.places import Places
from kiosk.commands.doctor.rights import rights
from kiosk.commands.doctor.sentences import parted

FINE = Finding("scale", "scale", State.OK, "1 kg")


def test_a_device_that_hangs_holds_up_no_other() -> None:
    release = threading.Event()

    def hang() -> Iterator[Finding]:
        release.wait()
        yield FINE

    began = time.monotonic()
    stuck, fine = examine([Check("scanners", "camera", hang, 0.05), Check("scale", "scale", lambda: [FINE])])
    took_s = time.monotonic() - began
    assert left_behind()
    release.set()
    assert (stuck.name, stuck.state, stuck.found) == ("camera", State.FAULT, "no answer within 0 s")
    assert fine == FINE
    assert took_s < 5


def test_a_check_that_breaks_is_a_fault_and_the_others_are_told() -> None:
    def breaks() -> Iterator[Finding]:
        raise RuntimeError("the plug-in of a third party")

    broken, fine = examine([Check("payment", "card", breaks), Check("scale", "scale", lambda: [FINE])])
    assert (broken.section, broken.state) == ("payment", State.FAULT)
    assert "third party" in broken.found
    assert fine == FINE


@pytest.mark.parametrize("state", [State.WARNING, State.FAULT])
def test_a_fault_without_a_remedy_cannot_be_told(state: State) -> None:
    with pytest.raises(ValueError, match="no remedy"):
        Finding("hub", "hub", state, "is away")


def test_a_sentence_is_parted_at_its_first_semicolon() -> None:
    assert parted("is away; plug it in. There are: a; b", otherwise="-") == ("is away", "plug it in. There are: a; b")
    assert parted("is away", otherwise="plug it in") == ("is away", "plug it in")


def as_nobody(work: Callable[[], str]) -> str:
    """What a user without rights finds: asked in a child, as root may everything."""
    if os.getuid():
        return work()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
            os.write(writing, work().encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


def test_who_may_not_use_a_device_is_told_its_group(tmp_path: Path) -> None:
    device = tmp_path / "dev/ttyUSB0"
    device.parent.mkdir()
    device.touch()
    for folder in (*tmp_path.parents, tmp_path, device.parent):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
    (found,) = rights(Places(tmp_path))
    assert (found.name, found.state) == ("serial ports", State.OK)
    device.chmod(0)
    said = as_nobody(lambda: "\n".join(f"{one.state}|{one.found}|{one.remedy}" for one in rights(Places(tmp_path))))
    state, what, remedy = said.split("|")
    assert state == "warning"
    assert str(device) in what
    assert "udev" in remedy or "usermod" in remedy

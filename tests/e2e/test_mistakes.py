"""What a person must mend, on the real programs: one sentence that names the thing, exit status 2, no traceback."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.big_list import write_big_list
from kiosk.__main__ import main as kiosk
from offline_cache.__main__ import main as kiosk_sync
from tests.offline_cache.programs import python

GOOD = """
[lane]
store = "bench"
name = "lane-1"
[data]
dir = "data"
[hub]
url = "http://127.0.0.1:9"
token = "{token}"
[[payment]]
id = "wallet"
gateway = "simulated"
""".format(token="t" * 43)
LANE_PROGRAMS = (("kiosk", "run"), ("offline_cache", "run"), ("offline_cache", "once"))

PROGRAMS: dict[str, tuple[Callable[[list[str]], int], str]] = {
    "kiosk run": (kiosk, "run"),
    "kiosk-sync run": (kiosk_sync, "run"),
    "kiosk-sync once": (kiosk_sync, "once"),
}


def one_sentence(*arguments: str | Path) -> str:
    done = python("-m", *map(str, arguments))
    said = done.stderr
    assert done.returncode == 2, (done.stdout, said)
    assert "Traceback" not in said
    assert done.stdout == ""
    sentences = [line for line in said.splitlines() if line.startswith(("kiosk: ", "kiosk-sync: ", "kiosk-hub: "))]
    assert sentences, said
    return sentences[-1]


@pytest.fixture
def lane(tmp_path: Path) -> Path:
    """A lane's file that is right, with a price list in its folder."""
    (tmp_path / "data").mkdir()
    write_big_list(tmp_path / "data" / "price-list.sqlite", 30)
    path = tmp_path / "lane.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


# What is changed in the good file, and what the sentence must name.
HEAP = {
    "empty": ("", "lane"),
    "no TOML": ("[lane\nstore=", "line 1"),
    "key twice": (GOOD.replace('name = "lane-1"', 'name = "a"\nname = "b"'), "line"),
    "number for text": (GOOD.replace('"bench"', "5"), "lane.store"),
    "name with a slash": (GOOD.replace("lane-1", "../x"), "lane.name"),
    "address without scheme": (GOOD.replace("http://127.0.0.1:9", "hub.local"), "hub.url"),
    "no data": (GOOD.replace('dir = "data"', ""), "data.dir"),
    "section for value": (GOOD.replace("[data]\ndir =", "data ="), "data"),
    "NUL byte": (GOOD + "\0", "lane.toml"),
}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("what", HEAP)
def test_every_program_of_a_lane_names_what_is_wrong_in_its_file(
    lane: Path, program: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text, named = HEAP[what]
    lane.write_text(text, encoding="utf-8")
    main, command = PROGRAMS[program]
    assert main([command, "--config", str(lane)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert named in said.err
    assert "lane.toml" in said.err


KIOSK_HEAP = {
    "gateway that is not installed": (GOOD.replace('"simulated"', '"golden"'), "golden"),
    "gateway's own setting": (GOOD + 'settings = { outcom = "slow" }\n', "outcom"),
    "gateway's own value": (GOOD + "settings = { delay_s = -1 }\n", "delay_s"),
    "hub gateway without a hub": (GOOD.replace('"simulated"', '"hub"').replace("[hub]", "[hug]"), "hug"),
}


@pytest.mark.parametrize("what", KIOSK_HEAP)
def test_the_kiosk_names_what_is_wrong_with_a_way_to_pay(lane: Path, what: str) -> None:
    text, named = KIOSK_HEAP[what]
    lane.write_text(text, encoding="utf-8")
    assert named in one_sentence("kiosk", "run", "--config", lane)


def test_the_kiosk_names_a_data_folder_that_is_a_file(lane: Path) -> None:
    lane.write_text(GOOD.replace('"data"', '"lane.toml"'), encoding="utf-8")
    assert "lane.toml" in one_sentence("kiosk", "run", "--config", lane)


@pytest.mark.parametrize("file", ["price-list.sqlite", "journal.sqlite"])
def test_the_kiosk_names_a_file_of_its_folder_that_is_no_such_file(lane: Path, file: str) -> None:
    (lane.parent / "data" / file).write_bytes(b"no database " * 1000)
    assert file in one_sentence("kiosk", "run", "--config", lane)


@contextmanager
def disk(path: Path, options: str, *what: str) -> Iterator[None]:
    command = ["mount", "-o", options, *what, str(path)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a disk, and not in every container")
    try:
        yield
    finally:
        subprocess.run(["umount", str(path)], check=True)


@pytest.mark.parametrize("program", LANE_PROGRAMS, ids=" ".join)
def test_a_read_only_folder_is_named(lane: Path, program: tuple[str, str]) -> None:
    data = lane.parent / "data"
    with disk(data, "bind,ro", str(data)):
        said = one_sentence(*program, "--config", lane)
    assert str(data) in said
    assert "read-only" in said.lower() or "permissions" in said


def test_the_kiosk_names_a_full_disk(lane: Path) -> None:
    data = lane.parent / "data"
    with disk(data, "size=256k", "-t", "tmpfs", "tmpfs"):
        write_big_list(data / "price-list.sqlite", 30)
        with pytest.raises(OSError, match="No space"):
            (data / "filler").write_bytes(b"x" * 500_000)
        said = one_sentence("kiosk", "run", "--config", lane)
    assert str(data) in said
    assert "full" in said or "space" in said

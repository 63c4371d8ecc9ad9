"""The lane that is measured while something goes on beside it: every phase has its figures, and sees the new list."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.shop import until
from tests.kiosk.lane_rig import BREAD, MILK, write_list
from tests.kiosk.test_app import CONFIG


def test_each_phase_has_figures_and_a_new_list_shows_in_them(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "lane.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "codes").write_text(f"{MILK}\n{BREAD}\n", encoding="ascii")
    write_list(tmp_path / "data" / "price-list.sqlite")
    command = ["--config", str(tmp_path / "lane.toml"), "--codes", str(tmp_path / "codes")]
    with subprocess.Popen(
        [sys.executable, "-m", "kiosk.demo.disturbed", *command],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as lane:
        assert lane.stdin is not None
        assert lane.stdout is not None
        assert lane.stdout.readline() == "ready\n"
        lane.stdin.write("rest\n")
        lane.stdin.flush()
        until(lambda: _lists_open(lane.pid) == [_inode(tmp_path)], "the list in use")
        write_list(tmp_path / "data" / "price-list.sqlite", revision=2)
        lane.stdin.write("after\n")
        lane.stdin.flush()
        until(lambda: _lists_open(lane.pid) == [_inode(tmp_path)], "the new list in use")
        figures = json.loads(lane.communicate()[0])
    assert list(figures) == ["rest", "after"]
    for phase in figures.values():
        assert phase["look_up_p50_ms"] <= phase["look_up_p99_ms"] <= phase["look_up_max_ms"]
        assert phase.get("frame_p50_ms", 1) > 0  # a phase may be over before its second frame


def _inode(folder: Path) -> int:
    return (folder / "data" / "price-list.sqlite").stat().st_ino


def _lists_open(process: int) -> list[int]:
    """The price lists that a process has open (Linux), also those that have lost their name."""
    found = set()
    for place in Path(f"/proc/{process}/fd").iterdir():
        try:
            if "price-list" in str(place.readlink()):
                found.add(place.stat().st_ino)
        except OSError:
            continue
    return sorted(found)

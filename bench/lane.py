"""scan, block, memory, start: a lane with 50,000 products, beside a bare QML window; each a process of its own."""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.big_list import PRODUCTS, write_big_list
from bench.figure import Figure, percentile

_SCANS = 100
_STARTS = 5
_LIMIT_S = 120
_LANE_FILE = """
[lane]
store = "bench"
name = "lane-1"
[data]
dir = "data"
[screen]
languages = ["en", "zh-CN", "zh-TW"]
fullscreen = false
[[scanners]]
name = "keyboard"
kind = "keyboard"
{camera}
[[payment]]
id = "wallet"
gateway = "simulated"
"""
_CAMERA = """
[[scanners]]
name = "camera"
kind = "camera"
source = "../camera.avi"
"""


def measure_scan(folder: Path, *, products: int = PRODUCTS, scans: int = _SCANS) -> list[Figure]:
    """Last key to shown frame; and the longest block of the screen's thread meanwhile."""
    codes = _lane(folder, products)
    lane = visit(folder, random.Random(1).sample(codes, scans))
    bare = _python("-m", "bench.bare", str(scans))
    ours, least = lane["shown_ms"], bare["shown_ms"]
    what = f"scan to frame, {products:,} products"
    return [
        Figure("scan p50", what, percentile(ours, 50), "ms", bare=percentile(least, 50)),
        Figure("scan p95", what, percentile(ours, 95), "ms", bare=percentile(least, 95), floor=50),
        Figure("block", f"screen's thread in {scans} scans", lane["max_block_ms"], "ms", floor=50),
    ]


def measure_memory(folder: Path, *, products: int = PRODUCTS) -> list[Figure]:
    """Resident after ten scans, with a camera that is being read."""
    codes = _lane(folder, products, camera=True)
    _python("-m", "bench.video", str(folder / "camera.avi"), codes[0])
    lane = visit(folder, codes[1:11], camera=codes[0])
    bare = _python("-m", "bench.bare", "10")
    return [Figure("memory", "resident, camera open, 10 scans", lane["rss_mb"], "MB", bare=bare["rss_mb"], floor=220)]


def measure_start(folder: Path, *, products: int = PRODUCTS, starts: int = _STARTS) -> list[Figure]:
    """Process start to first frame, warm: one start of each goes before."""
    _lane(folder, products)
    ours, least = [], []
    for _ in range(starts + 1):
        ours.append(_first_frame(folder / "lane.toml"))
        least.append(_python("-m", "bench.bare", "0")["first_frame_ms"])
    value, bare = statistics.median(ours[1:]) / 1000, statistics.median(least[1:]) / 1000
    return [Figure("start", f"first frame, median of {starts}", value, "s", bare=bare, floor=1.5)]


def write_config(folder: Path, *, camera: bool = False) -> None:
    """A lane without a list."""
    (folder / "data").mkdir(exist_ok=True)
    (folder / "lane.toml").write_text(_LANE_FILE.format(camera=_CAMERA if camera else ""), encoding="utf-8")


def _lane(folder: Path, products: int, *, camera: bool = False) -> list[str]:
    write_config(folder, camera=camera)
    return write_big_list(folder / "data" / "price-list.sqlite", products)


def visit(folder: Path, codes: list[str], *, camera: str = "", began: Path | None = None) -> dict[str, Any]:
    """Scan the codes at the lane; `began` is made when the first of them is about to be scanned."""
    listed = folder / "codes.txt"
    listed.write_text("\n".join(codes), encoding="ascii")
    config = str(folder / "lane.toml")
    begin = ["--began", str(began)] if began else []
    return _python("-m", "bench.visit", "--config", config, "--codes", str(listed), "--camera", camera, *begin)


def _first_frame(config: Path) -> float:
    """Milliseconds, as the kiosk itself says."""
    command = [sys.executable, "-m", "kiosk", "--verbose", "run", "--config", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=_environment()) as kiosk:
        assert kiosk.stderr is not None
        for line in kiosk.stderr:
            if found := re.search(r"first frame after (\d+) ms", line):
                kiosk.terminate()
                kiosk.stderr.read()
                return float(found[1])
    raise RuntimeError("the kiosk ended before its first frame")


def _python(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=_environment(), timeout=_LIMIT_S, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _environment() -> dict[str, str]:
    return os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}

"""camera: what a camera costs while nothing is held up, how fast a code is read, and what the screen feels of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.big_list import write_big_list
from bench.figure import Figure, percentile
from bench.filmed import COLUMNS, ROWS, Held, background, shown, write_film
from bench.lane import write_config
from hardware.opencv import Grey

_OFFSCREEN: Final = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
_FPS: Final = 30
_EMPTY_FRAMES: Final = 12 * _FPS
_ITEMS: Final = 20
_BEFORE, _BETWEEN, _HELD = 30, 14, 12
_PRODUCTS: Final = 500
_LIMIT_S: Final = 180


def measure(folder: Path) -> list[Figure]:
    """Films of 1280x720 at 30 frames a second, MJPEG as from a USB camera, each in a process of its own."""
    empty, goods = folder / "empty.avi", folder / "goods.avi"
    write_film(str(empty), shown(background(1), (), _EMPTY_FRAMES), fps=_FPS)
    write_film(str(goods), _goods(), fps=_FPS)
    idle = _child("idle", empty)
    first = [_BEFORE + _BETWEEN + item * (_BETWEEN + _HELD) for item in range(_ITEMS)]
    read = _child("read", goods, *map(str, first))
    screen = _child("screen", goods, str(_lane(folder, goods)))
    what = "1280x720, 30 frames a second"
    return [
        Figure("camera idle", f"of one core, empty mat, {what}", idle["cpu_percent"], "%", floor=25),
        Figure("code p50", f"first frame to callback, {read['items']} of {_ITEMS} read", read["p50_ms"], "ms"),
        Figure("code p95", f"first frame to callback, {what}", read["p95_ms"], "ms", floor=50),
        Figure("codes missed", f"of {_ITEMS} held up for 0.4 s", _ITEMS - read["items"], "codes", floor=1),
        Figure("screen p99", "frame while codes are read", percentile(screen["frame_ms"], 99), "ms", floor=33),
    ]


def _goods() -> Iterator[Grey]:
    """Products brought one after the other, turned anyhow, each moved a little while it is held up."""
    draw = np.random.default_rng(4)
    mat = background(1)
    yield from shown(mat, (), _BEFORE, _ITEMS)  # the decoders are loaded meanwhile
    for item in range(_ITEMS):
        yield from shown(mat, (), _BETWEEN, item)
        middle = draw.uniform(0.35, 0.65, 2) * (COLUMNS, ROWS)
        held = Held(
            f"69012345{item:04d}",
            angle=float(draw.uniform(0, 360)),
            middle=(float(middle[0]), float(middle[1])),
            speed=(float(draw.uniform(-2, 2)), float(draw.uniform(-2, 2))),
        )
        yield from shown(mat, (held,), _HELD, item)


def _lane(folder: Path, film: Path) -> Path:
    write_config(folder)
    write_big_list(folder / "data" / "price-list.sqlite", _PRODUCTS)
    config = folder / "lane.toml"
    section = f'[[scanners]]\nname = "camera"\nkind = "camera"\nsource = "{film}"\n'
    config.write_text(config.read_text(encoding="utf-8") + section, encoding="utf-8")
    return config


def _child(*arguments: str | Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.camera_run", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=_OFFSCREEN, timeout=_LIMIT_S, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer

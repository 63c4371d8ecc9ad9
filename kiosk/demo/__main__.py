"""`./dev demo`: the whole shop on this machine; with a display to play with, without one as a scripted visit."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kiosk.demo.stage import Stage, StageError, set_stage

_SHAPES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}


def main(argv: list[str] | None = None) -> int:
    """Exit status 0 if all was seen to happen, 1 if something was not, 2 for what a person must mend."""
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    parser.add_argument("--headless", action="store_true", help="no window: a scripted shopper, pictures, a report")
    parser.add_argument("--out", type=Path, help="where pictures and report go (headless; default: demo-out)")
    parser.add_argument("--data", type=Path, help="keep hub and lane in this folder; default: a temporary one")
    parser.add_argument("--camera", default="", help="also scan by a camera: its number, a video, a folder of pictures")
    arguments = parser.parse_args(argv)
    display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    headless = arguments.headless or arguments.out is not None or not display
    try:
        with tempfile.TemporaryDirectory(prefix="scan-and-go-", ignore_cleanup_errors=True) as temporary:
            folder = arguments.data or Path(temporary)
            if headless:
                return _headless(folder, arguments.out or Path("demo-out"))
            return _windows(folder, arguments.camera or _webcam())
    except (StageError, OSError) as exc:
        print(f"demo: {exc}", file=sys.stderr)
        return 2


def _webcam() -> str:
    """A real webcam is used if there is one."""
    return "0" if Path("/dev/video0").exists() else ""


def _windows(folder: Path, camera: str) -> int:
    width, height = (585, 1040)
    with set_stage(folder, width=width, height=height, camera=camera) as stage:
        things = stage.config.parent / "counter.json"
        things.write_text(json.dumps(stage.counter), encoding="utf-8")
        hub = str(stage.folder / "hub")
        counter = _start("kiosk.demo.counter", "--data", str(stage.data), "--things", str(things), "--hub-data", hub)
        kiosk = _start("kiosk", "run", "--config", str(stage.config), "--windowed")
        try:
            return kiosk.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            for process in (kiosk, counter):
                process.terminate()
                process.wait()


def _headless(folder: Path, out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    width, height = _SHAPES["portrait"]
    with set_stage(folder, width=width, height=height) as stage:
        # The pictures first: the measured lane then starts warm, as a lane does on every day but its first.
        pictures = _run_part("kiosk.demo.pictures", stage, out)
        visit = _run_part("kiosk.demo.measured", stage, out)
    return visit or pictures


def _run_part(module: str, stage: Stage, out: Path) -> int:
    """Run a part of the demo as a lane of its own, so that its figures are those of a lane and not of the demo."""
    things = stage.config.parent / "counter.json"
    things.write_text(json.dumps(stage.counter), encoding="utf-8")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
    arguments = ["--config", str(stage.config), "--hub", stage.url, "--things", str(things), "--out", str(out)]
    return subprocess.run([sys.executable, "-m", module, *arguments], env=environment, check=False).returncode  # noqa: S603


def _start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", module, *arguments])  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())

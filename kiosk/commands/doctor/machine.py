"""The machine itself: libraries, fonts, screen and clock."""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import runpy
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kiosk.commands.doctor.findings import Finding, State

LIBRARIES: Final = "libraries"
SCREEN: Final = "screen"
CLOCK: Final = "clock"

_INSTALL: Final = "sudo apt-get install --no-install-recommends"
# Module, what for, and the Debian package that it needs beside Python's.
_NEEDS: Final = (
    ("hardware.opencv", "cameras: taking pictures", "libgl1 libglib2.0-0"),
    ("pyzbar.pyzbar", "cameras: reading bar codes", "libzbar0"),
    ("zxingcpp", "cameras: reading every other code", ""),
    ("evdev", "scanners that type", ""),
    ("serial", "serial scanners, scales, printers and lights", ""),
    ("escpos.printer", "receipt printers", ""),
)
_LIST: Final = Path(__file__).parents[3] / "packaging" / "system-packages.txt"
_QT_S: Final = 20.0
_SCREEN_VARIABLES: Final = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_BUILT: Final = 2026
_UNSYNCHRONISED: Final = 5  # adjtimex(2): TIME_ERROR
_TIMEX_BYTES: Final = 208


def libraries() -> Iterator[Finding]:
    """What Python can load, and what Debian says is missing of packaging/system-packages.txt."""
    for module, purpose, debian in _NEEDS:
        try:
            importlib.import_module(module)
        except Exception as exc:  # noqa: BLE001 - pyzbar raises ImportError, a broken wheel anything
            remedy = f"{_INSTALL} {debian}" if debian else "run ./dev setup, or install the kiosk's packages anew"
            yield Finding(LIBRARIES, module, State.WARNING, f"{purpose}: cannot be loaded ({exc})", remedy)
        else:
            yield Finding(LIBRARIES, module, State.OK, purpose)
    yield from _debian()


def _debian() -> Iterator[Finding]:
    script = _LIST.with_name("check_system.py")
    if not (script.is_file() and shutil.which("dpkg-query")):
        return
    knows = runpy.run_path(str(script))
    wanted = knows["read_list"](_LIST.read_text(encoding="utf-8"))
    missing = knows["missing"](tuple(package for package in wanted if not package.purpose))
    if missing:
        names = " ".join(package.names[0] for package in missing)
        found = "; ".join(f"{package.names[0]}: {package.why}" for package in missing)
        yield Finding(LIBRARIES, "Debian's packages", State.WARNING, f"missing: {found}", f"{_INSTALL} {names}")
    else:
        yield Finding(LIBRARIES, "Debian's packages", State.OK, "all that packaging/system-packages.txt lists")


_ASK_QT: Final = """
import json, kiosk
from PySide6.QtGui import QFontDatabase, QGuiApplication
application = QGuiApplication([])
system = QFontDatabase.WritingSystem
screen = application.primaryScreen()
print(json.dumps({
    "platform": application.platformName(),
    "screen": f"{screen.size().width()}x{screen.size().height()}" if screen else "",
    "simplified": QFontDatabase.families(system.SimplifiedChinese),
    "traditional": QFontDatabase.families(system.TraditionalChinese),
}))
"""


def screen() -> Iterator[Finding]:
    """Whether Qt can show a window here, and whether there are letters for it; asked in a process of its own, as Qt
    ends the one that it fails in."""
    environment = dict(os.environ)
    blind = not any(environment.get(name) for name in _SCREEN_VARIABLES)
    if blind:
        environment["QT_QPA_PLATFORM"] = "offscreen"
        remedy = "run it in the lane's own session, or with DISPLAY=:0 before it, to have the screen looked at too"
        yield Finding(SCREEN, "screen", State.WARNING, "this terminal has no screen: DISPLAY is not set", remedy)
    asked = subprocess.run(  # noqa: S603 - our own program
        (sys.executable, "-c", _ASK_QT), capture_output=True, text=True, env=environment, timeout=_QT_S, check=False
    )
    if asked.returncode:
        lines = asked.stderr.strip().splitlines() or [f"ended with {asked.returncode}"]
        remedy = f"{_INSTALL} the packages of packaging/system-packages.txt, and check DISPLAY"
        yield Finding(SCREEN, "Qt", State.FAULT, next((one for one in lines if "platform" in one), lines[-1]), remedy)
        return
    said = json.loads(asked.stdout.splitlines()[-1])
    if not blind:
        yield Finding(SCREEN, "screen", State.OK, f"{said['screen']} by {said['platform']}")
    yield _font("simplified Chinese", said["simplified"], "Noto Sans CJK SC")
    yield _font("traditional Chinese", said["traditional"], "Noto Sans CJK TC")


def _font(name: str, families: list[str], wanted: str) -> Finding:
    remedy = f"{_INSTALL} fonts-noto-cjk"
    if wanted in families:
        return Finding(SCREEN, name, State.OK, wanted)
    if families:
        found = f"only {families[0]}: Chinese and Latin letters do not belong together"
        return Finding(SCREEN, name, State.WARNING, found, remedy)
    return Finding(SCREEN, name, State.FAULT, "no font has its letters: they are drawn as boxes", remedy)


def clock() -> Iterator[Finding]:
    """Whether the time can be right: prices and receipts go by it."""
    now = datetime.now(UTC)
    shown = f"{now:%Y-%m-%d %H:%M} UTC"
    remedy = "sudo timedatectl set-ntp true, or set it and replace the mainboard's battery"
    if now.year < _BUILT:
        yield Finding(CLOCK, "date", State.FAULT, f"{shown} is before this program was made", remedy)
    else:
        yield Finding(CLOCK, "date", State.OK, f"{shown}, the zone here is {time.tzname[0]}")
    state = _kernel_clock()
    if state == _UNSYNCHRONISED:
        found = "no time server sets this clock"
        yield Finding(CLOCK, "time server", State.WARNING, found, "sudo timedatectl set-ntp true")
    elif state >= 0:
        yield Finding(CLOCK, "time server", State.OK, "sets this clock")


def _kernel_clock() -> int:
    """What the kernel knows of its clock, from whatever program sets it; -1 if it does not tell. Changes nothing."""
    try:
        return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)))
    except (OSError, AttributeError):
        return -1

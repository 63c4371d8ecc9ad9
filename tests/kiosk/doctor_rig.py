"""A lane's folder and file for the doctor to look at, and what it says of them."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kiosk.__main__ import main
from tests.kiosk.lane_rig import write_list

HEAD = """
[lane]
store = "s"
name = "lane-1"
[data]
dir = "data"
[[payment]]
id = "card"
gateway = "simulated"
[[staff]]
name = "Li"
badge_sha256 = "{badge}"
"""

CAMERA = '[[scanners]]\nname = "camera"\nkind = "camera"\nsource = "pictures-to-scan"\n'


@dataclass
class Said:
    status: int
    out: str
    err: str
    findings: list[dict[str, str]] = field(default_factory=list)

    def of(self, section: str, name: str = "") -> dict[str, str]:
        """The one finding of a section, or of that name in it."""
        (found,) = (one for one in self.findings if one["section"] == section and name in {"", one["name"]})
        return found

    @property
    def faults(self) -> list[str]:
        return [f"{one['section']}/{one['name']}" for one in self.findings if one["state"] == "fault"]


class DoctorRig:
    """A lane that is whole: a fresh price list, a folder of pictures for a camera."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        (self.data / "pictures-to-scan").mkdir()
        self.file = folder / "lane.toml"
        self.head = HEAD.format(badge="0" * 64)
        write_list(self.data / "price-list.sqlite", published_at=datetime.now(UTC))
        self.write(CAMERA)

    def write(self, more: str) -> None:
        """The file's sections besides the ones that every lane has."""
        self.file.write_text(self.head + more, encoding="utf-8")

    def ask(self, *arguments: str) -> Said:
        """Run `kiosk doctor` on that file."""
        return ask("--config", str(self.file), *arguments)


def ask(*arguments: str) -> Said:
    """Run `kiosk doctor`; its findings if it was asked for JSON."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["doctor", *arguments])
    said = Said(status, out.getvalue(), err.getvalue())
    if "--json" in arguments:
        said.findings = [json.loads(line) for line in said.out.splitlines()]
    return said

"""docs/licences.md is complete, true to what the packages declare, and holds nothing we may not pass on."""

import importlib.metadata
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKED = re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
PAGE = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
LISTED = dict(re.findall(r"^\| ([a-z0-9._-]+) \| ([^|]+) \| (?:lane|hub|development)", PAGE, re.MULTILINE))
# Those that the page gives a reason for. Of several joined by OR one is enough.
FITTING = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU",
    "MPL-2.0", "PSF-2.0", "Public domain", "Zlib",
}  # fmt: skip
# Modules that Qt gives under the GPL alone; some lie in the wheel, one import away.
GPL_ONLY_QT = re.compile(
    r"^\s*(?:import|from) \S*(?:Charts|DataVisualization|Graphs|Lottie|NetworkAuth|Quick3D|Timeline|VirtualKeyboard"
    r"|WaylandCompositor|QtWayland\.Compositor)\b",
    re.MULTILINE,
)


def test_every_locked_package_is_listed_and_nothing_else() -> None:
    assert sorted(LISTED) == sorted(LOCKED)


@pytest.mark.parametrize("name", sorted(LISTED))
def test_each_licence_may_be_passed_on_with_ours(name: str) -> None:
    alternatives = LISTED[name].split(" OR ")
    assert any(set(alternative.split(" AND ")) <= FITTING for alternative in alternatives)


@pytest.mark.parametrize("name", sorted(LISTED))
def test_the_page_says_what_the_package_itself_declares(name: str) -> None:
    try:
        metadata = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{name} is not installed here")
    # Older ones declare it in free text, which a person has read.
    declared = metadata["License-Expression"] if "License-Expression" in metadata else LISTED[name]
    assert declared == LISTED[name], "its licence has changed: read it, then the page"


def test_each_licence_has_its_reason_on_the_page() -> None:
    assert all(f"{licence}" in PAGE.split("## Python packages")[0] for licence in FITTING)


def test_no_module_of_qt_is_used_that_is_under_the_gpl_alone() -> None:
    sources = (file for ending in ("*.py", "*.qml") for file in (ROOT / "kiosk").rglob(ending))
    users = [str(file) for file in sources if GPL_ONLY_QT.search(file.read_text(encoding="utf-8"))]
    assert users == []


@pytest.mark.parametrize(
    "line", ["import QtQuick.VirtualKeyboard", "    import QtQuick3D 6.5", "from PySide6.QtCharts import X"]
)
def test_such_a_use_would_be_found(line: str) -> None:
    assert GPL_ONLY_QT.search(line)

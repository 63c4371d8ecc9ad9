"""A misspelt name in the QML is found against the view-models in Python, before anybody runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "qml_lint.py"

VIEW_MODEL = '''
"""What QML sees."""

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class BasketViewModel(QObject):
    totalTextChanged = Signal()

    @Property(str, notify=totalTextChanged)
    def totalText(self) -> str:
        return ""
'''

SCREEN = """import QtQuick
import ScanAndGo

Text {
    required property BasketViewModel basket

    text: basket.totalText
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "viewmodels").mkdir()
    (tmp_path / "viewmodels" / "basket.py").write_text(VIEW_MODEL)
    (tmp_path / "qml").mkdir()
    return tmp_path


def lint(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, str(SCRIPT), *arguments, "--root", str(project))
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_names_that_exist_pass(project: Path) -> None:
    (project / "qml" / "Total.qml").write_text(SCREEN)
    done = lint(project, "lint")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_misspelt_property_is_found(project: Path) -> None:
    (project / "qml" / "Total.qml").write_text(SCREEN.replace("basket.totalText", "basket.totlText"))
    done = lint(project, "lint")
    assert done.returncode == 1
    assert 'Member "totlText" not found on type "BasketViewModel"' in done.stdout + done.stderr


def test_bad_form_is_found_and_mended(project: Path) -> None:
    screen = project / "qml" / "Total.qml"
    screen.write_text(SCREEN.replace("    text:", "  text  :"))
    assert lint(project, "format").returncode == 1
    assert lint(project, "format", "--fix").returncode == 0
    assert screen.read_text() == SCREEN
    assert lint(project, "format").returncode == 0


@pytest.mark.parametrize("what", ["format", "lint"])
def test_no_qml_at_all_passes_and_says_so(project: Path, what: str) -> None:
    done = lint(project, what)
    assert done.returncode == 0
    assert "no QML files" in done.stdout


def test_a_base_class_and_a_part_of_another_class_are_known_whatever_their_files_are_called(project: Path) -> None:
    base = VIEW_MODEL.replace("BasketViewModel", "Mirror")
    lane = '''
"""The root: sorts before the file of its base."""

from PySide6.QtCore import Property
from PySide6.QtQml import QmlElement

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class LaneViewModel(Mirror):
    @Property(Mirror, constant=True)
    def basket(self) -> Mirror:
        return self._basket
'''
    (project / "viewmodels" / "mirror.py").write_text(base)
    (project / "viewmodels" / "basket.py").write_text(lane)
    screen = SCREEN.replace("BasketViewModel basket", "LaneViewModel lane").replace("basket.", "lane.basket.")
    (project / "qml" / "Total.qml").write_text(screen)
    done = lint(project, "lint")
    assert done.returncode == 0, done.stdout + done.stderr
    (project / "qml" / "Total.qml").write_text(screen.replace("totalText", "totlText"))
    assert lint(project, "lint").returncode == 1

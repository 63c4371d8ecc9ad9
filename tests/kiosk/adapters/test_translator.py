"""QML's texts come from the catalogue, and a thousand language switches do not end the lane."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QCoreApplication, qtTrId

from kiosk.adapters.translator import CatalogueTranslator
from kiosk.services.texts import Texts


@pytest.fixture
def translator(qapp):
    translator = CatalogueTranslator(Texts.load())
    qapp.installTranslator(translator)
    yield translator
    qapp.removeTranslator(translator)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Please do not pay again."), ("zh-CN", "请不要再次付款。"), ("zh-TW", "請不要再次付款。")],
)
def test_a_key_is_answered_in_the_language_shown(translator, language, words):
    translator.shown = language
    assert qtTrId("unknown.text") == words


def test_texts_of_qt_itself_are_left_alone(translator):
    assert QCoreApplication.translate("QDialog", "Close.") == "Close."


def test_a_hundred_thousand_calls_into_qt_do_not_use_up_none():
    code = (
        "import kiosk; from PySide6.QtCore import QObject; thing = QObject()\n"
        "for _ in range(100_000): thing.setObjectName('x')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")

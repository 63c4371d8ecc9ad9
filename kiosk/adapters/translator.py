"""Answers QML's qsTrId from the one catalogue that Python reads too: a language is one file."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTranslator

from kiosk.services.texts import Texts


class CatalogueTranslator(QTranslator):
    """Install it, set `shown` (a language), then let the QML engine retranslate."""

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self.shown = texts.languages[0]

    def isEmpty(self) -> bool:
        """Never: Qt would not ask an empty translator."""
        return False

    def translate(self, context: str | None, source: str, _disambiguation: str | None = None, _n: int = -1) -> str:
        """The text of a catalogue key; qsTrId asks without a context, Qt's own texts come with one."""
        return source if context or "." not in source else self._texts.text(self.shown, source)

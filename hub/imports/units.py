"""Words for a kilogram and a piece. A word that may mean another weight is refused: its price would be a wrong one."""

from __future__ import annotations

import re
from typing import Final

from hub.imports.codes import Remark
from hub.imports.errors import RowRefused
from hub.imports.mapping import UnitSection
from retail.product import Unit

_KG: Final = (
    "kg",
    "kilo",
    "kilos",
    "kilogram",
    "kilograms",
    "kilogramme",
    "kgm",
    "1kg",
    "/kg",
    "per kg",
    "千克",
    "公斤",
)
_PIECE: Final = (
    "piece pieces pc pcs each ea unit units item ct count st stk stück ko kom h87 c62 件 个 個 只 瓶 包 盒 袋 罐"
)
_OTHER_WEIGHT: Final = re.compile(
    r"(?:/|per\s*)?[\d.,\s]*(?:g|gr|gram|grams|gramme|dag|kg|lb|lbs|pound|oz|ounce|斤|克|两|兩|t|ton)\.?", re.IGNORECASE
)


class UnitWords:
    """Reads the unit column of one list; its own words, if it names any, are the only ones."""

    def __init__(self, section: UnitSection, default: Unit) -> None:
        self._strict = bool(section.kg or section.piece)
        self._words = {"": default}
        if not self._strict:
            self._words |= dict.fromkeys(_KG, Unit.KG) | dict.fromkeys(_PIECE.split(), Unit.PIECE)
        self._words |= {word.strip().casefold(): Unit.PIECE for word in section.piece}
        self._words |= {word.strip().casefold(): Unit.KG for word in section.kg}

    def unit(self, text: str, found: list[Remark]) -> Unit:
        """The unit of a row; RowRefused for a word that is not known."""
        word = text.strip().casefold()
        unit = self._words.get(word)
        if unit is not None:
            return unit
        if self._strict or _OTHER_WEIGHT.fullmatch(word):
            raise RowRefused(
                "unknown_unit", f"its unit {text.strip()!r} is not known; add it to [units] in a mapping file"
            )
        found.append(("unit_unclear", f"its unit {text.strip()!r} is not known; it is sold by the piece"))
        return Unit.PIECE

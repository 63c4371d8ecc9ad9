"""Values of one campaign as a manager writes them: TOML's own kinds, or the text of a CSV cell."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from hub.imports.amounts import Amounts
from hub.imports.errors import RowRefused
from hub.imports.shop_products import nearest

_WEIGHT: Final = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(kg|g|公斤|千克|克)", re.IGNORECASE)
_KILOS: Final = frozenset({"kg", "公斤", "千克"})
_GRAMS_PER_KG: Final = 1000
_ALL_BP: Final = 10_000
_FLAGS: Final = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}


class Cells:
    """What a table says; every method is given a key, and raises RowRefused with what is wrong with its value."""

    def __init__(self, values: Mapping[str, Any], amounts: Amounts) -> None:
        self._values = {key: value for key, value in values.items() if value not in ("", None)}
        self.amounts = amounts

    def has(self, key: str) -> bool:
        """Whether it is written at all; an empty cell is not."""
        return key in self._values

    def keys(self) -> list[str]:
        """All that is written."""
        return list(self._values)

    def text(self, key: str) -> str:
        """One value as text; empty if it is not written."""
        return _text(key, self._values.get(key, ""))

    def texts(self, key: str, separator: str | None = None) -> tuple[str, ...]:
        """Several: a list, or a text with spaces (or the separator) between them; each once."""
        value = self._values.get(key, "")
        found = value if isinstance(value, list) else _text(key, value).split(separator)
        return tuple(dict.fromkeys(one for one in (_text(key, one) for one in found) if one))

    def flag(self, key: str) -> bool:
        """Yes or no; no if it is not written."""
        value = self._values.get(key, "")
        word = str(value).lower() if isinstance(value, bool) else _text(key, value).lower()
        if word not in _FLAGS:
            raise RowRefused("bad_value", f"its {key} {word!r} is neither yes nor no; write true or false")
        return _FLAGS[word]

    def whole(self, key: str, *, least: int, most: int) -> int:
        """A whole number between two others."""
        text = self.text(key)
        sign = text.removeprefix("-")
        number = int(text) if sign.isascii() and sign.isdigit() and len(sign) <= len(str(most)) else None
        if number is None or not least <= number <= most:
            raise RowRefused(f"bad_{key}", f"its {key} {text!r} is no whole number from {least} to {most}")
        return number

    def money(self, key: str) -> int:
        """An amount above zero, in minor units of the store's currency."""
        try:
            return self.amounts.price(self.text(key))
        except RowRefused as exc:
            raise RowRefused(exc.reason, str(exc).replace("price", key, 1)) from exc

    def percent(self, key: str) -> int:
        """Hundredths of a percent: above 0, up to 100 %."""
        text = self.text(key)
        try:
            basis_points = Decimal(text.removesuffix("%").strip()) * 100
        except InvalidOperation as exc:
            raise RowRefused(
                "bad_percent", f"its {key} {text!r} is no number of percent; write 20 for 20 % off"
            ) from exc
        if not (basis_points.is_finite() and 0 < basis_points <= _ALL_BP):
            raise RowRefused("bad_percent", f"its {key} {text!r} is not above 0 and up to 100; write 20 for 20 % off")
        if basis_points != basis_points.to_integral_value():
            raise RowRefused("bad_percent", f"its {key} {text!r} is finer than two decimals")
        return int(basis_points)

    def grams(self, key: str) -> int:
        """A weight: '1.9 kg', '500 g'."""
        match = _WEIGHT.fullmatch(self.text(key))
        weight = Decimal(match[1]) * (_GRAMS_PER_KG if match[2].lower() in _KILOS else 1) if match else Decimal(0)
        if weight <= 0 or weight != weight.to_integral_value():
            raise RowRefused(
                f"bad_{key}", f"its {key} {self.text(key)!r} is no weight; write one as '1.9 kg' or '500 g'"
            )
        return int(weight)

    def table(self, key: str, known: Collection[str]) -> Cells:
        """A table within this one, of these keys only."""
        return self._nested(key, self._values.get(key), known)

    def tables(self, key: str, known: Collection[str]) -> list[Cells]:
        """A list of tables."""
        value = self._values.get(key)
        if not isinstance(value, list):
            raise RowRefused("bad_value", f"its {key} is no list of tables; write {key} = [{{ … }}, {{ … }}]")
        return [self._nested(f"{key} number {place}", one, known) for place, one in enumerate(value, start=1)]

    def pairs(self, key: str) -> list[tuple[str, str]]:
        """Names with a value each: a TOML table, or text as 'first=50; second=25'."""
        value = self._values.get(key, "")
        if isinstance(value, Mapping):
            return [(name, _text(key, one)) for name, one in value.items()]
        parts = [part.rpartition("=") for part in _text(key, value).split(";") if part.strip()]
        return [(name.strip(), one.strip()) for name, _, one in parts]

    def _nested(self, key: str, value: Any, known: Collection[str]) -> Cells:
        if not isinstance(value, Mapping):
            raise RowRefused("bad_value", f"its {key} is no table; write it in TOML, as {{ {next(iter(known))} = … }}")
        for name in value:
            if name not in known:
                raise unknown_word(f"key of its {key}", name, known)
        return Cells(value, self.amounts)


def unknown_word(what: str, word: str, known: Collection[str]) -> RowRefused:
    """The refusal of a word that is none of those known, with the nearest of them."""
    near = nearest(word, set(known)) or f"; write one of {', '.join(known)}"
    return RowRefused("bad_value", f"the {what} {word!r} is not known{near}")


def _text(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    kinds = {bool: "true or false", list: "a list", dict: "a table", time: "a time of day", float: "a decimal number"}
    kind = kinds.get(type(value), "of another kind")
    raise RowRefused("bad_value", f"its {key} is {kind}; write one text, number or date")

"""Shop labels: in-store barcodes that carry a price, a weight or a count, described by templates.

A template is the name of a preset (retail.label_presets) or digits and fields: `21{item:5}{price:5}{check}`.

- `{item:N}` the shop's item number (PLU), N digits;
- `{price:N}` in minor units, `{price:N:100}` in units of so many of them;
- `{weight:N}` in grams, `{weight:N:10g}` in units of so many grams; `{count:N}` pieces;
- `{price_check}`, `{weight_check}`, `{count_check}` the inner check digit of a field of 4 or 5 digits (GS1 General
  Specifications 7.9.2 to 7.9.4);
- `{any:N}` digits to be ignored; `{check}` the GS1 check digit of all before it.

A label of 12 or 13 digits is also read where a scanner put zeros before it or left out its one leading zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from retail.gtin import GTIN_LENGTH, check_digit, has_valid_check_digit, is_digits
from retail.label_presets import LABEL_PRESETS

_PART: Final = re.compile(
    r"\{(?P<name>item|price|weight|count|any):(?P<width>\d{1,2})(?::(?P<unit>\d{1,4})(?P<gram>g?))?\}"
    r"|\{(?P<check>check|(?:price|weight|count)_check)\}|(?P<literal>\d+)",
    re.ASCII,
)
_AMOUNTS: Final = ("price", "weight", "count")
_INNER_WIDTHS: Final = {4, 5}


class LabelTemplateError(ValueError):
    """A template that cannot be understood; the message says where."""


@dataclass(frozen=True, slots=True)
class LabelReading:
    """What a label says: item number, and the price in minor units, the weight in grams or the count of pieces."""

    item: str
    price_minor: int | None
    grams: int | None
    base_code: str  # the code with its amounts zeroed: some lists carry the item under it
    count: int | None = None
    template: str = ""
    sound: bool = True  # the inner check digit fits its amount; if not, the amounts are None


@dataclass(frozen=True, slots=True)
class _Form:
    """One layout of digits."""

    prefix: str
    length: int
    expression: re.Pattern[str]
    units: Mapping[str, int]
    checked: bool

    def read(self, code: str, template: str) -> LabelReading | None:
        digits = self._fitted(code)
        match = self.expression.fullmatch(digits) if digits.startswith(self.prefix) else None
        if match is None or (self.checked and not has_valid_check_digit(digits)):
            return None
        found = match.groupdict()
        sound = all(found[f"{name}_check"] == _inner_check(found[name]) for name in _inner(found))
        price, grams, count = (self._amount(found, name) if sound else None for name in _AMOUNTS)
        return LabelReading(found["item"], price, grams, self._base(digits, match), count, template, sound)

    def _fitted(self, code: str) -> str:
        """The code in the template's length, if only zeros at its front make the difference."""
        extra = len(code) - self.length
        if extra == 0 or self.length not in {12, 13}:
            return code
        if extra > 0 and len(code) <= GTIN_LENGTH and not code[:extra].strip("0"):
            return code[extra:]
        return "0" + code if extra == -1 else code

    def _amount(self, found: Mapping[str, str], name: str) -> int | None:
        return int(found[name]) * self.units[name] if name in found else None

    def _base(self, code: str, match: re.Match[str]) -> str:
        digits = list(code)
        for name, text in match.groupdict().items():
            start, end = match.span(name)
            if name in _AMOUNTS:
                digits[start:end] = "0" * len(text)
            elif name.endswith("_check"):
                digits[start] = "0"  # the inner check digit of all zeros
        if self.checked:
            digits[-1] = check_digit("".join(digits[:-1]))
        return "".join(digits)


@dataclass(frozen=True, slots=True)
class LabelTemplate:
    """One parsed template; a preset may stand for several layouts."""

    pattern: str
    forms: tuple[_Form, ...]

    @classmethod
    def parse(cls, pattern: str) -> LabelTemplate:
        """Parse the syntax of this module's docstring; raises LabelTemplateError."""
        if re.fullmatch(r"[a-z][a-z0-9-]*", pattern) and pattern not in LABEL_PRESETS:
            known = ", ".join(sorted(LABEL_PRESETS))
            raise LabelTemplateError(f"label template {pattern!r}: there is no such preset; there are: {known}")
        return cls(pattern, tuple(_form(layout) for layout in LABEL_PRESETS.get(pattern, (pattern,))))

    def read(self, code: str) -> LabelReading | None:
        """The reading of a code, or None if it is not such a label. A wrong check digit is no label: its
        price cannot be trusted, unlike a product code's identity. A wrong inner one is a label that is not sound."""
        if not is_digits(code):
            return None
        for form in self.forms:
            reading = form.read(code, self.pattern)
            if reading is not None:
                return reading
        return None


def _form(layout: str) -> _Form:
    expression, place, names, units = "", 0, [""], {}
    while place < len(layout):
        part = _PART.match(layout, place)
        if part is None:
            raise LabelTemplateError(f"label template {layout!r}: cannot read {layout[place:]!r}")
        name, width = part["name"] or part["check"] or "", int(part["width"] or len(part["literal"] or "1"))
        if name not in {"", "any"} and name in names:
            raise LabelTemplateError(f"label template {layout!r}: {{{name}}} stands twice")
        units[name] = _unit(layout, part)
        expression += part["literal"] or (rf"\d{{{width}}}" if name == "any" else rf"(?P<{name}>\d{{{width}}})")
        names += [name] * width
        place = part.end()
    _check_fields(layout, names)
    prefix = re.match(r"\d*", layout)
    return _Form(prefix[0] if prefix else "", len(names) - 1, re.compile(expression, re.ASCII), units, "check" in names)


def _unit(layout: str, part: re.Match[str]) -> int:
    """How many grams or minor units one of a field's units is; 1 for a field that has none."""
    wanted = {"weight": "g", "price": ""}
    if part["unit"] is None:
        return 1
    if part["name"] not in wanted or part["gram"] != wanted[part["name"]] or int(part["unit"]) < 1:
        raise LabelTemplateError(
            f"label template {layout!r}: cannot read {part[0]!r}; units are as in {{weight:4:10g}} and {{price:4:100}}"
        )
    return int(part["unit"])


def _check_fields(layout: str, names: list[str]) -> None:
    """`names`: of the field that each digit belongs to."""
    if "item" not in names or not set(_AMOUNTS) & set(names):
        raise LabelTemplateError(
            f"label template {layout!r}: needs {{item:N}} and one of {{price:N}}, {{weight:N}}, {{count:N}}"
        )
    if "check" in names and names[-1] != "check":
        raise LabelTemplateError(f"label template {layout!r}: {{check}} must come last")
    for name in _AMOUNTS:
        if f"{name}_check" in names and names.count(name) not in _INNER_WIDTHS:
            raise LabelTemplateError(
                f"label template {layout!r}: {{{name}_check}} needs a {{{name}:4}} or {{{name}:5}}"
            )


def _inner(found: Mapping[str, str]) -> list[str]:
    return [name for name in _AMOUNTS if f"{name}_check" in found]


def _inner_check(amount: str) -> str:
    from biip.checksums import gs1_price_weight_check_digit  # noqa: PLC0415 - as in retail.gs1

    return str(gs1_price_weight_check_digit(amount))

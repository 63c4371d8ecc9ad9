"""Shop labels: in-store barcodes that carry a price or a weight, described by templates.

A template is literal digits and fields: `21{item:5}{price:5}{check}`. Fields: `{item:N}` the shop's item number
(PLU), `{price:N}` minor units, `{weight:N}` grams, `{any:N}` digits to be ignored, `{check}` the GS1 check digit of
all before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retail.gtin import check_digit, has_valid_check_digit

_FIELD = re.compile(r"\{(item|price|weight|any):(\d+)\}|\{(check)\}|(\d+)")


class LabelTemplateError(ValueError):
    """A template that cannot be understood; the message says where."""


@dataclass(frozen=True, slots=True)
class LabelReading:
    """What a label says: item number, and the price in minor units and/or the weight in grams."""

    item: str
    price_minor: int | None
    grams: int | None
    base_code: str  # the code with price and weight zeroed: some lists carry the item under it


@dataclass(frozen=True, slots=True)
class LabelTemplate:
    """One parsed template."""

    pattern: str
    length: int
    expression: re.Pattern[str]
    checked: bool

    @classmethod
    def parse(cls, pattern: str) -> LabelTemplate:
        """Parse the syntax of this module's docstring; raises LabelTemplateError."""
        expression, length, place, fields = "", 0, 0, []
        while place < len(pattern):
            match = _FIELD.match(pattern, place)
            if match is None:
                raise LabelTemplateError(f"label template {pattern!r}: cannot read {pattern[place:]!r}")
            field, size, check, literal = match.groups()
            if literal:
                expression += literal
                length += len(literal)
            else:
                name, width = (field, int(size)) if field else (check, 1)
                if name != "any" and name in fields:
                    raise LabelTemplateError(f"label template {pattern!r}: {{{name}}} stands twice")
                expression += rf"\d{{{width}}}" if name == "any" else rf"(?P<{name}>\d{{{width}}})"
                length += width
                fields.append(name)
            place = match.end()
        if "item" not in fields or not {"price", "weight"} & set(fields):
            raise LabelTemplateError(f"label template {pattern!r}: needs {{item:N}} and {{price:N}} or {{weight:N}}")
        if "check" in fields and fields[-1] != "check":
            raise LabelTemplateError(f"label template {pattern!r}: {{check}} must come last")
        return cls(pattern, length, re.compile(expression, re.ASCII), "check" in fields)

    def read(self, code: str) -> LabelReading | None:
        """The reading of a code, or None if it is not such a label. A wrong check digit is no label: its
        price cannot be trusted, unlike a product code's identity."""
        if len(code) != self.length or (self.checked and not has_valid_check_digit(code)):
            return None
        match = self.expression.fullmatch(code)
        if match is None:
            return None
        found = match.groupdict()
        price, weight = found.get("price"), found.get("weight")
        return LabelReading(
            item=found["item"],
            price_minor=None if price is None else int(price),
            grams=None if weight is None else int(weight),
            base_code=self._base(code, match),
        )

    def _base(self, code: str, match: re.Match[str]) -> str:
        digits = list(code)
        for name in ("price", "weight"):
            if name in match.groupdict():
                start, end = match.span(name)
                digits[start:end] = "0" * (end - start)
        if self.checked:
            digits[-1] = check_digit("".join(digits[:-1]))
        return "".join(digits)

"""What of a paid sale can still be given back, and what each piece of it really cost, to the minor unit.

A line's price after all discounts is spread over its pieces by cumulative rounding: however often and in whatever parts
they come back, the parts add up to what was paid, and never to more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from retail.money import divide_half_up, spread
from retail.product import Unit
from retail.sale import Sale
from retail.sale_pricing import price_sale

# Why goods or money come back: a closed list, as statistics and catalogues need it.
REASONS: Final = ("damaged", "wrong_item", "price", "changed_mind", "other")

_SALE_ID: Final = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])")
_NUMBER: Final = re.compile(r"(?<![\w.-])\w[\w.-]{0,63}-[0-9A-F]{10}(?![\w-])", re.ASCII)
_LONGEST_NUMBER: Final = 80


class RefundImpossible(ValueError):
    """Something asked for that cannot be given back; `code` says why, `line` of which line."""

    def __init__(self, code: str, sentence: str, *, line: int = 0) -> None:
        super().__init__(sentence)
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line that was paid: `pieces` of it may come back one by one; a weighed or labelled one only whole (1)."""

    number: int
    pieces: int
    paid_minor: int
    names: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    grams: int | None = None
    unit: Unit = Unit.PIECE


@dataclass(frozen=True, slots=True)
class Given:
    """What of a line has been given back, or is being given back right now."""

    pieces: int = 0
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Some pieces of a line that are to be given back."""

    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PricedPart:
    """The same with its money."""

    line: int
    quantity: int
    amount_minor: int


NOTHING: Final = Given()


def sold_lines(sale: Sale, paid_minor: int) -> tuple[SoldLine, ...]:
    """The paid lines of a sale. They add up to `paid_minor`: where the lane took another sum than its lines come to,
    the difference is spread over them."""
    money = {line.number: line.net_minor for line in price_sale(sale).lines}
    sold = [line for line in sale.lines if line.number in money]
    shares = spread(paid_minor, [money[line.number] for line in sold])
    return tuple(
        SoldLine(
            number=line.number,
            pieces=line.quantity if line.by_piece and line.unit is Unit.PIECE else 1,
            paid_minor=share,
            names=line.names,
            code=line.code,
            grams=line.grams,
            unit=line.unit,
        )
        for line, share in zip(sold, shares, strict=True)
    )


def left_of(line: SoldLine, given: Given) -> Given:
    """Pieces and money of a line that nobody has got back yet."""
    return Given(max(0, line.pieces - given.pieces), max(0, line.paid_minor - given.amount_minor))


def worth(line: SoldLine, given: Given, quantity: int) -> int:
    """What some more pieces of a line are worth after what was given back of it.

    It completes the amount that all of them together are worth: a refund that was declined in between, and whose
    pieces come again, may have taken the odd cent with it.
    """
    together = divide_half_up(line.paid_minor * (given.pieces + quantity), line.pieces)
    return max(0, min(together, line.paid_minor) - given.amount_minor)


def price_parts(
    sold: Sequence[SoldLine], given: Mapping[int, Given], asked: Iterable[Part] | None
) -> tuple[PricedPart, ...]:
    """What is to be given back, by line; `asked` None is all that is left. Raises RefundImpossible."""
    if asked is None:
        left = ((line, left_of(line, given.get(line.number, NOTHING))) for line in sold)
        parts = tuple(PricedPart(line.number, rest.pieces, rest.amount_minor) for line, rest in left if rest.pieces)
        if not parts:
            raise RefundImpossible("nothing_left", "all of this sale has been given back")
    else:
        parts = _priced(sold, given, tuple(asked))
    if sum(part.amount_minor for part in parts) <= 0:
        raise RefundImpossible("nothing_paid", "nothing was paid for this: there is no money to give back")
    return parts


def receipt_named(text: str) -> str:
    """The sale's id or the receipt's number in a text: what staff typed, or a scanned receipt's code, which is
    an address with the sale's id or the receipt itself. Empty if it names none."""
    found = _SALE_ID.search(text)
    if found is None and "\n" in text.strip():
        found = _NUMBER.search(text)
    if found is not None:
        return found.group()
    plain = text.strip()
    return plain if plain and len(plain) <= _LONGEST_NUMBER and not re.search(r"[\s/]", plain) else ""


def _priced(sold: Sequence[SoldLine], given: Mapping[int, Given], asked: Sequence[Part]) -> tuple[PricedPart, ...]:
    lines = {line.number: line for line in sold}
    if not asked:
        raise RefundImpossible("nothing_chosen", "no line was chosen; choose one, or the whole receipt")
    if len({part.line for part in asked}) < len(asked):
        raise RefundImpossible("twice", "a line is named twice; name it once, with all its pieces")
    return tuple(_part(lines, given, part) for part in sorted(asked, key=lambda part: part.line))


def _part(lines: Mapping[int, SoldLine], given: Mapping[int, Given], part: Part) -> PricedPart:
    line = lines.get(part.line)
    if line is None:
        raise RefundImpossible("no_line", f"the sale has no paid line {part.line}", line=part.line)
    before = given.get(part.line, NOTHING)
    left = left_of(line, before).pieces
    if not 0 < part.quantity <= left:
        raise RefundImpossible(
            "too_many", f"of line {part.line} {left} can still be given back, not {part.quantity}", line=part.line
        )
    return PricedPart(part.line, part.quantity, worth(line, before, part.quantity))

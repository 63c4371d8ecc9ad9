"""A basket as one code: what a till needs to take it over, small enough for a QR code on a screen.

After the prefix: base32 (RFC 4648, no padding) of zlib over canonical JSON. Base32 and not base64: a QR code packs
capitals and digits in two thirds of the room, and a scanner that types them cannot get their case wrong. zlib's own
checksum tells a code that was damaged.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from retail.events import canonical_json
from retail.sale import Line, Sale

MOST_CHARACTERS: Final = 2520  # what a QR code of version 30 holds at level L: 137 modules, five dots each on a screen
_FORMAT: Final = 1
_WITH_SHOPPER: Final = 2  # the same, and at its end what the shopper showed: coupons and clubs
_MOST_BYTES: Final = 256 << 10  # unpacked; a small code may swell to megabytes
_MOST_LINES: Final = 500
_MOST_QUANTITY: Final = 9999
_MOST_SHOWN: Final = 100
_FIELDS: Final = ("code", "quantity", "grams", "label_minor", "gtin", "serial", "lot")
_PLAIN: Final[tuple[Any, ...]] = ("", 1, None, None, "", "", "")  # what a line need not say


class Trouble(StrEnum):
    """Why a code is no basket; chooses the shopper's words."""

    DAMAGED = "damaged"
    STRANGE = "strange"  # sound, but not of this program, or of a newer one


class BasketCodeError(ValueError):
    """A code that holds no basket."""

    def __init__(self, trouble: Trouble, sentence: str) -> None:
        super().__init__(sentence)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class HandedLine:
    """Goods as they were scanned: `code` as it is read anew, and what a code alone would not tell."""

    code: str
    quantity: int = 1
    grams: int | None = None
    label_minor: int | None = None
    gtin: str = ""
    serial: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class HandedBasket:
    """A basket on its way to another till. `pieces` counts also lines that the code was too small for (`whole`)."""

    sale_id: str
    lane: str
    number: str
    total_minor: int
    currency: str
    pieces: int
    lines: tuple[HandedLine, ...] = field(default=())
    whole: bool = True
    coupons: tuple[str, ...] = ()
    clubs: tuple[str, ...] = ()


def handed_basket(sale: Sale, *, number: str, total_minor: int, pieces: int) -> HandedBasket:
    """The basket of a sale; lines that are a problem stay behind."""
    lines = tuple(_handed_line(line) for line in sale.lines if not line.problem)
    return HandedBasket(
        sale.id,
        sale.lane,
        number,
        total_minor,
        sale.currency,
        pieces,
        lines,
        coupons=sale.coupons,
        clubs=sale.visit.clubs,
    )


def basket_code(basket: HandedBasket, prefix: str, most: int = MOST_CHARACTERS) -> str:
    """The code; without its lines where they are too many for `most` characters."""
    text = _packed(basket, prefix)
    if len(text) <= most or not basket.whole:
        return text
    bare = HandedBasket(
        basket.sale_id, basket.lane, basket.number, basket.total_minor, basket.currency, basket.pieces, whole=False
    )
    return _packed(bare, prefix)


def read_basket_code(code: str, prefix: str) -> HandedBasket:
    """The basket of a code. Raises BasketCodeError."""
    said = _unpacked(code.removeprefix(prefix))
    if not isinstance(said, list) or not said or said[0] not in {_FORMAT, _WITH_SHOPPER}:
        raise BasketCodeError(Trouble.STRANGE, "the code is sound, but of another program or a newer one; update ours")
    try:
        _, sale_id, lane, number, total_minor, currency, pieces, lines, *shown = said
        coupons, clubs = shown if said[0] == _WITH_SHOPPER else ((), ())
        basket = HandedBasket(
            _text(sale_id),
            _text(lane),
            _text(number),
            _count(total_minor),
            _text(currency),
            _count(pieces),
            tuple(_line(one) for one in lines or ()),
            whole=lines is not None,
            coupons=_texts(coupons),
            clubs=_texts(clubs),
        )
    except (TypeError, ValueError) as exc:
        raise BasketCodeError(Trouble.STRANGE, "the code is sound, but what it holds is no basket of ours") from exc
    if len(basket.lines) > _MOST_LINES:
        raise BasketCodeError(Trouble.STRANGE, f"the code holds more than {_MOST_LINES} lines; no basket has so many")
    return basket


def _handed_line(line: Line) -> HandedLine:
    return HandedLine(line.code, line.quantity, line.grams, line.label_minor, line.gtin, line.serial, line.lot)


def _packed(basket: HandedBasket, prefix: str) -> str:
    lines = [_short(line) for line in basket.lines] if basket.whole else None
    shown = [basket.coupons, basket.clubs] if basket.coupons or basket.clubs else []  # a lane of before reads the rest
    head = [basket.sale_id, basket.lane, basket.number, basket.total_minor, basket.currency, basket.pieces]
    said = [_WITH_SHOPPER if shown else _FORMAT, *head, lines, *shown]
    packed = zlib.compress(canonical_json(said).encode(), 9)
    return prefix + base64.b32encode(packed).decode().rstrip("=")


def _short(line: HandedLine) -> Any:
    """A line without what says nothing: most are a bare code."""
    values = [getattr(line, name) for name in _FIELDS]
    while len(values) > 1 and values[-1] == _PLAIN[len(values) - 1]:
        values.pop()
    return values[0] if len(values) == 1 else values


def _line(said: object) -> HandedLine:
    values: list[Any] = said if isinstance(said, list) else [said]
    if not 1 <= len(values) <= len(_FIELDS):
        raise ValueError("no line")
    code, quantity, grams, label_minor, gtin, serial, lot = (*values, *_PLAIN[len(values) :])
    if not 1 <= _count(quantity) <= _MOST_QUANTITY:
        raise ValueError("no quantity")
    return HandedLine(
        _text(code),
        quantity,
        None if grams is None else _count(grams),
        None if label_minor is None else _count(label_minor),
        _text(gtin),
        _text(serial),
        _text(lot),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("no text")
    return value


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, (list, tuple)) or len(values) > _MOST_SHOWN:
        raise ValueError("no texts")
    return tuple(dict.fromkeys(_text(one) for one in values))


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 53:
        raise ValueError("no count")
    return value


def _unpacked(text: str) -> object:
    try:
        packed = base64.b32decode(text + "=" * (-len(text) % 8))
        unzip = zlib.decompressobj()
        plain = unzip.decompress(packed, _MOST_BYTES)
    except (binascii.Error, ValueError, zlib.error) as exc:
        raise BasketCodeError(Trouble.DAMAGED, "the code was not read whole; scan it again") from exc
    if not unzip.eof or unzip.unused_data:
        raise BasketCodeError(Trouble.DAMAGED, "the code was not read whole; scan it again")
    try:
        return json.loads(plain)
    except (ValueError, RecursionError) as exc:
        raise BasketCodeError(Trouble.STRANGE, "the code is sound, but what it holds is no basket of ours") from exc

"""What a HID-POS scanner's reports say: the layout from its descriptor, long codes put together from several reports.

Usages of the Bar Code Scanner page, 0x8C, from the HID Point of Sale Usage Tables 1.02, section 3. Makers order and
size the fields differently: nothing here counts on a place.
"""

from dataclasses import dataclass
from typing import Final, Self

from hardware.hid_reports import Field, collections, elements, has_report_numbers, input_fields

BAR_CODE_SCANNER: Final = 0x8C0002
_PAGE: Final = 0x8C
_IDENTIFIERS: Final = (0x8C00FB, 0x8C00FC, 0x8C00FD)
_DECODED_DATA: Final = 0x8C00FE
_CONTINUED: Final = 0x8C00FF
_BYTE_COUNT: Final = 0x01003B
_BYTE: Final = 8
_LONGEST: Final = 8192
_CONTINUES_WITHIN_S: Final = 1.0
"""Reports of one code follow each other at every poll of the bus, in 1 to 10 ms."""


@dataclass(frozen=True, slots=True)
class Decoded:
    content: bytes
    identifier: str
    """The AIM identifier; empty where the report has none."""
    at: float


@dataclass(frozen=True, slots=True)
class _Layout:
    content: tuple[Field, ...]
    length: Field | None
    identifiers: tuple[Field, ...]
    continued: Field | None

    @classmethod
    def of(cls, fields: list[Field]) -> Self | None:
        """None for a report without decoded data: status, keys, triggers."""
        content = tuple(one for one in fields if one.usage == _DECODED_DATA and one.size == _BYTE)
        if not content:
            return None
        identifiers = (one for usage in _IDENTIFIERS for one in fields if one.usage == usage)
        return cls(
            content=content,
            length=next((one for one in fields if one.usage == _BYTE_COUNT), None),
            identifiers=tuple(identifiers),
            continued=next((one for one in fields if one.usage == _CONTINUED), None),
        )

    def part(self, report: bytes) -> bytes:
        received = b"".join(bytes(elements(report, one)) for one in self.content)
        if self.length is None:
            return received.rstrip(b"\0")
        return received[: elements(report, self.length)[0]]

    def identifier(self, report: bytes) -> str:
        codes = (code for one in self.identifiers for code in elements(report, one))
        return "".join(chr(code) for code in codes if 0x20 < code < 0x7F)  # noqa: PLR2004 - printable

    def continues(self, report: bytes) -> bool:
        return self.continued is not None and any(elements(report, self.continued))


class ScannedData:
    """Of one open device. Bounded: a code that never ends is dropped."""

    def __init__(self, descriptor: bytes) -> None:
        self._numbered = has_report_numbers(descriptor)
        self._layouts: dict[int, _Layout] = {}
        fields = input_fields(descriptor)
        for report in {one.report for one in fields}:
            layout = _Layout.of([one for one in fields if one.report == report])
            if layout is not None:
                self._layouts[report] = layout
        self._parts = b""
        self._spoilt = False
        self._last_at = float("-inf")

    @property
    def is_scanner(self) -> bool:
        """Whether any report carries decoded data."""
        return bool(self._layouts)

    @property
    def deadline(self) -> float | None:
        """Until when the rest of a code may come; None: nothing is half read."""
        return self._last_at + _CONTINUES_WITHIN_S if self._parts or self._spoilt else None

    def silent(self, at: float) -> None:
        """A rest that has not come by now never will."""
        if self.deadline is not None and at > self.deadline:
            self._parts, self._spoilt = b"", False

    def report(self, received: bytes, at: float) -> Decoded | None:
        """The code that this report completes."""
        number = received[0] if self._numbered and received else 0
        layout = self._layouts.get(number)
        if layout is None:
            return None
        body = received[1:] if self._numbered else received
        self.silent(at)
        self._last_at = at
        if not self._spoilt:
            self._parts += layout.part(body)
            self._spoilt = len(self._parts) > _LONGEST
        if layout.continues(body):
            return None
        whole, self._parts = self._parts, b""
        spoilt, self._spoilt = self._spoilt, False
        return None if spoilt or not whole else Decoded(whole, layout.identifier(body), at)


def says_scanner(descriptor: bytes) -> bool:
    """Whether a descriptor is of a bar code scanner, by its collections."""
    return any(usage >> 16 == _PAGE for usage in collections(descriptor))

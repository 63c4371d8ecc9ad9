"""Where a HID device's input reports carry what: a reader of report descriptors, as far as bar code scanners need it.

Items as in the Device Class Definition for HID 1.11, section 6.2.2. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

_LONG_ITEM: Final = 0xFE
_MAIN, _GLOBAL, _LOCAL = 0, 1, 2
_INPUT: Final = 0x8
_REPORT_ID: Final = 0x8
_CONSTANT: Final = 0x1
_MOST_FIELDS: Final = 4096
"""A descriptor has at most 4096 bytes; one that asks for more fields than that is broken."""


@dataclass(frozen=True, slots=True)
class Field:
    """Neighbouring elements of one usage."""

    report: int
    """The report's number; 0: its reports have none."""
    usage: int
    """Page in the upper sixteen bits."""
    bit: int
    """Where it begins, counted behind the report's number."""
    size: int
    """Bits of one element."""
    count: int = 1


@dataclass(frozen=True, slots=True)
class _Globals:
    page: int = 0
    size: int = 0
    count: int = 0
    report: int = 0


@dataclass(slots=True)
class _Locals:
    usages: list[int] = field(default_factory=list)
    minimum: int = 0


def input_fields(descriptor: bytes) -> tuple[Field, ...]:
    """All input fields that are not padding. A descriptor that breaks off gives what stands before the break."""
    fields: list[Field] = []
    offsets: dict[int, int] = {}
    now, stack, local = _Globals(), list[_Globals](), _Locals()
    for kind, tag, size, value in _items(descriptor):
        if kind == _GLOBAL:
            now = _global(now, stack, tag, value)
        elif kind == _LOCAL:
            _local(local, tag, value if size > 2 else now.page << 16 | value)  # noqa: PLR2004 - extended usages have four
        elif kind == _MAIN:
            if tag == _INPUT:
                at = offsets.get(now.report, 0)
                offsets[now.report] = at + now.size * now.count
                if not value & _CONSTANT:
                    fields += _runs(now, local.usages, at)
            local = _Locals()
    return tuple(fields)


def has_report_numbers(descriptor: bytes) -> bool:
    """Whether each report begins with its number."""
    return any(kind == _GLOBAL and tag == _REPORT_ID for kind, tag, _, _ in _items(descriptor))


def collections(descriptor: bytes) -> frozenset[int]:
    """The usages of its collections: what the device says that it is."""
    page, usage, found = 0, 0, set()
    for kind, tag, size, value in _items(descriptor):
        if kind == _GLOBAL and tag == 0:
            page = value
        elif kind == _LOCAL and tag == 0:
            usage = value if size > 2 else page << 16 | value  # noqa: PLR2004 - as above
        elif kind == _MAIN and tag == 0xA:  # noqa: PLR2004 - Collection
            found.add(usage)
    return frozenset(found)


def elements(report: bytes, place: Field) -> list[int]:
    """The field's values in a report without its number; what a short report lacks is 0."""
    bits = int.from_bytes(report, "little") >> place.bit
    mask = (1 << place.size) - 1
    return [bits >> place.size * index & mask for index in range(place.count)]


def _items(descriptor: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Type, tag, size of the data, and the data."""
    at = 0
    while at < len(descriptor):
        head = descriptor[at]
        if head == _LONG_ITEM:
            at += 3 + (descriptor[at + 1] if at + 1 < len(descriptor) else 0)
            continue
        size = (0, 1, 2, 4)[head & 3]
        body = descriptor[at + 1 : at + 1 + size]
        if len(body) < size:
            return
        yield head >> 2 & 3, head >> 4, size, int.from_bytes(body, "little")
        at += 1 + size


def _global(now: _Globals, stack: list[_Globals], tag: int, value: int) -> _Globals:
    match tag:
        case 0x0:
            return replace(now, page=value)
        case 0x7:
            return replace(now, size=value)
        case 0x8:
            return replace(now, report=value)
        case 0x9:
            return replace(now, count=min(value, _MOST_FIELDS))
        case 0xA:
            stack.append(now)
        case 0xB:
            return stack.pop() if stack else now
    return now


def _local(local: _Locals, tag: int, usage: int) -> None:
    if tag == 0:
        local.usages.append(usage)
    elif tag == 1:
        local.minimum = usage
    elif tag == 2:  # noqa: PLR2004 - the maximum, which closes a range
        local.usages += range(local.minimum, min(usage, local.minimum + _MOST_FIELDS) + 1)


def _runs(now: _Globals, usages: list[int], at: int) -> list[Field]:
    """The last usage stands for all elements that are left."""
    found: list[Field] = []
    for index in range(now.count if usages else 0):
        usage = usages[min(index, len(usages) - 1)]
        if found and found[-1].usage == usage:
            found[-1] = replace(found[-1], count=found[-1].count + 1)
        else:
            found.append(Field(now.report, usage, at + index * now.size, now.size))
    return found

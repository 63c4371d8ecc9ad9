"""What a store sells, as an import hands it to the hub's database, and the report that an import ends with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from hub.promotions.found import Found
from offline_cache.price_list.writer import PriceRow, RecallRow
from retail.payment_policy import PaymentPolicy
from retail.product import Product

_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """A product with its codes (each with the pieces it stands for), prices and search terms."""

    product: Product
    codes: Mapping[str, int]
    prices: tuple[PriceRow, ...]
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category; `picture` names one of the catalogue's pictures, or is empty."""

    id: str
    names: Mapping[str, str]
    picture: str = ""
    sort: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The shop's own part: everything but the products. `pictures` maps a name to media type and content."""

    store: str
    currency: str
    time_zone: str = "UTC"
    names: Mapping[str, str] = field(default_factory=dict)
    receipt: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bag_skus: tuple[str, ...] = ()
    categories: tuple[CategoryRow, ...] = ()
    label_templates: tuple[tuple[str, str], ...] = ()  # (pattern, name) in the order they are tried
    campaigns: tuple[Found, ...] = ()  # that it writes itself; those of feeds are not its
    pictures: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    recalls: tuple[RecallRow, ...] = ()  # those of the shop's own folder
    payments: PaymentPolicy | None = None  # what may be sold for without a line; None: as it was


@dataclass(slots=True)
class ReasonTally:
    """How often one reason came up, and the first rows that had it."""

    count: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, row: int, code: str, text: str) -> None:
        """Count one more; the first three are kept as {"row": line number, "code", "text"}."""
        self.count += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append({"row": row, "code": code, "text": text})


@dataclass(slots=True)
class ImportReport:
    """What became of the rows of one file. Every row read is taken, refused, or of another store (skipped).

    `warned` counts taken rows with at least one warning; a row may have several, so the tallies can add up to more.
    """

    file: str
    format: str
    store: str = ""
    feed_store: str = ""
    currency: str = ""
    read: int = 0
    taken: int = 0
    warned: int = 0
    refused: int = 0
    skipped: int = 0
    warnings: dict[str, ReasonTally] = field(default_factory=dict)
    refusals: dict[str, ReasonTally] = field(default_factory=dict)
    seconds: float = 0.0

    def warn(self, reason: str, *, row: int, code: str, text: str) -> None:
        """Tally a warning; the caller counts the row in `warned` once."""
        self.warnings.setdefault(reason, ReasonTally()).add(row, code, text)

    def refuse(self, reason: str, *, row: int, code: str, text: str) -> None:
        """Tally a refused row."""
        self.refused += 1
        self.refusals.setdefault(reason, ReasonTally()).add(row, code, text)

    def take_nothing(self) -> None:
        """The file is refused as a whole: what was taken so far counts no more."""
        self.taken = self.warned = 0
        self.warnings.clear()

    def as_dict(self) -> dict[str, Any]:
        """The report for machines (`--json`); reasons most frequent first."""
        return {
            "file": self.file,
            "format": self.format,
            "store": self.store,
            "feed_store": self.feed_store,
            "currency": self.currency,
            "rows_read": self.read,
            "rows_taken": self.taken,
            "rows_warned": self.warned,
            "rows_refused": self.refused,
            "rows_other_stores": self.skipped,
            "seconds": round(self.seconds, 3),
            "reasons": [*_reasons("refused", self.refusals), *_reasons("warned", self.warnings)],
        }

    def as_text(self) -> str:
        """The report for people."""
        summary = (
            f"{self.file}: {self.read:,} rows read in {self.seconds:.1f} s, {self.taken:,} taken "
            f"({self.warned:,} with a warning), {self.refused:,} refused, {self.skipped:,} of other stores"
        )
        lines = [summary]
        for title, tallies in (("refused", self.refusals), ("taken with a warning", self.warnings)):
            for reason in _reasons("refused", tallies):
                lines.append(f"  {reason['count']:>8,}  {title}: {reason['reason'].replace('_', ' ')}")
                lines += [f"            row {one['row']}: {one['text']}" for one in reason["examples"]]
        return "\n".join(lines)


def _reasons(kind: Literal["refused", "warned"], tallies: Mapping[str, ReasonTally]) -> list[dict[str, Any]]:
    ordered = sorted(tallies.items(), key=lambda entry: (-entry[1].count, entry[0]))
    return [
        {"kind": kind, "reason": reason, "count": tally.count, "examples": tally.examples} for reason, tally in ordered
    ]

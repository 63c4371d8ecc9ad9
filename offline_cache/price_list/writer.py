"""Writes one price-list.sqlite snapshot: all rows in one transaction, then indexes, then a closed file."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from offline_cache.price_list.schema import LIST, VERSION, Expected
from retail.events import canonical_json
from retail.product import Product
from retail.promotions.body import campaign_body
from retail.promotions.campaign import Campaign, Kind, Terms, When
from retail.recall import Recall

_AT_ONCE: Final = 1000
_PRODUCT_ROWS: Final = (
    "INSERT INTO product VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "INSERT INTO code VALUES (?, ?, ?)",
    "INSERT INTO price VALUES (?, ?, ?, ?, ?, ?)",
    "INSERT INTO taking VALUES (?, ?, ?, ?)",
    "INSERT OR IGNORE INTO search_term VALUES (?, ?)",
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What the list says of itself. `published_at` is aware UTC; `receipt` holds header, footer, tax_id by language.

    `state` names the exact content (32 hex digits): a delta fits the one that it was made from. `limits` are the shop's
    own, by which a lane judges whether the next list is plausible; `imports`, how many there were in all: each was
    judged by the hub, so the limits hold for each. `payments`: what may be sold for without a line, see
    retail.payment_policy; `membership`: the shop's programme for members, see retail.membership.programme, empty for
    none. A lane that does not know them yet leaves them alone.
    """

    store: str
    revision: int
    currency: str
    published_at: datetime
    time_zone: str = "UTC"
    names: Mapping[str, str] = field(default_factory=dict)
    receipt: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bag_skus: tuple[str, ...] = ()
    channel: str = "lane"
    state: str = ""
    limits: Mapping[str, float] = field(default_factory=dict)
    imports: int = 0
    payments: Mapping[str, Any] = field(default_factory=dict)
    membership: Mapping[str, Any] = field(default_factory=dict)

    def rows(self) -> dict[str, str]:
        """The rows of table meta."""
        return {
            "store": self.store,
            "channel": self.channel,
            "revision": str(self.revision),
            "state": self.state,
            "currency": self.currency,
            "published_at": self.published_at.isoformat(timespec="seconds"),
            "time_zone": self.time_zone,
            "names": _json(self.names),
            "receipt": _json({key: dict(value) for key, value in self.receipt.items()}),
            "bag_skus": json.dumps(self.bag_skus),
            "limits": _json(self.limits),
            "imports": str(self.imports),
            "payments": _json(self.payments),
            "membership": _json(self.membership),
        }


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price of a product: kind 'list', 'special' or 'member', minor units, validity in epoch seconds (until is
    exclusive). Those of one kind do not overlap. `lowest_minor`: of a special price, the lowest of the 30 days before.
    """

    kind: str
    minor: int
    valid_from: int | None = None
    valid_until: int | None = None
    lowest_minor: int | None = None


@dataclass(frozen=True, slots=True)
class TakingRow:
    """That a product takes part in a campaign of the list: its id, the group, and what such goods cost by it if they
    have a price of their own in it."""

    campaign: str
    group: int = 0
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign of the list: its terms as canonical JSON (retail.promotions.body), and what is told of them again."""

    id: str
    terms: str
    valid_from: int | None = None
    valid_until: int | None = None
    everything: bool = False

    @classmethod
    def of(cls, campaign: Campaign) -> Self:
        """The row of a campaign."""
        when, terms = campaign.when, canonical_json(campaign_body(campaign))
        return cls(campaign.id, terms, when.valid_from, when.valid_until, campaign.everything)


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A multi-buy and the SKUs that take part, which is most of what shops write by hand."""

    id: str
    quantity: int
    price_minor: int
    names: Mapping[str, str]
    skus: tuple[str, ...]
    valid_from: int | None = None
    valid_until: int | None = None
    kind: str = "n_for_x"

    @property
    def campaign(self) -> Campaign:
        """The campaign that it is."""
        terms = Terms(Kind.N_FOR_X, self.quantity, price=self.price_minor)
        return Campaign(self.id, terms, self.names, When(self.valid_from, self.valid_until))


@dataclass(frozen=True, slots=True)
class RecallRow:
    """Goods of a product that were called back, until a moment (epoch seconds, exclusive) if one was set."""

    sku: str
    recall: Recall
    valid_until: int | None = None


class PriceListWriter:
    """Context manager: leaves a whole file at `path`, or none if anything failed.

    Products come first; multi-buys name their SKUs. `product_ids`: of products that offers name but that are not added,
    as in the part of a list from which a delta is made. Raises sqlite3.Error for rows that the schema refuses.
    """

    def __init__(self, path: Path, meta: Meta, product_ids: Mapping[str, int] = MappingProxyType({})) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._meta = meta
        self._ids: dict[str, int] = dict(product_ids)
        self._last = 0
        self._waiting: dict[str, list[tuple[object, ...]]] = {statement: [] for statement in _PRODUCT_ROWS}
        self._waiting_products = 0

    def __enter__(self) -> Self:
        """Start a new file beside the target."""
        self._part.unlink(missing_ok=True)
        self._db = create_file(self._part, LIST)
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO meta VALUES (?, ?)", self._meta.rows().items())
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        """Finish and move into place, or leave nothing."""
        try:
            if kind is None:
                self._flush()
                for statement in LIST.indexes.values():
                    self._db.execute(statement)
                self._db.execute("COMMIT")
        except BaseException:
            self._part.unlink(missing_ok=True)
            raise
        finally:
            self._db.close()
        if kind is not None:
            self._part.unlink(missing_ok=True)
            return
        with self._part.open("rb+") as file:
            os.fsync(file.fileno())
        self._part.replace(self._path)

    def add_category(self, category: str, names: Mapping[str, str], picture: str, sort: int) -> None:
        """Add a category; `picture` names one added with add_picture, or is empty."""
        self._db.execute("INSERT INTO category VALUES (?, ?, ?, ?)", (category, _json(names), picture, sort))

    def add_product(
        self,
        product: Product,
        *,
        codes: Mapping[str, int],
        prices: Iterable[PriceRow],
        takings: Iterable[TakingRow] = (),
        terms: Iterable[str] = (),
        number: int | None = None,
    ) -> None:
        """Add a product; `codes` maps each code, as the list writes it, to the pieces it stands for.

        `number` is the hub's own of the product; without one they are counted on.
        """
        number = self._last = self._last + 1 if number is None else number
        self._ids[product.sku] = number
        products, code_rows, price_rows, taking_rows, term_rows = self._waiting.values()
        products.append(
            (
                number,
                product.sku,
                _json(product.names),
                product.unit.value,
                product.category,
                product.tax_rate_bp,
                product.min_age,
                int(product.loose),
                product.plu,
                product.picture,
                product.tare_grams,
                int(product.discountable),
                product.brand,
            )
        )
        code_rows += [(code, number, pieces) for code, pieces in codes.items()]
        price_rows += [
            (number, one.kind, one.valid_from or 0, one.valid_until, one.minor, one.lowest_minor) for one in prices
        ]
        taking_rows += [(number, one.campaign, one.group, one.price_minor) for one in takings]
        term_rows += [(term, number) for term in terms]
        self._waiting_products += 1
        if self._waiting_products >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        """Write what waits: many rows in one call cost a fifth of a call for each."""
        for statement, rows in self._waiting.items():
            self._db.executemany(statement, rows)
            rows.clear()
        self._waiting_products = 0

    def add_campaign(self, campaign: Campaign | CampaignRow) -> None:
        """Add a campaign; which products take part is said with them, and need not have been."""
        row = campaign if isinstance(campaign, CampaignRow) else CampaignRow.of(campaign)
        self._db.execute("INSERT INTO campaign VALUES (?, ?, ?, ?, ?)", astuple(row))

    def add_offer(self, offer: OfferRow) -> None:
        """Add a multi-buy; KeyError for a SKU that was not added."""
        self.add_campaign(offer.campaign)
        rows = [(self._ids[sku], offer.id, 0, None) for sku in offer.skus]
        self._db.executemany("INSERT INTO taking VALUES (?, ?, ?, ?)", rows)

    def add_recall(self, row: RecallRow) -> None:
        """Add a recall; the list need not have its product."""
        one = row.recall
        self._db.execute(
            "INSERT INTO recall VALUES (?, ?, ?, ?, ?)", (row.sku, one.lot, one.serial, one.reason, row.valid_until)
        )

    def add_label_template(self, pattern: str, name: str, sort: int) -> None:
        """Add a shop label's template, see retail.labels."""
        self._db.execute("INSERT INTO label_template VALUES (?, ?, ?)", (pattern, name, sort))

    def add_picture(self, name: str, media_type: str, content: bytes) -> None:
        """Add a picture that products and categories name."""
        self._db.execute("INSERT INTO picture VALUES (?, ?, ?)", (name, media_type, content))


def create_file(path: Path, expected: Expected) -> sqlite3.Connection:
    """A new file with the tables it must have. What is written is on disk only once the file is fsynced."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")  # the file counts only after the fsync and rename at the end
    db.execute(f"PRAGMA application_id = {expected.application_id}")
    db.execute(f"PRAGMA user_version = {VERSION}")
    for statement in expected.tables.values():
        db.execute(statement)
    return db


# json.dumps makes an encoder for each call that is not all defaults; a list has a text for each product.
_encode: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _json(names: Mapping[str, object]) -> str:
    return _encode(dict(names))

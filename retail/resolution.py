"""What a scan turns out to be at this lane: one class for each answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from retail.masking import scrubbed
from retail.product import Listing


class Why(StrEnum):
    """Why a scan is no line of the basket; chooses the shopper's words."""

    UNKNOWN = "unknown"  # no product of this list, or a text that is none
    EXPIRED = "expired"  # past the last day to use or to sell that the code names
    RECALLED = "recalled"  # the list says that these goods, or this lot of them, were called back
    SOLD_ALREADY = "sold_already"  # an item with a serial number was sold once: the till knows, not the router
    LABEL_UNKNOWN = "label_unknown"  # a shop label whose item is not in the list, or that does not fit its product
    LABEL_DAMAGED = "label_damaged"  # a shop label whose inner check digit is wrong: its price cannot be trusted
    NEEDS_WEIGHT = "needs_weight"  # weighed goods, and the code carries no weight
    OTHER_CURRENCY = "other_currency"  # a price in the code that is not in the lane's currency
    CONTRADICTORY = "contradictory"  # a GS1 code that says two things at once, or breaks the standard where it matters
    NOT_FOR_SALE = "not_for_sale"  # a GS1 code that names no goods: a pallet, a place, a document
    WALLET_TOO_EARLY = "wallet_too_early"
    LABEL_OR_WALLET = "label_or_wallet"  # while paying: goods of a scale label, or a payment code that looks like one
    URL = "url"
    COMPRESSED_LINK = "compressed_link"  # a GS1 Digital Link that only its own server could read out


@dataclass(frozen=True, slots=True)
class ProductScan:
    """A product to be put on the basket; a weight or a price if the code carried one.

    `tare_grams` was taken off the weight, which a 'label' told or the lane's own 'scale' (`weighed`).
    `listing.pieces` is how many. An item with a `serial` is sold once: `gtin` (14 digits) and `serial` name it.
    `warnings` as in retail.reading: what staff may want to know, never a reason to refuse.
    """

    listing: Listing
    grams: int | None = None
    label_minor: int | None = None
    serial: str = ""
    lot: str = ""
    gtin: str = ""
    warnings: tuple[str, ...] = ()
    tare_grams: int = 0
    weighed: str = ""


@dataclass(frozen=True, slots=True)
class WalletScan:
    """A wallet's one-time payment code: a secret, kept out of logs and of the journal."""

    code: str = field(repr=False)
    brand: str = ""


@dataclass(frozen=True, slots=True)
class BadgeScan:
    """A staff badge: a secret."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MemberScan:
    """A member's code: personal, kept out of logs."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CouponScan:
    """A voucher: the shop's own, one of an EAN-13 98/99 or UPC 5, or a GS1 coupon (AI 255, 8110, 8112)."""

    code: str


@dataclass(frozen=True, slots=True)
class GuideScan:
    """A code that a guide gave to a group: who brought the shopper."""

    code: str


@dataclass(frozen=True, slots=True)
class BasketScan:
    """A basket that another device filled and hands over to this lane."""

    code: str


@dataclass(frozen=True, slots=True)
class RefusedScan:
    """A scan that becomes no product; `listing` where the product is known all the same, `reason` the shop's own words.

    `code` is safe to show and to write down: no control characters, short, and of a card's number only a part.
    """

    code: str
    why: Why
    listing: Listing | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.listing is None:  # what the shop's own list knows is no card
            object.__setattr__(self, "code", scrubbed(self.code))


Resolution = ProductScan | WalletScan | BadgeScan | MemberScan | CouponScan | GuideScan | BasketScan | RefusedScan

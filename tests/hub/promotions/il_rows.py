"""Rows of a made-up Israeli promotion feed, as chains write them, and what they are read into."""

import csv
from pathlib import Path

from hub.promotions.feeds.il import read_il
from hub.promotions.feeds.il_table import COLUMNS
from hub.promotions.feeds.reader import FeedOptions, Understood
from hub.promotions.found import Found, NotUnderstood
from hub.shops import Shop
from retail.product import Unit
from retail.promotions.campaign import Campaign

SHUFERSAL = "7290027600007"
VICTORY = "7290696200003"
BITAN = "7290055700007"
OSHER_AD = "7290103152017"
RAMI_LEVY = "7290058140886"
HAZI_HINAM = "7290700100008"
YOHANANOF = "7290803800003"
STRANGER = "7290000000001"

SHOP = Shop("tlv", "ILS", "Asia/Jerusalem", "")
FISH = "7290009990017"  # sold by the kilogram
WHOLE_BASKET = "0000000000000"
GOODS = ("7290009990109", "7290009990208", "7290009990307")

Row = tuple[str, ...]


def rows(
    chain: str,
    kind: int,
    *figures: tuple[str, str, str],
    id: str = "500",  # noqa: A002 - as the feed calls it
    text: str = "מבצע",
    codes: tuple[str, ...] = GOODS,
    until: str = "2026-08-31",
    club: str = "0",
    coupon: str = "0",
    store: str = "001",
) -> list[Row]:
    """The rows of one promotion: as many as there are figures (quantity, price, rate), goods one after another."""
    return [
        ("רשת", chain, store, code, id, text, until, *one, club, coupon, str(kind))
        for code, one in zip(codes, figures, strict=False)
    ]


def feed(folder: Path, *promotions: list[Row], header: tuple[str, ...] = COLUMNS) -> Path:
    """A file of these promotions, one after another."""
    path = folder / "il_promos.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for promotion in promotions:
            writer.writerows(promotion)
    return path


def read(folder: Path, *promotions: list[Row], feed_store: str | None = None) -> list[Understood]:
    """What they are read into, in a shop that knows fish to be weighed and everything else to be sold by the piece."""
    units = FeedOptions(feed_store, unit_of=lambda code: Unit.KG if code == FISH else Unit.PIECE)
    return list(read_il(feed(folder, *promotions), SHOP, units))


def campaign(folder: Path, promotion: list[Row]) -> Campaign:
    """The campaign of the only promotion."""
    return found(folder, promotion).campaign


def found(folder: Path, promotion: list[Row]) -> Found:
    """What the only promotion is understood as."""
    (one,) = read(folder, promotion)
    assert isinstance(one, Found), one
    return one


def all_found(folder: Path, *promotions: list[Row]) -> list[Found]:
    """The campaigns of promotions that are all understood."""
    understood = [one for one in read(folder, *promotions) if isinstance(one, Found)]
    assert len(understood) == len(read(folder, *promotions))
    return understood


def refusal(folder: Path, promotion: list[Row]) -> NotUnderstood:
    """Why the only promotion is not understood."""
    (one,) = read(folder, promotion)
    assert isinstance(one, NotUnderstood), one
    return one

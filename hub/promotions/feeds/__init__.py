"""Promotion feeds by the name of their format; each is read into campaigns, or into what was not understood and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.promotions.feeds.hk import read_hk
from hub.promotions.feeds.il import read_il
from hub.promotions.feeds.konzum import read_konzum
from hub.promotions.feeds.own import read_own
from hub.promotions.feeds.reader import FeedOptions, Reader, Understood

__all__ = ["FEEDS", "FeedOptions", "Reader", "Understood"]

# Names as --format has them: campaigns (our own), hk-promos, il-promos, konzum-promos.
FEEDS: Final[Mapping[str, Reader]] = {
    "campaigns": read_own,
    "hk-promos": read_hk,
    "il-promos": read_il,
    "konzum-promos": read_konzum,
}

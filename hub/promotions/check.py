"""What would become of a promotion feed: what is understood, has ended, raises a price, names nothing, overlaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hub.catalogue import ReasonTally
from hub.promotions.effect import dearer_by
from hub.promotions.found import Found, Named, NotUnderstood
from hub.promotions.store_goods import Good, StoreGoods
from retail.figures import money_text

_WORST: Final = 5


@dataclass(frozen=True, slots=True)
class Overlap:
    """A product with the campaigns that it takes part in."""

    product: str
    name: str
    campaigns: tuple[str, ...]


@dataclass(slots=True)
class CheckReport:
    """What a check found. `offers`: what the feed calls a promotion; one may become several campaigns.

    Rows are pairs of a campaign and a product that it names. `goods`: whether prices of a store were at hand; without
    them nothing is said of products and prices. `overlaps`: how many products are in so many live campaigns.
    """

    offers: int = 0
    understood: int = 0
    campaigns: int = 0
    live: int = 0
    rows: int = 0
    goods: bool = False
    not_understood: dict[str, ReasonTally] = field(default_factory=dict)
    remarks: dict[str, ReasonTally] = field(default_factory=dict)
    ended: ReasonTally = field(default_factory=ReasonTally)
    raises: ReasonTally = field(default_factory=ReasonTally)
    saves_nothing: ReasonTally = field(default_factory=ReasonTally)
    unknown: ReasonTally = field(default_factory=ReasonTally)
    of_nothing: ReasonTally = field(default_factory=ReasonTally)
    overlaps: dict[int, int] = field(default_factory=dict)
    worst: tuple[Overlap, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether all of it would be taken just as it is written."""
        found = (self.ended, self.raises, self.saves_nothing, self.unknown, self.of_nothing)
        return not self.not_understood and not any(tally.count for tally in found)

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        said: dict[str, Any] = {
            "offers": self.offers,
            "understood": self.understood,
            "campaigns": self.campaigns,
            "live": self.live,
            "rows": self.rows,
            "not_understood": _reasons(self.not_understood),
            "remarks": _reasons(self.remarks),
            "ended": _tally(self.ended),
        }
        if self.goods:
            said |= {
                "unknown_products": _tally(self.unknown),
                "of_no_product": _tally(self.of_nothing),
                "would_raise": _tally(self.raises),
                "saves_nothing": _tally(self.saves_nothing),
            }
        worst = [{"product": one.product, "name": one.name, "campaigns": list(one.campaigns)} for one in self.worst]
        return {
            **said,
            "overlaps": {str(times): count for times, count in self.overlaps.items()},
            "most_overlaps": worst,
        }


def check(
    found: Iterable[Found | NotUnderstood], *, at: datetime, goods: StoreGoods | None = None, currency: str = ""
) -> CheckReport:
    """Look at what a feed was read into, at an aware moment, and against a store's goods in its currency if given."""
    run = _Run(CheckReport(goods=goods is not None), int(at.timestamp()), goods, currency)
    for one in found:
        run.add(one)
    return run.finished()


class _Run:
    """One pass over the campaigns of a feed."""

    def __init__(self, report: CheckReport, at: int, goods: StoreGoods | None, currency: str) -> None:
        self.report = report
        self._at = at
        self._goods = goods
        self._currency = currency
        self._offers: set[tuple[int, str]] = set()
        self._in: dict[str, dict[str, None]] = {}
        self._names: dict[str, str] = {}

    def add(self, one: Found | NotUnderstood) -> None:
        """Count an offer."""
        report, offer = self.report, _offer(one)
        fresh = offer not in self._offers
        self._offers.add(offer)
        report.offers += fresh
        if isinstance(one, NotUnderstood):
            _add(
                report.not_understood, one.reason, one.number, one.id, f"{one.text}: {one.why}" if one.text else one.why
            )
            return
        report.understood += fresh
        report.campaigns += 1
        for reason, text in dict(one.remarks).items():
            _add(report.remarks, reason, one.number, one.campaign.id, f"{one.campaign.id}: {text}")
        until = one.campaign.when.valid_until
        if until is not None and until <= self._at:
            report.ended.add(one.number, one.campaign.id, f"{one.campaign.id}: {one.text}")
            return
        report.live += 1
        self._look_at_goods(one)

    def finished(self) -> CheckReport:
        """The report with its overlaps."""
        times = Counter(len(campaigns) for campaigns in self._in.values())
        self.report.overlaps = {count: times[count] for count in sorted(times) if count > 1}
        most = sorted(self._in.items(), key=lambda entry: (-len(entry[1]), entry[0]))[:_WORST]
        self.report.worst = tuple(
            Overlap(product, self._names.get(product, ""), tuple(campaigns))
            for product, campaigns in most
            if len(campaigns) > 1
        )
        return self.report

    def _look_at_goods(self, one: Found) -> None:
        known: list[tuple[Good, int | None]] = []
        for names in one.groups:
            for name, good in self._named(names):
                self.report.rows += 1
                self._in.setdefault(good.sku if good else name, {})[one.campaign.id] = None
                if good is not None:
                    self._names[good.sku] = good.name
                    known.append((good, names.prices.get(name)))
                elif self._goods is not None:
                    self.report.unknown.add(one.number, name, f"{one.campaign.id}: {name} is no product of the store")
        if self._goods is None or one.campaign.everything:
            return
        if not known:
            self.report.of_nothing.add(one.number, one.campaign.id, f"{one.campaign.id}: {one.text}")
            return
        self._hold_against_prices(one, known)

    def _named(self, names: Named) -> Iterator[tuple[str, Good | None]]:
        if self._goods is not None:
            yield from self._goods.named(names)
            return
        for name in (*names.skus, *names.codes, *names.categories):
            yield name, None

    def _hold_against_prices(self, one: Found, known: list[tuple[Good, int | None]]) -> None:
        campaign = one.campaign
        effects = [(good, dearer_by(campaign.terms, price, good)) for good, price in known]
        for good, dearer in effects:
            if dearer is not None and dearer > 0:
                more = money_text(dearer, self._currency)
                text = f"{campaign.id}: {good.sku} {good.name} would cost {more} more by it"
                self.report.raises.add(one.number, good.sku, text)
        if all(dearer is not None and dearer >= 0 for _, dearer in effects):
            self.report.saves_nothing.add(one.number, campaign.id, f"{campaign.id}: {one.text}")


def _offer(one: Found | NotUnderstood) -> tuple[int, str]:
    """What the feed calls one offer: its first row, and its id without the number of a part of it."""
    return one.number, (one.campaign.id if isinstance(one, Found) else one.id).split("#")[0]


def _add(tallies: dict[str, ReasonTally], reason: str, row: int, code: str, text: str) -> None:
    tallies.setdefault(reason, ReasonTally()).add(row, code, text)


def _reasons(tallies: dict[str, ReasonTally]) -> list[dict[str, Any]]:
    ordered = sorted(tallies.items(), key=lambda entry: (-entry[1].count, entry[0]))
    return [{"reason": reason, **_tally(tally)} for reason, tally in ordered]


def _tally(tally: ReasonTally) -> dict[str, Any]:
    return {"count": tally.count, "examples": tally.examples}

"""price: baskets in a shop full of campaigns; and real days, beside a till that takes campaigns by priority."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Final

from bench.figure import Figure, percentile
from bench.greedy import greedy_total
from bench.lookup import among_campaigns
from bench.real_days import Day, baskets, read_day
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms, Tier
from retail.promotions.engine import Engine
from retail.promotions.goods import Goods, Priced

_SHARED: Final = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
_Day = tuple[str, str, str]
_DAYS: Final[Sequence[_Day]] = (
    ("10", "שופרסל", "A"),
    ("10", "ויקטורי", "B"),
    ("21", "אושר עד", "C"),
    ("22", "רמי לוי", "D"),
)
"""Day of August 2026, chain, and what the chain is called in the table."""
_LIVE: Final = 10_000
_TERMS: Final = (
    Terms(Kind.SPECIAL_PRICE, price=700),
    Terms(Kind.PERCENT, percent_bp=2000),
    Terms(Kind.N_FOR_X, quantity=2, price=1100),
    Terms(Kind.N_FOR_X, quantity=3, price=1500),
    Terms(Kind.N_SAVE_X, quantity=2, off=250),
    Terms(Kind.N_PLUS_M, quantity=2, free=1),
    Terms(Kind.NTH_ITEM, quantity=2, percent_bp=5000),
    Terms(Kind.TIERS, tiers=(Tier(2, percent_bp=1000), Tier(4, percent_bp=2000))),
    Terms(Kind.MIX_AND_MATCH, counts=(1, 1), price=1200),
    Terms(Kind.BUY_A_GET_B, counts=(1, 1), percent_bp=5000),
)
_TANGLED: Final[Mapping[str, Mapping[str, int]]] = {
    "three on each line": {"most": 5},
    "all hanging together": {"most": 5, "family": 100},
}
_Lines = Sequence[Goods]
_Basket = tuple[_Lines, Mapping[str, Campaign]]


def measure(
    folder: Path, *, full: int = 200, large: int = 5, tangled: int = 20, real: int = 400, days: Sequence[_Day] = _DAYS
) -> Iterator[Figure]:
    """Milliseconds of processor time a basket; percentages of what shoppers pay on real days."""
    yield among_campaigns(folder)  # first: a heap full of other things makes it three times as slow
    live = {reference(one): one for one in map(_campaign, range(_LIVE))}
    chance = random.Random(1)
    yield from _of_many([_basket(chance, live, 100, 60) for _ in range(full)], live)
    yield from _of_large([_basket(chance, live, 1000, 600) for _ in range(large)], live)
    for what, figures in _TANGLED.items():
        asked = [_basket(chance, live, 100, 60, **figures) for _ in range(tangled)]
        yield from _of_tangled(f"100 lines, 60 campaigns, {what}", asked, live)
    for day, chain, letter in days:
        prices = _SHARED / "prices" / f"il_prices_2026-08-{day}.csv.gz"
        promotions = _SHARED / "promotions" / f"il_promos_2026-08-{day}.csv.gz"
        if not prices.is_file() or not promotions.is_file():
            print(f"there is no {prices}: no real day is measured", file=sys.stderr)
            return
        store = read_day(prices, promotions, chain, for_everybody=True)
        yield from _real(f"chain {letter}, August {day}", store, real)


def _campaign(number: int) -> Campaign:
    return Campaign(f"c{number}", _TERMS[number % len(_TERMS)], per_receipt=2 if number % 7 == 0 else None)


def _basket(
    chance: random.Random, live: Mapping[str, Campaign], lines: int, touched: int, *, family: int = 5, most: int = 2
) -> list[Goods]:
    """So many lines and the campaigns that they touch together, each on one to `most` goods of a family (of each of its
    groups). `family` of all lines: everything hangs together with everything, as in no shop."""
    taking: list[list[Taking]] = [[] for _ in range(lines)]
    for name in chance.sample(list(live), touched):
        begins = chance.randrange(0, lines, family)
        for group in (0, 1) if live[name].terms.counts else (0,):
            for line in chance.sample(range(begins, begins + family), chance.randint(1, most)):
                taking[line].append(Taking(name, group))
    return [
        Goods(number, f"S{number}", chance.randrange(190, 2500), chance.choice((1, 1, 1, 2, 3)), takings=tuple(takings))
        for number, takings in enumerate(taking, 1)
    ]


def _of_many(asked: Sequence[_Lines], live: Mapping[str, Campaign]) -> Iterator[Figure]:
    what = f"100 lines, {_LIVE:,} live campaigns, 60 on the basket"
    answers = [_fresh(goods, live) for goods in asked]
    taken = [ms for ms, _ in answers]
    unproved = sum(priced.off_at_most_minor > 0 for _, priced in answers)
    bare = median(_bare(goods) for goods in asked)
    yield Figure("price", f"{what}: median, beside the bare sum", median(taken), "ms", bare, 5)
    yield Figure("price", f"{what}: 99th percentile", percentile(taken, 99), "ms", None, 20)
    yield Figure("price", f"of these {len(asked)}: not proved to be the cheapest", unproved, "")
    yield Figure(
        "price", "one line more on such a basket: median", median(_line_by_line(asked[:5], live)), "ms", None, 2
    )


def _of_large(asked: Sequence[_Lines], live: Mapping[str, Campaign]) -> Iterator[Figure]:
    ms = median(_fresh(goods, live)[0] for goods in asked)
    yield Figure("price", "1,000 lines, 600 campaigns on the basket", ms, "ms", None, 200)


def _of_tangled(what: str, asked: Sequence[_Lines], live: Mapping[str, Campaign]) -> Iterator[Figure]:
    answers = [_fresh(goods, live) for goods in asked]
    yield Figure("price", f"{what}: the longest of {len(asked)}", max(ms for ms, _ in answers), "ms")
    off = max(100 * priced.off_at_most_minor / _gross(goods) for goods, (_, priced) in zip(asked, answers, strict=True))
    yield Figure("price", f"{what}: may be off by at most", off, "%")


def _line_by_line(asked: Sequence[_Lines], live: Mapping[str, Campaign]) -> list[float]:
    """From half full to full."""
    taken = []
    for goods in asked:
        engine = Engine()
        for lines in range(1, len(goods) + 1):
            one, _ = _timed(engine, goods[:lines], _on(goods[:lines], live))
            if lines > len(goods) // 2:
                taken.append(one)
    return taken


def _fresh(goods: _Lines, live: Mapping[str, Campaign]) -> tuple[float, Priced]:
    """By an engine that knows nothing of the basket yet."""
    return _timed(Engine(), goods, _on(goods, live))


def _on(goods: _Lines, live: Mapping[str, Campaign]) -> dict[str, Campaign]:
    """The campaigns that a sale knows: those of the goods that were scanned."""
    return {taking.campaign: live[taking.campaign] for one in goods for taking in one.takings}


def _timed(engine: Engine, goods: _Lines, campaigns: Mapping[str, Campaign]) -> tuple[float, Priced]:
    started = time.thread_time()
    priced = engine.price(goods, campaigns)
    return (time.thread_time() - started) * 1000, priced


def _bare(goods: _Lines) -> float:
    started = time.thread_time()
    sum(one.unit_minor * one.quantity for one in goods)
    return (time.thread_time() - started) * 1000


def _real(what: str, store: Day, count: int) -> Iterator[Figure]:
    """Baskets of any goods of the store, and such of goods that share campaigns."""
    for overlapping, which in ((False, "any goods"), (True, "promoted goods")):
        chance = random.Random(22)
        asked = list(islice(baskets(store, chance, overlapping=overlapping), count))
        yield from _beside_greedy(f"{what}, {which}", asked)


def _beside_greedy(what: str, asked: Sequence[_Basket]) -> Iterator[Figure]:
    ours, theirs, fewer, mine, other = 0, 0, 0, list[float](), list[float]()
    engine = Engine()
    for goods, campaigns in asked:
        started = time.thread_time()
        greedy = greedy_total(goods, campaigns)
        other.append((time.thread_time() - started) * 1000)
        started = time.thread_time()
        priced = engine.price(goods, campaigns, hints=False)
        mine.append((time.thread_time() - started) * 1000)
        total = _gross(goods) - sum(use.saving_minor for use in priced.uses)
        assert total <= greedy, "a till that takes what comes first was cheaper"
        ours, theirs, fewer = ours + total, theirs + greedy, fewer + (total < greedy)
    yield Figure("price", f"{what}: less to pay than by priority", 100 * (theirs - ours) / theirs, "%")
    yield Figure("price", f"{what}: baskets that pay less", 100 * fewer / len(asked), "%")
    yield Figure("price", f"{what}: a basket, beside by priority", median(mine), "ms", median(other))


def _gross(goods: _Lines) -> int:
    return sum(
        one.unit_minor * one.quantity if one.grams is None else (one.unit_minor * one.grams + 500) // 1000
        for one in goods
    )

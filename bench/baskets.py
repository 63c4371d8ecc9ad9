"""baskets: what pricing a basket of 20 lines costs a hub, and how long other questions wait meanwhile."""

from __future__ import annotations

import csv
import random
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import httpx

from bench.big_list import ean13
from bench.figure import Figure, percentile
from bench.served_hub import Served, hub, served
from hub.data_folder import DataFolder
from hub.services import open_hub

_STORE: Final = "bench"
_LINES: Final = 20
_CLIENTS: Final = 4
_HEALTH: Final = "/v1/health"
_PAUSE_S: Final = 0.01


def measure(folder: Path, *, products: int = 5000, questions: int = 1000) -> list[Figure]:
    """The hub's processor for an answer, and answers a second; and how late it says it lives, beside an idle one."""
    codes = _shop(folder, products)
    chance = random.Random(20)
    asked = [_question(chance.choices(codes, k=_LINES)) for _ in range(questions)]
    with open_hub(DataFolder(folder / "hub")) as opened:
        headers = {"Authorization": f"Bearer {opened.lanes.enrol(_STORE, 'web')}"}
    command = (sys.executable, "-m", "hub", "--data", str(folder / "hub"), "serve", "--port", "0")
    with served(command) as running, httpx.Client(base_url=running.url) as client:
        _ask(running, headers, asked[:1])  # unpacks the list
        idle = _waits(client, until=lambda count: count > questions // _CLIENTS)
        before, started = running.processor_s(), time.perf_counter()
        threads = [
            threading.Thread(target=_ask, args=(running, headers, asked[turn::_CLIENTS])) for turn in range(_CLIENTS)
        ]
        for thread in threads:
            thread.start()
        busy = _waits(client, until=lambda _: not any(thread.is_alive() for thread in threads))
        taken, used = time.perf_counter() - started, running.processor_s() - before
    what = f"{_LINES} lines, half of {products:,} goods in two campaigns"
    return [
        Figure("baskets", f"{what}: the hub's processor", used * 1000 / questions, "ms"),
        Figure("baskets/s", f"one process, {_CLIENTS} clients here", questions / taken, "a second"),
        Figure("baskets", "another question meanwhile: median", percentile(busy, 50), "ms", percentile(idle, 50)),
        Figure("baskets", "another question meanwhile: p99", percentile(busy, 99), "ms", percentile(idle, 99)),
    ]


def _shop(folder: Path, products: int) -> list[str]:
    """A hub with a list and campaigns, imported as a shop would; the codes of its goods."""
    codes = [ean13(f"20{number:010d}") for number in range(products)]
    goods = [(code, f"Product {number}", f"{1 + number % 50}.90") for number, code in enumerate(codes)]
    _write(folder / "goods.csv", ("code", "name", "price"), goods)
    offers: list[tuple[object, ...]] = []
    for number in range(0, products // 2, 5):
        own = " ".join(codes[number : number + 5])
        offers.append((f"two-{number}", "n_for_x", own, 2, "1.50", ""))
        offers.append((f"off-{number}", "percent", own, "", "", 10 + number % 30))
    _write(folder / "offers.csv", ("id", "kind", "codes", "quantity", "price", "percent"), offers)
    hub(folder / "hub", "import", "--format", "csv", str(folder / "goods.csv"), "--store", _STORE, "--currency", "EUR")
    hub(folder / "hub", "import", "--format", "campaigns", str(folder / "offers.csv"), "--store", _STORE)
    hub(folder / "hub", "publish", "--store", _STORE)
    return codes


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def _question(codes: Sequence[str]) -> dict[str, Any]:
    lines = [{"code": code, "quantity": 1 + number % 2} for number, code in enumerate(codes)]
    return {"store": _STORE, "lines": lines}


def _ask(running: Served, headers: dict[str, str], asked: Sequence[dict[str, Any]]) -> None:
    with httpx.Client(base_url=running.url, headers=headers, timeout=60) as client:
        for question in asked:
            answer = client.post("/v1/baskets/price", json=question)
            assert answer.status_code == 200, answer.text
            assert len(answer.json()["lines"]) == _LINES


def _waits(client: httpx.Client, *, until: Callable[[int], bool]) -> list[float]:
    """Milliseconds of one answer after the other to a question that costs nothing."""
    waits: list[float] = []
    while not until(len(waits)):
        started = time.perf_counter()
        assert client.get(_HEALTH).status_code == 200
        waits.append((time.perf_counter() - started) * 1000)
        time.sleep(_PAUSE_S)
    return waits

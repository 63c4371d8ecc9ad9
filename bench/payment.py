"""payment: our own share of a payment, from a wallet's code to 'done', beside a bare POST and one commit on disk.

All but the gateway's own time: for the make-believe banks that is the time in which they make up their answer, measured
in the same call; signing, HTTP, checking the signature and all of a hub's work are ours.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final, Protocol

import httpx

from bench.figure import Figure, percentile
from bench.payment_lane import PaymentLane
from bench.served_hub import STORE, hub, served
from payments.fakes.alipay import FakeAlipay
from payments.fakes.server import Answer, Call, FakeServer, Reply, Wire
from payments.fakes.wechat import FakeWechat
from payments.gateway import Gateway
from payments.loader import GatewayContext, load_gateway

PAYMENTS: Final = 100
GATEWAYS: Final = ("simulated", "wechat", "alipay", "hub")
_WARM_UP: Final = 3
_FLOOR_MS: Final = 100
_POSTED: Final = b"x" * 600  # about the size of a signed order


class _Fake(Protocol):
    server: FakeServer


class Stopwatch:
    """How long a make-believe bank needed for its answers since it was last asked."""

    def __init__(self, fake: _Fake) -> None:
        self._s = 0.0
        fake.server.fault = self._timed

    def read_ms(self) -> float:
        """Milliseconds, and back to nothing."""
        read, self._s = self._s * 1000, 0.0
        return read

    def _timed(self, _call: Call, answer: Answer, wire: Wire) -> None:
        began = time.perf_counter()
        reply = answer()
        self._s += time.perf_counter() - began
        wire.send(reply)


def measure(folder: Path, *, payments: int = PAYMENTS, gateways: Sequence[str] = GATEWAYS) -> Iterator[Figure]:
    """Median, 95th and 99th percentile for each gateway."""
    for name in gateways:
        with ExitStack() as stack:
            yield from _figures(folder / name, name, payments, *_OPENED[name](stack, folder / name))


def _figures(
    folder: Path, name: str, payments: int, gateway: Gateway, code: str, theirs_ms: Callable[[], float]
) -> Iterator[Figure]:
    store = STORE if name == "hub" else "bench"
    shares, bares, before = [], [], []
    with closing(PaymentLane(folder / "lane", gateway, store=store)) as lane, closing(_Bare(folder)) as bare:
        for number in range(_WARM_UP + payments):
            theirs_ms()
            taken = lane.pay(f"{code}{number:012d}00")
            shares.append(taken.whole_ms - theirs_ms())
            before.append(taken.before_ms)
            bares.append(bare.once_ms())
    del shares[:_WARM_UP], bares[:_WARM_UP], before[:_WARM_UP]
    for percent, floor in ((50, None), (95, _FLOOR_MS), (99, None)):
        what = f"our share of a payment, {payments} of them"
        yield Figure(
            f"payment {name} p{percent}", what, percentile(shares, percent), "ms", percentile(bares, percent), floor
        )
    yield Figure(f"payment {name} leaves", "code scanned to order sent, p95", percentile(before, 95), "ms")


class _Bare:
    """The least that a payment could cost: one POST on a kept connection, and one commit that is on disk."""

    def __init__(self, folder: Path) -> None:
        self._server = FakeServer(lambda _call: Reply(200, b"{}"))
        self._client = httpx.Client()
        self._db = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE paid (body TEXT)")

    def once_ms(self) -> float:
        """One of both."""
        began = time.perf_counter()
        self._client.post(self._server.url, content=_POSTED)
        self._db.execute("INSERT INTO paid VALUES (?)", ("x" * 400,))
        return (time.perf_counter() - began) * 1000

    def close(self) -> None:
        self._db.close()
        self._client.close()
        self._server.close()


_Opened = tuple[Gateway, str, Callable[[], float]]


def _simulated(_stack: ExitStack, folder: Path) -> _Opened:
    folder.mkdir()
    return load_gateway("simulated", {}, GatewayContext("bench", "bench", folder)), "1300", lambda: 0.0


def _wechat(stack: ExitStack, folder: Path) -> _Opened:
    fake = stack.enter_context(closing(FakeWechat(folder)))
    gateway = load_gateway("wechat", fake.settings(), GatewayContext("bench", "bench", folder))
    return gateway, "1300", Stopwatch(fake).read_ms


def _alipay(stack: ExitStack, folder: Path) -> _Opened:
    fake = stack.enter_context(closing(FakeAlipay(folder)))
    gateway = load_gateway("alipay", fake.settings(), GatewayContext("bench", "bench", folder))
    return gateway, "2800", Stopwatch(fake).read_ms


def _hub(stack: ExitStack, folder: Path) -> _Opened:
    """The lane asks a hub in a process of its own, and that asks the make-believe WeChat."""
    fake = stack.enter_context(closing(FakeWechat(folder)))
    settings = "\n".join(f'{name} = "{value}"' for name, value in fake.settings().items())
    table = '[[gateway]]\nname = "wechat"\ngateway = "wechat"\nways = ["wallet"]\n[gateway.settings]\n'
    (folder / "payments.toml").write_text(table + settings, encoding="utf-8")
    data = folder / "hub"
    hub(data, "demo-shop")
    hub_command = (sys.executable, "-m", "hub", "--data", str(data))
    lane = (*hub_command, "lane", "--store", STORE, "--lane", "bench")
    token = subprocess.run(lane, check=True, capture_output=True, text=True).stdout.split()[-1]
    serve = (*hub_command, "serve", "--port", "0", "--payments", str(folder / "payments.toml"))
    running = stack.enter_context(served(serve))
    context = GatewayContext(STORE, "bench", folder, running.url, token)
    return load_gateway("hub", {}, context), "1300", Stopwatch(fake).read_ms


_OPENED: Final[Mapping[str, Callable[[ExitStack, Path], _Opened]]] = {
    "simulated": _simulated,
    "wechat": _wechat,
    "alipay": _alipay,
    "hub": _hub,
}

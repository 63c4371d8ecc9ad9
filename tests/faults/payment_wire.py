"""A lane in this process whose line to its bank can be cut: real till, journal and adaptor, a clock that we move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from inspect import signature
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from hub.data_folder import DataFolder
from hub.services import open_hub
from kiosk.services.lane_view import LaneView, Screen
from payments.fakes.alipay import FakeAlipay
from payments.fakes.books import Clock
from payments.fakes.wechat import FakeWechat
from payments.gateway import Gateway, Presents
from payments.loader import GROUP, GatewayContext
from tests.faults.cut_proxy import CutProxy
from tests.faults.payment_banks import HUB_STORE, OUR_CODE, Process
from tests.hub.conftest import fill
from tests.kiosk.lane_rig import MILK, LaneRig

NEVER_S: Final = 100_000.0  # for a bank that is not to settle while anybody looks
_SHORT: Final = {"connect_timeout_s": 2.0, "total_timeout_s": 2.0}
_MIDDLE: Final = 10**14


class WiredLane(LaneRig):
    """A lane whose one way to pay goes over a wire. `build` makes the gateway anew at each start, as a restart does."""

    def __init__(self, folder: Path, build: Callable[[WiredLane], Gateway], prefix: str) -> None:
        self._build: Callable[[WiredLane], Gateway] | None = None
        super().__init__(folder)
        self._build = build
        self._prefix = prefix
        self._codes = 0
        self.restart()

    def restart(self) -> None:
        """As after a power cut; a call that was held never comes back."""
        if self._build is not None:
            self.bank = self._build(self)  # type: ignore[assignment] # the rig's own is a script
        super().restart()

    def to_pay(self) -> None:
        """Something is in the basket, and the ways to pay are shown."""
        while self.view.screen is not Screen.PAY:
            if self.view.screen is Screen.DONE:
                self.till.finish()
            elif self.view.screen is Screen.BASKET and self.view.lines:
                self.till.pay()
            else:
                self.scan(MILK)

    def ask(self, ending: str) -> LaneView:
        """The shopper shows a code with that story, or asks for ours."""
        self._codes += 1
        if self.bank.traits.presents is Presents.SHOPPER_CODE:
            return self.scan(f"{self._prefix}{self._codes:014}{ending}")
        self.till.choose_way("wallet")
        return self.view

    def settle(self, patience_s: int) -> int:
        """Wait until the payment ended one way or the other; how many seconds that took."""
        for seconds in range(patience_s):
            if self.view.screen not in {Screen.PAYING, Screen.PAYMENT_UNKNOWN}:
                return seconds
            self.wait(1)
        raise AssertionError(f"not settled within {patience_s} s: {self.view.screen}, {self.view.payment}")


@dataclass(frozen=True, slots=True)
class Wire:
    """A lane, the proxy on its line, and where its bank keeps the books."""

    lane: WiredLane
    proxy: CutProxy
    folder: Path
    kept: str

    def books(self) -> list[Path]:
        """The bank's."""
        return sorted(self.folder.rglob(self.kept))


def _gateway(name: str, settings: Mapping[str, Any], context: GatewayContext, lane: WiredLane) -> Gateway:
    (plug_in,) = entry_points(group=GROUP, name=name)
    factory = plug_in.load()
    clocks = {"clock": lambda: lane.now, "monotonic": lambda: lane.up}
    taken = signature(factory).parameters.keys() & clocks.keys()
    gateway: Gateway = factory(settings, context, **{clock: clocks[clock] for clock in taken})
    return gateway


@contextmanager
def _wallet(folder: Path, brand: str, more: Mapping[str, Any], slow_s: float) -> Iterator[Wire]:
    (folder / "lane").mkdir()
    lanes: list[WiredLane] = []
    fake = _fake(folder / "bank", brand, lambda: lanes[0].now, slow_s)
    proxy = CutProxy(urlsplit(fake.url).port or 0)
    settings = {**fake.settings(), **_SHORT, **more, "address": proxy.url + urlsplit(fake.url).path}
    context = GatewayContext("s", "lane-1", folder / "lane")
    try:
        lane = WiredLane(
            folder / "lane",
            lambda lane: _gateway(brand, settings, context, lane),
            {"wechat": "13", "alipay": "28"}[brand],
        )
        lanes.append(lane)
        yield Wire(lane, proxy, folder, f"{brand}-books.sqlite")
    finally:
        proxy.close()
        fake.close()


def _fake(folder: Path, brand: str, clock: Clock, slow_s: float) -> FakeWechat | FakeAlipay:
    folder.mkdir()
    if brand == "wechat":
        return FakeWechat(folder, clock=clock, settle_s=slow_s, scan_s=slow_s)
    fake = FakeAlipay(folder, clock=clock, delay_s=slow_s)
    fake.bank.scanned_as = "02"
    return fake


@contextmanager
def _hub(folder: Path, slow_s: float) -> Iterator[Wire]:
    data, settings = folder / "hub", folder / "bank.toml"
    (folder / "lane").mkdir()
    fill(DataFolder(data))
    with open_hub(DataFolder(data)) as opened:
        token = opened.lanes.enrol(HUB_STORE, "lane-1")
    settings.write_text(f"delay_s = {3600.0 if slow_s == NEVER_S else 0.0}\n", encoding="utf-8")
    process = Process("hub", "--data", str(data), "serve", "--gateway-settings", str(settings))
    proxy = CutProxy(process.port)
    context = GatewayContext(HUB_STORE, "lane-1", folder / "lane", proxy.url, token)
    short = {"connect_timeout_s": 2.0, "read_timeout_s": 2.0}
    try:
        lane = WiredLane(folder / "lane", lambda lane: _gateway("hub", short, context, lane), "13")
        yield Wire(lane, proxy, folder, "simulated-payments.sqlite")
    finally:
        proxy.close()
        process.kill()


@contextmanager
def wired(name: str, folder: Path, slow_s: float) -> Iterator[Wire]:
    """The lane before one of the banks; `slow_s`: what it takes for a password to be typed or a code to be scanned."""
    folder.mkdir()
    match name.split():
        case ["hub"]:
            with _hub(folder, slow_s) as wire:
                yield wire
        case [brand, *native]:
            with _wallet(folder, brand, OUR_CODE if native else {}, slow_s) as wire:
                yield wire

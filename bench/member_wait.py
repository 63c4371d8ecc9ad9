"""member-wait: what a member waits for at the lane, with the hub's book of members there, away, and 30 s slow.

Three lanes in one process, in turns, so that what else the machine does falls on all alike. Each visit begins with an
e-member code; then 'pay' to the wallet's prompt, and the wallet's code to the order on its way.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from os import O_RDONLY, close, fsync
from os import open as os_open
from pathlib import Path
from time import perf_counter, time
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench.figure import Figure, percentile
from bench.payment_lane import PaymentLane
from kiosk.adapters.hub_members import HubMembers
from kiosk.adapters.worker import Work
from payments.fakes.server import Answer, Call, FakeServer, Reply, Wire
from payments.loader import GatewayContext, load_gateway
from retail.membership.member_code import LIVES_S, sign_member_code
from retail.membership.programme import Club, ConsentText, PointsRule, Programme, Purpose, programme_body
from retail.scan_rules import ScanRules

VISITS: Final = 100
_WARM_UP: Final = 5
_SLOW_S: Final = 30.0
_MORE_MS: Final = 20
_RECOGNISED_MS: Final = 30
_CLUB: Final = Club("member", {"en": "Club"}, (ConsentText(Purpose.MEMBERSHIP, "1", {"en": "I join."}),))


def measure(folder: Path, *, visits: int = VISITS) -> Iterator[Figure]:
    """95th percentiles: of each lane, beside the one whose hub answers at once."""
    with ExitStack() as stack:
        lanes = {name: _Lane(stack, folder / name, open_hub(stack)) for name, open_hub in _HUBS.items()}
        for _ in range(_WARM_UP + visits):
            for lane in lanes.values():
                lane.visit()
    prompts = {name: percentile(lane.prompts[_WARM_UP:], 95) for name, lane in lanes.items()}
    leaves = {name: percentile(lane.leaves[_WARM_UP:], 95) for name, lane in lanes.items()}
    for what, found in (("'pay' to the wallet's prompt", prompts), ("wallet's code to order sent", leaves)):
        for name in lanes:
            up = None if name == "up" else found["up"]
            yield Figure(f"member-wait {name}", f"{what}, p95 of {visits}", found[name], "ms", bare=up)
    for name in ("down", "slow"):
        more = max(prompts[name] - prompts["up"], leaves[name] - leaves["up"])
        yield Figure(f"member-wait {name}, more", "the worse of both, p95", max(0.0, more), "ms", floor=_MORE_MS)
    recognised = lanes["down"].recognised[_WARM_UP:]
    bare = [_disk_ms(folder) for _ in range(visits)]
    for percent, floor in ((50, None), (95, _RECOGNISED_MS)):
        what = f"e-member code to its member on the screen, no hub, p{percent} of {visits}"
        yield Figure("member-wait code", what, percentile(recognised, percent), "ms", percentile(bare, percent), floor)


def _disk_ms(folder: Path) -> float:
    """The disk's share: a sealed note and its folder, and two appends of the journal, each of them flushed."""
    began = perf_counter()
    for name in ("note", "journal", "journal"):
        with (folder / name).open("ab") as file:
            file.write(b"x" * 400)
            file.flush()
            fsync(file.fileno())
    place = os_open(folder, O_RDONLY)
    fsync(place)
    close(place)
    return 1000 * (perf_counter() - began)


class _Lane:
    """One lane with a hub that answers like that; members' codes are signed as that hub would."""

    def __init__(self, stack: ExitStack, folder: Path, url: str) -> None:
        folder.mkdir()
        self._key, seal_key = Ed25519PrivateKey.generate(), X25519PrivateKey.generate().public_key().public_bytes_raw()
        keys = (self._key.public_key().public_bytes_raw(),)
        programme = Programme(_CLUB, points=PointsRule(100, 1), code_keys=keys, seal_key=seal_key)

        def members(till: Callable[[Work], None]) -> HubMembers:
            return HubMembers(url, lambda: "token", folder=folder / "told", seal_key=lambda: seal_key, till=till)

        gateway = load_gateway("simulated", {}, GatewayContext("bench", "bench", folder))
        lane = PaymentLane(folder / "lane", gateway, members=members, membership=programme_body(programme))
        self._lane = stack.enter_context(closing(lane))
        self._visits = 0
        self.recognised: list[float] = []
        self.prompts: list[float] = []
        self.leaves: list[float] = []

    def visit(self) -> None:
        """A member shows their code, buys one thing and pays by wallet."""
        self._visits += 1
        self.recognised.append(self._lane.recognise(self._code()))
        taken = self._lane.pay(f"1300{self._visits:012d}00")
        self.prompts.append(taken.prompt_ms)
        self.leaves.append(taken.before_ms)

    def _code(self) -> str:
        ticket, ends = self._visits.to_bytes(40), int(time()) + LIVES_S
        said = sign_member_code(self._key, key_number=0, clubs=["member"], ticket=ticket, expires_at=ends)
        return f"{ScanRules().member_prefix}{said}"


def _answers(call: Call) -> Reply:
    """A hub that knows everybody."""
    said = json.loads(call.body or b"{}")
    known = {"state": "known", "clubs": ["member"], "masked": "138****5678", "points": 12, "coupons": [], "used": {}}
    return Reply(200, json.dumps({"claim": said.get("claim", ""), "ready": False, **known}).encode())


def _late(_call: Call, answer: Answer, wire: Wire) -> None:
    wire.wait(_SLOW_S)
    wire.send(answer())


def _up(stack: ExitStack) -> str:
    return stack.enter_context(closing(FakeServer(_answers))).url


def _slow(stack: ExitStack) -> str:
    server = stack.enter_context(closing(FakeServer(_answers)))
    server.fault = _late
    return server.url


def _down(_stack: ExitStack) -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


_HUBS: Final[dict[str, Callable[[ExitStack], str]]] = {"up": _up, "down": _down, "slow": _slow}

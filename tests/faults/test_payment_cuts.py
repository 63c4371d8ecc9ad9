"""F7: the line to the bank is cut at any byte of a call, in both directions: a lane never takes doubt for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.services.lane_view import Screen
from kiosk.services.payment_desk import Patience
from tests.faults.cut_proxy import Deed, Trouble, Way
from tests.faults.payment_bench import NIGHTLY, SEED
from tests.faults.payment_ledger import judge
from tests.faults.payment_wire import NEVER_S, Wire, wired

BANKS = ("wechat", "wechat native", "alipay", "hub")
CASES = 3  # of each direction, spread over the call; all bytes in a nightly run
SETTLED_WITHIN_S = 180


def before_start(wire: Wire) -> None:
    """The first call is the order itself."""
    wire.lane.to_pay()


def before_lookup(wire: Wire) -> None:
    """The next call asks what became of it."""
    wire.lane.to_pay()
    wire.lane.ask("02")


def before_cancel(wire: Wire) -> None:
    """The next calls are the last look and the cancel."""
    before_lookup(wire)
    open_for_s = wire.lane.bank.traits.open_for_s or Patience().cancel_after_s
    wire.lane.wait(int(open_for_s) - 1)


CALLS = {"start": (before_start, 2.0), "lookup": (before_lookup, 2.0), "cancel": (before_cancel, NEVER_S)}


def go_on(wire: Wire, call: str) -> int:
    """Let the call happen, and all that follows from it; seconds until it was settled."""
    if call == "start":
        wire.lane.ask("00")
    return wire.lane.settle(SETTLED_WITHIN_S)


def places(total: int) -> Iterator[int]:
    every = 1 if NIGHTLY else max(1, total // CASES)
    yield from range(SEED % every, total, every)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", BANKS)
def test_a_line_cut_at_any_byte_of_a_call_never_makes_a_false_answer(name: str, call: str, quick: Path) -> None:
    prepare, slow_s = CALLS[call]
    longest, cuts, ends = 0, 0, set()
    with wired(name, quick / "world", slow_s) as wire:
        prepare(wire)
        wire.proxy.spoil(None)
        go_on(wire, call)
        passed = {way: wire.proxy.passed(way) for way in Way}
        assert min(passed.values()) > 100
        for way in Way:
            for at in places(passed[way]):
                deed = Deed.RESET if at % 2 else Deed.CUT
                prepare(wire)
                wire.proxy.spoil(Trouble(way, at, deed))
                longest = max(longest, go_on(wire, call))
                wire.proxy.spoil(None)
                ends.add(wire.lane.view.screen)
                cuts += 1
                if cuts % 10 == 0:
                    wire.lane.restart()
        wire.lane.journal.close()  # type: ignore[union-attr]
        account = judge([wire.lane.folder / "journal.sqlite"], wire.books())
    print(f"{name}, {call}: {cuts} cuts, {account.sales} sales, settled after at most {longest} s")
    assert account.violations == (), "\n".join(map(str, account.violations[:10]))
    assert ends <= {Screen.DONE, Screen.PAY}

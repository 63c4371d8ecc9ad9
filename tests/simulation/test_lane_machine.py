"""Customer, gateway, network, crash and time in any order: the real till, on a real journal, keeps its promises."""

import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from bench.simulation.auditor import Violation
from bench.simulation.bank import Word
from bench.simulation.gateway import SimGateway
from bench.simulation.goods import CODES
from bench.simulation.lane import BADGE, Tended
from bench.simulation.network import HUNG_MS, Reply
from bench.simulation.profiles import (
    ALIPAY_CODE,
    STRIPE_LIKE,
    TERMINAL_STORING,
    WECHAT_CODE,
    WECHAT_NATIVE,
    ZVT_LIKE,
)
from kiosk.services.lane_view import Screen
from kiosk.services.payment_case import PaymentCase
from offline_cache.journal import verify
from payments.gateway import Outcome, PaymentResult
from tests.simulation.machine_rig import FATES, MachineRig, Plan

NIGHTLY = bool(os.environ.get("KIOSK_NIGHTLY"))
# 10^5 steps at night; by day the same few stories each time.
SETTINGS = settings(
    max_examples=2000 if NIGHTLY else 20,
    stateful_step_count=50 if NIGHTLY else 30,
    derandomize=not NIGHTLY,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
FIRST_ONE = settings(SETTINGS, max_examples=1000, phases=[Phase.generate], report_multiple_bugs=False)
WALLETS = {"wechat": "130000000000000000", "alipay": "280000000000000000"}
RESTS = {Screen.IDLE, Screen.BASKET, Screen.PAY, Screen.DONE}
PAYS = st.sampled_from([None, 1_000, 14_000, 29_000, 31_000, 44_000, 46_000, 61_000])
WAITS = st.sampled_from([50, 1_000, 3_000, 15_000, 50_000])
STEPS_OF_CLOCK = st.sampled_from([timedelta(seconds=s) for s in (1, -1, 3600, -3600, 400 * 86400, -400 * 86400)])


@contextmanager
def told() -> Iterator[None]:
    """A broken promise as a failure that Hypothesis shrinks; by itself no guard of the till may swallow it."""
    try:
        yield
    except Violation as exc:
        raise AssertionError(str(exc)) from exc


class LaneMachine(RuleBasedStateMachine):
    """Every act is a rule; the auditor looks at each event, question and screen."""

    gateway: type[SimGateway] = SimGateway

    @initialize(
        wallet=st.sampled_from([WECHAT_CODE, ALIPAY_CODE]),
        other=st.sampled_from([WECHAT_NATIVE, STRIPE_LIKE, TERMINAL_STORING, ZVT_LIKE]),
    )
    def open(self, wallet, other) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="machine-")
        self.rig = MachineRig(Path(self._folder.name) / "journal.sqlite", wallet, other, self.gateway)
        self._code = WALLETS[wallet.name]

    def _act(self, act: Callable[[Tended], None]) -> None:
        lane = self.rig.lane
        till = lane.till
        if till is not None:
            with told():
                lane.enter(lambda: act(till))

    # --- customer -------------------------------------------------------------------------------------------------

    @rule(code=st.sampled_from(CODES[:3]))
    def scan(self, code: str) -> None:
        self._act(lambda till: till.scan(code))

    @rule(way=st.sampled_from(["wallet", "other"]), times=st.integers(1, 3))
    def buy_something(self, way: str, times: int) -> None:
        """The way that a visit goes, in one."""
        if self.rig.lane.screen in {Screen.IDLE, Screen.DONE}:
            self.scan(CODES[1])
        self._act(lambda till: till.pay())
        for _ in range(times):
            self.hold_up() if way == "wallet" else self._act(lambda till: till.choose_way("other"))

    @rule(way=st.sampled_from(["wallet", "other"]), fate=st.sampled_from(FATES), pays=PAYS, ms=WAITS)
    def pay_badly(self, way: str, fate: str, pays: int | None, ms: int) -> None:
        """The start fares badly, and then time passes: what most trouble begins with."""
        if self.rig.lane.screen in {Screen.PAYING, Screen.PAYMENT_UNKNOWN}:
            return
        self.rig.fates.append(fate)
        if pays is not None:
            self.rig.plans.append(Plan("asks", pays))
        self.buy_something(way, 1)
        self.wait(ms)

    @rule()
    def hold_up(self) -> None:
        self._act(lambda till: till.scan(self._code))

    @rule(act=st.sampled_from(["cancel_payment", "cancel_basket", "back_to_basket", "finish", "pay"]))
    def touch(self, act: str) -> None:
        self._act(lambda till: getattr(till, act)())

    @rule(act=st.sampled_from(["ask_payment", "set_aside", "ask_aside", "close_aside"]))
    def attend(self, act: str) -> None:
        self._act(lambda till: till.scan(BADGE))
        self._act(lambda till: till.staff_act(act))

    # --- gateway and network --------------------------------------------------------------------------------------

    @rule(how=st.sampled_from(["declined", "asks", "asks"]), pays=PAYS)
    def plan(self, how: str, pays: int | None) -> None:
        self.rig.plans.append(Plan(how, pays))

    @rule(fate=st.sampled_from(FATES))
    def lose(self, fate: str) -> None:
        self.rig.fates.append(fate)

    @rule(away=st.booleans())
    def network(self, away: bool) -> None:
        self.rig.set_away(away=away)

    # --- crash and time -------------------------------------------------------------------------------------------

    @rule(after=st.integers(0, 8), power=st.booleans())
    def kill_soon(self, after: int, power: bool) -> None:
        self.rig.lane.steps_left = after if self.rig.lane.till is not None else -1

    @precondition(lambda self: self.rig.lane.till is not None)
    @rule(power=st.booleans())
    def kill(self, power: bool) -> None:
        with told():
            self.rig.lane.die(power=power)

    @rule(full=st.booleans())
    def fill_disk(self, full: bool) -> None:
        self.rig.lane.disk.is_full = full
        self.rig.auditor.disturb_lane()

    @rule(step=STEPS_OF_CLOCK)
    def set_clock(self, step: timedelta) -> None:
        self.rig.lane.clock_off += step

    @rule(ms=WAITS)
    def wait(self, ms: int) -> None:
        with told():
            self.rig.timeline.run_for(ms)

    # --- the end --------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """All faults end: everything is settled, the journal is sound, and it says what the auditor heard."""
        if not hasattr(self, "rig"):
            return
        try:
            with told():
                self._come_to_rest()
        finally:
            self.rig.lane.close()
            self._folder.cleanup()

    def _come_to_rest(self) -> None:
        rig, lane = self.rig, self.rig.lane
        rig.fates.clear()
        rig.plans.clear()
        lane.steps_left, lane.disk.is_full, lane.clock_off = -1, False, timedelta(0)
        rig.set_away(away=False)
        rig.timeline.run_for(HUNG_MS[1] + 75_000)
        if lane.screen is Screen.LIST_TOO_OLD:  # its clock was wrong when it started: now it is not
            lane.die(power=False)
            rig.timeline.run_for(20_000)
        assert lane.screen in RESTS, lane.screen
        rig.auditor.check_all()
        lane.close()
        report = verify(lane.path)
        assert report.ok, report.problem
        assert (report.completed, report.unresolved_payments) == (rig.auditor.sales, ())
        assert rig.journal_rows() == lane.disk.pages.number


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_any_order_of_acts_and_faults_keeps_every_promise() -> None:
    run_state_machine_as_test(LaneMachine, settings=SETTINGS)


class Gullible(SimGateway):
    """Takes 'no such order' for 'not paid'."""

    def read(self, reply: Reply) -> PaymentResult:
        if reply.answer is not None and reply.answer.word is Word.NOT_FOUND:
            return PaymentResult(Outcome.DECLINED)
        return super().read(reply)


class GullibleMachine(LaneMachine):
    gateway = Gullible


def test_the_machine_finds_a_gateway_that_guesses() -> None:
    with pytest.raises(AssertionError, match="I4"):
        run_state_machine_as_test(GullibleMachine, settings=FIRST_ONE)


def test_the_machine_finds_a_second_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def doubt(self: PaymentCase, *_trouble: object) -> None:
        attempt = self.attempt
        assert attempt is not None
        self._decline(attempt, PaymentResult(Outcome.DECLINED))

    monkeypatch.setattr(PaymentCase, "_doubt", doubt)
    with pytest.raises(AssertionError, match="I4"):
        run_state_machine_as_test(LaneMachine, settings=FIRST_ONE)

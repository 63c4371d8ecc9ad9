"""Hostile conditions: whatever fails, money taken is money sold for, nobody is stranded, nothing unwritten is shown."""

import os
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.services.lane_view import Screen
from kiosk.services.paper import PrinterView, PrintFate
from offline_cache.journal import verify
from payments.gateway import Outcome, PaymentResult, Reason
from tests.kiosk.lane_rig import APPROVED, BADGE, BREAD, LABEL, MILK, PENDING, WALLET, WINE, LaneRig, write_list
from tests.kiosk.services.hostile_rig import HostileRig

RESTING = {Screen.IDLE, Screen.BASKET, Screen.PAY, Screen.DONE, Screen.CLOSED}
_STAFF_ACTS = (
    *("approve_age", "remove_problems", "ask_payment", "cancel_basket"),
    *("set_aside", "ask_aside", "print_aside", "close_aside"),
)
NASTY = ("6900000000001", "https://example.org/pay?x=1", "\ud800", "SGM-1", "]C1", "\x1d01", "'; DROP TABLE event;--")


class Walk:
    """A seeded random walk of everything that can happen to a lane."""

    def __init__(self, rig: HostileRig) -> None:
        self.rig = rig
        self.rng = rig.rng
        self.revision = 1

    def step(self) -> None:
        """One thing happens; a fault does not last, and a shopper puts right what keeps them from paying."""
        rig, rng = self.rig, self.rng
        if rng.random() < 0.3:
            rig.fail(0.0)
            rig.runner.flush()
        if rig.view.screen is Screen.PAYMENT_UNKNOWN and rng.random() < 0.4:
            rig.wait(20)
        for line in rig.view.lines:
            if line.problem or line.min_age:
                rig.till.remove_line(line.number)
        rig.let_hung_go(0.2)
        acts = (
            *(self.shop, self.pay, self.touch, self.wait, self.hold, self.break_disk, self.jump, self.swap, self.cut),
            *(self.set_aside, self.hang),
        )
        rng.choices(acts, weights=(15, 30, 15, 28, 4, 2, 2, 2, 3, 8, 4))[0]()

    def shop(self) -> None:
        goods = (MILK, MILK, BREAD, LABEL, BADGE) if self.rng.random() < 0.8 else (WINE, *NASTY)
        self.rig.scan(self.rng.choice(goods))

    def pay(self) -> None:
        rig, rng = self.rig, self.rng
        if rig.view.screen in {Screen.IDLE, Screen.DONE}:
            rig.scan(rng.choice((MILK, BREAD)))
        rig.till.pay()
        for _ in range(rng.choice((1, 1, 2))):
            if rng.random() < 0.5:
                rig.scan(WALLET)
            else:
                rig.till.choose_way(rng.choice(("card", "wallet", "none")))

    def set_aside(self) -> None:
        self.rig.scan(BADGE)
        self.rig.till.staff_act("set_aside")

    def hang(self) -> None:
        self.rig.hang = self.rng.choice((0.0, 0.0, 0.3))

    def wait(self) -> None:
        self.rig.wait(self.rng.choice((1, 1, 2, 6, 40)))

    def hold(self) -> None:
        self.rig.runner.held = not self.rig.runner.held
        self.rig.runner.flush()

    def break_disk(self) -> None:
        self.rig.fail(self.rng.choice((0.1, 0.5)))

    def jump(self) -> None:
        self.rig.now += timedelta(seconds=self.rng.choice((-86400, -30, 30, 3600)))

    def swap(self) -> None:
        self.revision += 1
        write_list(
            self.rig.folder / "price-list.sqlite",
            revision=self.revision,
            milk_minor=self.rng.choice((990, 1280, 1500)),
            published_at=self.rig.now,
        )

    def touch(self) -> None:
        till, rng = self.rig.till, self.rng
        rng.choice(
            (
                till.begin,
                till.cancel_basket,
                till.back_to_basket,
                till.cancel_payment,
                till.finish,
                till.call_help,
                till.cancel_help,
                till.touched,
                lambda: till.set_quantity(1, rng.choice((0, 1, 3, 99, 100))),
                lambda: till.remove_line(rng.randrange(1, 4)),
                lambda: till.add_loose("LEMON", rng.randrange(-1, 4)),
                lambda: till.enter_code(rng.choice(("4053", "\ud800", ""))),
                lambda: till.choose_receipt(rng.choice(("print", "code", "none"))),
                lambda: till.device_fault("scanner", "lost"),
                lambda: till.staff_act(rng.choice(_STAFF_ACTS)),
            )
        )()

    def cut(self) -> None:
        """Calls on the way are lost, or reach the bank all the same, now or after the lane is up again."""
        rig, rng = self.rig, self.rng
        on_the_way = [work for work in rig.runner.waiting if rng.random() < 0.7]
        rig.runner.waiting.clear()
        rig.restart()
        rig.dead = True
        for work in on_the_way:
            work()
        rig.dead = False

    def check(self) -> None:
        rig = self.rig
        by_sale: dict[str, int] = {}
        for account in rig.accounts().values():
            if account.taken:
                by_sale[account.sale_id] = by_sale.get(account.sale_id, 0) + 1
        assert max(by_sale.values(), default=0) <= 1, "a sale was paid twice"
        if rig.view.screen is Screen.DONE:
            assert rig.view.done is not None
            assert rig.view.done.sale_id in rig.completed(), "shown as done, not on disk"
        if rig.view.screen in RESTING:
            self.money_agrees()

    def money_agrees(self) -> None:
        doubted = self.rig.aside_in_doubt()
        taken = {
            account.sale_id: account.taken
            for account in self.rig.accounts().values()
            if account.taken and account.sale_id not in doubted
        }
        sold = {sale: event.body["total_minor"] for sale, event in self.rig.completed().items()}
        assert taken == sold


@pytest.mark.parametrize("cancel_refunds", [True, False])
@pytest.mark.parametrize("seed", range(40 if os.environ.get("KIOSK_NIGHTLY") else 4))
def test_a_walk_through_faults_loses_doubles_and_strands_nothing(
    tmp_path: Path, seed: int, cancel_refunds: bool
) -> None:
    rig = HostileRig(tmp_path, seed, cancel_refunds=cancel_refunds)
    walk = Walk(rig)
    for _ in range(150):
        walk.step()
        walk.check()
    rig.calm()
    for _ in range(120):
        if rig.view.screen in RESTING and not rig.aside_in_doubt():
            break
        rig.wait(1)
    assert rig.view.screen in RESTING
    assert rig.aside_in_doubt() == set()
    walk.check()
    rig.journal.close()
    report = verify(tmp_path / "journal.sqlite")
    assert report.ok, report.problem


@pytest.fixture
def lane(tmp_path: Path) -> LaneRig:
    return LaneRig(tmp_path)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "approved",
        PaymentResult("approved"),  # type: ignore[arg-type]
        PaymentResult(Outcome.DECLINED, None),  # type: ignore[arg-type]
        PaymentResult(Outcome.PENDING, None),  # type: ignore[arg-type]
    ],
)
def test_a_plug_in_that_answers_nonsense_is_asked_again(lane: LaneRig, answer: PaymentResult) -> None:
    lane.pay_screen()
    lane.bank.answers.extend([answer, APPROVED])
    lane.scan(WALLET)
    lane.wait(3)
    assert lane.view.screen in {Screen.DONE, Screen.PAY}


@pytest.mark.parametrize("reference", ["\ud800", b"bytes", None, 1.5, object(), "x" * 100_000])
def test_a_strange_reference_does_not_stop_a_paid_sale(lane: LaneRig, reference: str) -> None:
    lane.pay_screen()
    lane.bank.answers.append(PaymentResult(Outcome.APPROVED, Reason.NONE, reference))
    assert lane.scan(WALLET).screen is Screen.DONE
    assert lane.verify().ok


def test_a_wallet_code_read_twice_leaves_the_done_screen_alone(lane: LaneRig) -> None:
    lane.pay_screen()
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET, WALLET, "https://example.org/a")
    assert lane.view.screen is Screen.DONE
    assert lane.view.notice is not None


def test_an_answer_while_out_of_service_still_tells_the_shopper(tmp_path: Path) -> None:
    rig = HostileRig(tmp_path)
    rig.calm()
    rig.runner.held = True
    rig.pay_screen()
    rig.scan(WALLET)
    rig.fail(1.0)
    rig.till.device_fault("scanner", "lost")
    assert rig.view.screen is Screen.OUT_OF_SERVICE
    rig.fail(0.0)
    rig.bank.rng = random.Random(1)  # noqa: S311 - a seed, no secret
    rig.runner.flush()
    taken = sum(account.taken for account in rig.accounts().values())
    assert rig.view.screen is (Screen.DONE if taken else Screen.PAY)


def test_a_power_cut_right_after_paying_shows_done_again(lane: LaneRig) -> None:
    lane.pay_screen()
    lane.bank.answers.append(APPROVED)
    before = lane.scan(WALLET).done
    lane.restart()
    assert (lane.view.screen, lane.view.done) == (Screen.DONE, before)
    assert lane.wait(21).screen is Screen.IDLE
    lane.restart()
    assert lane.view.screen is Screen.IDLE


def test_a_disk_that_fails_right_after_paying_still_shows_done(tmp_path: Path) -> None:
    """The help call is cleared after completion: if that cannot be written, the shopper must still see the sale."""
    rig = HostileRig(tmp_path)
    rig.calm()
    rig.pay_screen()
    rig.till.call_help()
    rig.journal.refused_kind = "help.cleared"
    rig.bank.rng = random.Random(1)  # noqa: S311 - a seed, no secret
    assert rig.scan(WALLET).screen is Screen.DONE
    assert len(rig.completed()) == 1


class BadReceipts:
    """A receipt printer that breaks its contract."""

    def make(self, *_args: object) -> object:
        raise ValueError("no template")

    def print(self, _number: str) -> bool:
        raise KeyError("font")

    def fate(self, _number: str) -> PrintFate:
        raise OSError("no such folder")

    @property
    def printer(self) -> PrinterView:
        raise AttributeError("printer")


def test_a_receipt_that_cannot_be_made_does_not_hide_the_sale(lane: LaneRig) -> None:
    lane.receipts = BadReceipts()  # type: ignore[assignment]
    lane.restart()
    lane.pay_screen()
    lane.bank.answers.append(APPROVED)
    view = lane.scan(WALLET)
    assert view.screen is Screen.DONE
    assert view.done is not None
    assert view.done.total_minor == 1280
    lane.till.choose_receipt("print")
    assert lane.view.screen is Screen.DONE


def test_a_payment_in_doubt_is_settled_without_a_price_list(lane: LaneRig) -> None:
    lane.pay_screen()
    lane.scan(WALLET)
    (lane.folder / "price-list.sqlite").unlink()
    lane.restart()
    assert lane.view.screen is Screen.PAYMENT_UNKNOWN
    lane.bank.answers.append(APPROVED)
    assert lane.wait(2).screen is Screen.DONE
    assert lane.view.done is not None


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(hours=-1), timedelta(hours=1), timedelta(days=400)])
def test_a_clock_that_jumps_neither_strands_nor_cancels_a_payment(lane: LaneRig, jump: timedelta) -> None:
    lane.pay_screen()
    lane.bank.answers.extend([PENDING, PENDING])
    lane.scan(WALLET)
    lane.now += jump
    lane.wait(2)
    assert "cancel" not in [verb for verb, _ in lane.bank.asked]
    lane.bank.answers.append(APPROVED)
    assert lane.wait(4).screen is Screen.DONE
    assert lane.wait(21).screen in {Screen.IDLE, Screen.LIST_TOO_OLD}


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(hours=1)])
def test_a_clock_that_jumps_takes_no_basket_and_leaves_no_panel_open(lane: LaneRig, jump: timedelta) -> None:
    lane.scan(MILK, BADGE)
    lane.now += jump
    assert lane.wait(1).screen is Screen.BASKET
    assert lane.view.staff is not None
    assert lane.wait(30).staff is None
    assert lane.wait(90).screen in {Screen.IDLE, Screen.LIST_TOO_OLD}


def test_no_payment_is_started_that_the_disk_could_not_record(tmp_path: Path) -> None:
    rig = HostileRig(tmp_path)
    rig.calm()
    rig.pay_screen()
    rig.journal.free = 1 << 20
    rig.scan(WALLET)
    assert (rig.view.screen, rig.view.fault) == (Screen.OUT_OF_SERVICE, "journal_full")
    assert rig.accounts() == {}
    assert rig.wait(12).screen is Screen.OUT_OF_SERVICE
    rig.journal.free = 1 << 30
    assert rig.wait(6).screen is Screen.BASKET


def test_low_space_does_not_keep_a_payment_in_doubt_from_being_settled(tmp_path: Path) -> None:
    rig = HostileRig(tmp_path)
    rig.calm()
    rig.runner.held = True
    rig.pay_screen()
    rig.scan(WALLET)
    rig.journal.free = 0
    rig.fail(1.0)
    rig.till.device_fault("x", "y")
    rig.fail(0.0)
    rig.wait(6)
    assert rig.view.screen is Screen.PAYMENT_UNKNOWN


def test_the_lanes_own_call_for_help_outlives_the_shoppers(lane: LaneRig) -> None:
    lane.pay_screen()
    lane.scan(WALLET)
    lane.till.call_help()
    lane.till.cancel_help()
    assert (lane.view.screen, lane.view.help_called) == (Screen.PAYMENT_UNKNOWN, True)


@pytest.mark.parametrize("code", ["\ud800", "a\x00b", "]C1\ud83d", "\x1d" * 50, "9" * 5000, "", "\u202e123"])
def test_no_code_however_strange_stops_the_lane(lane: LaneRig, code: str) -> None:
    seen = len(lane.views)
    lane.scan(code)
    lane.till.enter_code(code)
    lane.till.browse(code, code)
    lane.till.add_loose(code, 1)
    assert len(lane.views) == seen + 4
    assert lane.scan(MILK).screen is Screen.BASKET
    lane.restart()
    assert lane.view.screen is Screen.BASKET
    assert lane.verify().ok


def test_a_mistake_of_our_own_takes_the_lane_up_again_from_the_journal(lane: LaneRig) -> None:
    lane.scan(MILK)

    def wrong() -> None:
        raise KeyError("ours")

    lane.till.guard(wrong)
    assert lane.view.screen is Screen.OUT_OF_SERVICE
    assert lane.wait(6).screen is Screen.BASKET
    assert lane.view.total_minor == 1280


def test_goods_of_an_old_and_a_new_list_share_an_offer_that_both_have(lane: LaneRig) -> None:
    assert lane.scan(MILK, MILK).total_minor == 2200
    write_list(lane.folder / "price-list.sqlite", revision=2, milk_minor=1500)
    lane.wait(1)
    assert lane.scan(MILK).total_minor == 2200 + 1280


def test_after_a_change_of_configuration_no_other_gateway_is_asked_for_the_key(lane: LaneRig) -> None:
    """The new one would truly say that it took nothing, and the shopper would pay twice."""
    lane.pay_screen()
    lane.scan(WALLET)
    old, lane.bank = lane.bank, lane.terminal
    lane.gateway_names = ("new-bank", "terminal")
    lane.restart()
    lane.wait(70)
    assert (lane.view.screen, lane.terminal.asked) == (Screen.PAYMENT_UNKNOWN, [])
    lane.bank, lane.gateway_names = old, ("bank", "terminal")
    lane.restart()
    lane.bank.answers.append(APPROVED)
    assert lane.wait(2).screen is Screen.DONE


def test_goods_of_a_list_in_another_currency_do_not_join_the_basket(lane: LaneRig) -> None:
    lane.scan(MILK)
    write_list(lane.folder / "price-list.sqlite", revision=2, currency="JPY")
    lane.wait(1)
    view = lane.scan(BREAD)
    assert (len(view.lines), view.currency, view.total_minor) == (1, "CNY", 1280)


def test_a_terminal_is_not_cancelled_sooner_than_its_gateway_allows(lane: LaneRig) -> None:
    lane.terminal.traits = replace(lane.terminal.traits, cancel_earliest_s=15)
    lane.pay_screen()
    lane.terminal.answers.extend([PENDING] * 20)
    lane.till.choose_way("card")
    lane.till.cancel_payment()
    assert lane.view.payment is not None
    assert not lane.view.payment.can_cancel
    view = lane.wait(16)
    assert view.payment is not None
    assert view.payment.can_cancel

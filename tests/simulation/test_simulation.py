"""The simulated shop: the same again from the same seed, no promise broken, and every deliberate mistake is caught."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.simulate import simulate
from bench.simulation.bank import Word
from bench.simulation.counter import Counter
from bench.simulation.disk import ForgetfulDisk
from bench.simulation.fittings import SimTill
from bench.simulation.gateway import SimGateway
from bench.simulation.network import Reply
from bench.simulation.shop import Parts, Report, Shop
from kiosk.services.payment_case import PaymentCase
from kiosk.services.register import Register
from payments.gateway import Outcome, PaymentResult
from retail.events import Draft, Event, EventKind
from retail.sale import Attempt

ROOT = Path(__file__).parents[2]
ENOUGH = 4000  # sales within which each mistake must have been caught; most are within 300


def digest_apart(hash_seed: str, *, whole: bool) -> str:
    """Of a run in a process of its own."""
    code = f"from bench.simulate import simulate; print(simulate(11, 250, whole={whole}).digest)"
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("whole", [False, True], ids=["desks", "whole tills"])
def test_a_seed_is_the_same_run_in_another_process(whole: bool) -> None:
    here = simulate(11, 250, whole=whole).digest
    assert digest_apart("1", whole=whole) == digest_apart("2", whole=whole) == here
    assert simulate(12, 250, whole=whole).digest != here


@pytest.mark.parametrize("seed", range(2))
def test_whole_tills_keep_every_promise(seed: int) -> None:
    report = simulate(seed, 400, whole=True)
    assert report.violation == ""
    assert report.sales >= 400


def test_two_thousand_sales_meet_every_fault_and_keep_every_promise() -> None:
    report = simulate(10, 2000)
    assert report.violation == ""
    counts, network = report.counts, report.network
    assert min(counts.kills, counts.power_cuts, counts.clock_steps, counts.disk_full + counts.disk_broken) > 0
    assert min(network.lost_questions, network.lost_answers, network.late, network.twice, network.unsent) > 0
    assert min(report.unknowns, report.set_aside) > 0


def test_a_broken_promise_ends_the_bench_with_its_seed_and_last_steps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bench.simulate.Parts", lambda till: Parts(till=till, disk=ForgetfulDisk))
    assert main(["simulate", "--seed", "9", "--sales", str(ENOUGH)]) == 1
    told = capsys.readouterr()
    assert "seed 9: BROKEN after" in told.err
    assert "power cut" in told.err


def test_options_of_the_simulation_are_no_other_benchs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["lookup", "--seed", "1"])
    assert "--seed" in capsys.readouterr().err


def test_a_trace_tells_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    simulate(3, 20, trace=True)
    steps = capsys.readouterr().out.splitlines()
    assert len(steps) > 40
    assert any("start" in step and "paid" in step for step in steps)


# --- mistakes that must be caught ------------------------------------------------------------------------------------


def broken(*, whole: bool = False, seeds: int = 3, **parts: object) -> Report:
    """The first run of some seeds that is caught."""
    till = SimTill if whole else Counter
    for seed in range(seeds):
        report = Shop(seed, ENOUGH // seeds, parts=Parts(till=till, **parts)).run()  # type: ignore[arg-type]
        if report.violation:
            return report
    pytest.fail(f"nobody noticed in {ENOUGH} sales")


def test_a_disk_that_forgets_what_it_acknowledged_is_caught() -> None:
    """As SQLite with synchronous=NORMAL at a power cut."""
    assert broken(disk=ForgetfulDisk).violation.startswith(("I1", "I2", "I3", "I7"))


class Gullible(SimGateway):
    """Takes 'no such order' for 'not paid': the order may still be on its way."""

    def read(self, reply: Reply) -> PaymentResult:
        if reply.answer is not None and reply.answer.word is Word.NOT_FOUND:
            return PaymentResult(Outcome.DECLINED)
        return super().read(reply)


def test_a_gateway_that_takes_not_found_for_declined_is_caught() -> None:
    assert broken(gateway=Gullible).violation.startswith("I4")


@pytest.mark.parametrize("whole", [False, True], ids=["desks", "whole tills"])
def test_a_desk_that_tries_again_under_a_new_key_is_caught(monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:
    def doubt(self: PaymentCase, *_trouble: object) -> None:
        attempt = self.attempt
        assert attempt is not None
        self._decline(attempt, PaymentResult(Outcome.DECLINED))

    monkeypatch.setattr(PaymentCase, "_doubt", doubt)
    assert broken(whole=whole).violation.startswith("I4")


def test_goods_that_go_before_approved_is_on_disk_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Register.record

    def hasty(self: Register, *drafts: Draft) -> None:
        """What completes a sale counts at once, and is written with whatever comes next."""
        late: tuple[Draft, ...] = getattr(self, "late", ())
        self.late = ()  # type: ignore[attr-defined]
        if drafts[-1].kind is not EventKind.SALE_COMPLETED:
            if late:
                self._journal.append(*late)
            record(self, *drafts)
            return
        self.sale = self._after(Event(0, "2026-03-28T06:00:00Z", d.kind, d.sale_id, d.body, "", "") for d in drafts)
        self.late = drafts  # type: ignore[attr-defined]

    monkeypatch.setattr(Register, "record", hasty)
    assert broken(whole=True).violation.startswith("I7")


def test_a_payment_that_leaves_before_its_key_is_on_disk_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Register.record

    def lazy(self: Register, *drafts: Draft) -> None:
        """A key counts at once, and is written with whatever comes next."""
        late: tuple[Draft, ...] = getattr(self, "late", ())
        self.late = ()  # type: ignore[attr-defined]
        if drafts[0].kind in {EventKind.PAYMENT_INTENDED, EventKind.PAYMENT_SUBMITTED}:
            self.sale = self._after(Event(0, "", d.kind, d.sale_id, d.body, "", "") for d in drafts)
            self.late = (*late, *drafts)  # type: ignore[attr-defined]
            return
        if late:
            self._journal.append(*late)
        record(self, *drafts)

    monkeypatch.setattr(Register, "record", lazy)
    assert broken(whole=True).violation.startswith("write-ahead")


def test_a_lane_that_believes_another_amount_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def believes(self: PaymentCase, attempt: Attempt, result: PaymentResult) -> bool:
        self._approve(attempt, result)
        return True

    monkeypatch.setattr(PaymentCase, "_is_approved_by", believes)
    assert broken().violation.startswith("I3")

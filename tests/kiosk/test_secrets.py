"""Nothing that a lane writes, shows, prints or logs holds a card number, a track or a payment code, whole."""

import io
import logging
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.services.lane_view import Screen
from payments.gateway import Outcome, PaymentResult, Reason, Trouble
from payments.log_masking import MaskedFormatter
from retail.masking import is_card_number
from tests.kiosk.lane_rig import APPROVED, BADGE, DECLINED, MILK, PENDING, UNKNOWN, LaneRig

ROUNDS = 25

# ruff: noqa: S311 - repeatable codes


def card_number(chance: random.Random) -> str:
    """One with a sound check digit, of any length that cards have."""
    body = chance.choice("2345") + "".join(chance.choices("0123456789", k=chance.choice((13, 14, 17))))
    return next(body + last for last in "0123456789" if is_card_number(body + last))


def payment_code(chance: random.Random) -> str:
    return "1" + chance.choice("012345") + "".join(chance.choices("0123456789", k=16))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a lane's log holds: as `kiosk run --verbose` has it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskedFormatter(logging.Formatter("%(name)s %(message)s")))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def everything(rig: LaneRig, log: io.StringIO) -> str:
    """Every byte on the lane's disk, every view shown, every line logged."""
    files = [path.read_bytes().decode("utf-8", "replace") for path in sorted(rig.folder.rglob("*")) if path.is_file()]
    return "\n".join((*files, log.getvalue(), *map(repr, rig.views)))


def feed_everywhere(rig: LaneRig, secret: str) -> None:
    """As a scan, typed, as a magnetic stripe, as what a device says of its fault, as somebody's badge."""
    rig.till.scan(secret)
    rig.till.scan(f"]C1{secret}")
    rig.till.scan(f";{secret}=25121010000012345678?")
    rig.till.scan(f"%B{secret}^DOE/JANE^2512101?")
    rig.till.enter_code(secret)
    rig.till.device_fault("scanner", f"cannot read {secret}")
    rig.till.choose_way(secret)
    rig.till.staff_act(secret)


def test_cards_on_every_screen_and_in_every_field_leave_no_trace(tmp_path: Path, log: io.StringIO) -> None:
    chance, rig, fed = random.Random(5), LaneRig(tmp_path), []
    for _ in range(ROUNDS):
        card = card_number(chance)
        fed.append(card)
        feed_everywhere(rig, card)
        rig.scan(MILK)
        rig.till.pay()
        feed_everywhere(rig, card)
        for line in rig.view.lines:
            if line.problem:
                rig.till.remove_line(line.number)
        rig.till.pay()
        echo = replace(chance.choice((APPROVED, DECLINED, UNKNOWN)), reference=f"card {card} trace {card}")
        rig.terminal.answers.clear()
        rig.terminal.answers.extend((echo, replace(APPROVED, reference=card)))
        rig.till.choose_way("card")
        feed_everywhere(rig, card)
        rig.wait(3)
        rig.till.finish()
        rig.till.cancel_basket()
    written = everything(rig, log)
    assert len(rig.terminal.requests) >= ROUNDS // 2
    assert [card for card in fed if card in written] == []


def test_payment_codes_go_to_the_gateway_and_nowhere_else(tmp_path: Path, log: io.StringIO) -> None:
    chance, rig, fed = random.Random(6), LaneRig(tmp_path), []
    odd = PaymentResult(Outcome.UNKNOWN, trouble=Trouble.GARBLED)
    for _ in range(ROUNDS):
        code = payment_code(chance)
        fed.append(code)
        rig.scan(code)  # too early: on idle or in the basket
        rig.till.enter_code(code)
        rig.scan(MILK, code)
        rig.till.pay()
        first = chance.choice(
            (APPROVED, DECLINED, PENDING, UNKNOWN, odd, PaymentResult(Outcome.DECLINED, Reason.REFUSED))
        )
        rig.bank.answers.extend((replace(first, reference=f"code {code}"), replace(APPROVED, reference=code)))
        rig.scan(code, code)
        rig.till.device_fault("scanner", f"twice {code}")
        rig.wait(3)
        rig.scan(code)
        rig.till.finish()
        rig.till.cancel_basket()
    written = everything(rig, log)
    sent = [request.instrument for request in rig.bank.requests]
    assert len(sent) >= ROUNDS // 2
    assert set(sent) <= set(fed)
    assert [code for code in fed if code in written] == []


def test_a_lane_that_fails_while_it_holds_a_code_does_not_tell_it(tmp_path: Path, log: io.StringIO) -> None:
    code, rig = payment_code(random.Random(7)), LaneRig(tmp_path)
    rig.pay_screen(MILK)

    def fail(*_: object) -> PaymentResult:
        raise RuntimeError(f"no line for {code}")

    rig.bank.start = fail  # type: ignore[method-assign,assignment]
    rig.scan(code)
    rig.restart()
    rig.scan(BADGE)
    assert "no line for" in log.getvalue() or rig.view.screen is not Screen.PAY
    assert code not in everything(rig, log)

from pathlib import Path

import pytest

from kiosk.services.refund_book import BookRefused
from kiosk.services.refund_view import RefundStage
from kiosk.services.staff import OPEN_FOR_S
from offline_cache.journal import JournalReader
from payments.gateway import Outcome, PaymentResult, Presents, Reason, Traits
from tests.kiosk.lane_rig import APPROVED, BADGE, MILK, UNKNOWN, WALLET, BenchWay, ScriptedBank
from tests.kiosk.refund_rig import NUMBER, PAID, SALE, RefundRig

GIVEN = [("intended", ""), ("submitted", ""), ("resolved", "approved")]
BACK = PaymentResult(Outcome.APPROVED, reference="T1")


@pytest.fixture
def rig(tmp_path: Path) -> RefundRig:
    return RefundRig(tmp_path)


def test_pieces_are_chosen_priced_confirmed_and_given_back(rig):
    sheet = rig.sheet()
    assert (sheet.stage, sheet.receipt_number, sheet.left_minor, sheet.can_confirm) == (
        RefundStage.CHOOSE,
        NUMBER,
        PAID,
        False,
    )
    rig.touch("part", "1", 2)
    chosen = rig.touch("why", "damaged")
    assert chosen is not None
    assert (chosen.amount_minor, chosen.can_confirm, chosen.whole) == (2000, True, False)
    done = rig.touch("confirm")
    assert done is not None
    assert (done.stage, done.amount_minor, done.brand, done.by) == (RefundStage.GIVEN, 2000, "wechat", "Li")
    assert rig.written() == GIVEN
    order = rig.book.orders[0]
    assert (order.why, order.by, order.approved_by, order.amount_minor) == ("damaged", "Li", "Li", 2000)


def test_all_that_is_left_is_one_touch_and_taken_back_by_another(rig):
    rig.give((1, 1))
    rig.sheet()
    whole = rig.touch("whole")
    assert whole is not None
    assert (whole.whole, whole.amount_minor) == (True, PAID - 1000)
    none = rig.touch("whole")
    assert none is not None
    assert (none.whole, none.amount_minor) == (False, 0)


def test_without_a_reason_or_a_piece_nothing_is_given(rig):
    rig.sheet()
    rig.touch("confirm")
    rig.touch("whole")
    rig.touch("confirm")
    rig.touch("why", "because")
    rig.touch("confirm")
    rig.touch("whole")
    rig.touch("why", "other")
    rig.touch("confirm")
    assert (rig.written(), rig.stage()) == ([], RefundStage.CHOOSE)


def test_a_double_tap_is_one_refund(rig):
    rig.held = True
    rig.sheet()
    rig.let_through()
    for act, what in (("whole", ""), ("why", "price"), ("confirm", ""), ("confirm", "")):
        rig.touch(act, what)
    assert rig.stage() is RefundStage.WORKING
    rig.let_through()
    assert (rig.stage(), len(rig.book.orders), rig.written()) == (RefundStage.GIVEN, 1, GIVEN)


def test_only_an_attendant_who_is_logged_in_gives_back(rig):
    rig.till.staff_act("refund")
    rig.till.refund("find", NUMBER, 0)
    assert rig.view.refund is None
    rig.sheet()
    rig.wait(OPEN_FOR_S + 1)
    assert rig.view.refund is None
    rig.touch("confirm")
    assert rig.written() == []


def test_a_receipts_code_opens_the_refund_while_an_attendant_is_there(rig):
    rig.scan(f"https://shop.example/r/{SALE}")
    assert rig.view.refund is None
    rig.scan(BADGE, MILK)
    assert rig.view.refund is None  # goods stay goods
    rig.till.cancel_basket()
    rig.scan(BADGE, f"https://shop.example/r/{SALE}")
    assert rig.stage() is RefundStage.CHOOSE


@pytest.mark.parametrize("code", ["not_known", "several", "not_completed", "stored", "nothing_left", "not_paid", "new"])
def test_what_the_book_refuses_is_said(rig, code):
    rig.book.refuse = BookRefused(code, final=True)
    sheet = rig.sheet()
    assert (sheet.stage, sheet.problem) == (RefundStage.REFUSED, "refused" if code == "new" else code)


def test_offline_is_said_before_anybody_is_asked(rig):
    rig.agent.online = False
    sheet = rig.sheet()
    assert (sheet.stage, sheet.problem) == (RefundStage.REFUSED, "offline")


def test_a_refusal_of_the_order_leaves_nothing_open(rig):
    rig.sheet()
    rig.touch("whole")
    rig.touch("why", "price")
    rig.book.refuse = BookRefused("changed", final=True)
    sheet = rig.touch("confirm")
    assert sheet is not None
    assert (sheet.stage, sheet.problem) == (RefundStage.REFUSED, "changed")
    assert rig.written()[-1] == ("resolved", "declined")
    assert rig.view.open_refunds == ()


@pytest.mark.parametrize(
    ("refused", "settled"),
    [
        (BookRefused("offline", unsent=True), True),  # proof: not one byte of the only order left
        (BookRefused("offline"), False),
    ],
)
def test_without_the_hubs_answer_only_an_order_that_never_left_is_over(rig, refused, settled):
    rig.sheet()
    rig.touch("whole")
    rig.touch("why", "price")
    rig.book.refuse = refused
    rig.touch("confirm")
    assert (rig.stage() is RefundStage.REFUSED) == settled
    assert (rig.view.open_refunds == ()) == settled
    rig.book.refuse = BookRefused("offline", unsent=True)  # a later one that never left proves nothing
    rig.wait(10)
    rig.book.refuse = None
    rig.wait(60)
    assert rig.given_back() == (0 if settled else PAID)
    assert rig.written()[-1] == ("resolved", "declined" if settled else "approved")


def test_a_lost_answer_is_asked_for_in_the_background_under_the_same_key(rig):
    rig.book.lose = True
    sheet = rig.give((2, 1))
    assert (sheet.stage, len(rig.view.open_refunds)) == (RefundStage.UNANSWERED, 1)
    assert rig.view.open_refunds[0].number == sheet.number
    rig.touch("close")
    rig.scan(MILK)  # a shopper is not kept waiting
    rig.book.lose = False
    rig.wait(5)
    assert rig.view.open_refunds == ()
    assert (rig.given_back(), {order.refund_key for order in rig.book.orders}) == (
        1676,
        {rig.book.orders[0].refund_key},
    )
    assert rig.written() == GIVEN


@pytest.mark.parametrize("outcome", [Outcome.PENDING, Outcome.UNKNOWN])
def test_a_bank_that_does_not_answer_for_long_is_asked_on_and_on(rig, outcome):
    rig.book.outcome = outcome
    assert rig.give().stage is RefundStage.UNANSWERED
    rig.wait(300)
    asked = len(rig.book.orders)
    assert 5 < asked < 20
    rig.book.outcome = Outcome.APPROVED
    rig.wait(61)
    assert rig.written() == GIVEN


def test_a_refund_that_the_bank_declined_can_be_asked_for_again(rig):
    rig.book.outcome = Outcome.DECLINED
    assert (rig.give().stage, rig.view.refund.problem) == (RefundStage.REFUSED, "declined")
    rig.book.outcome = Outcome.APPROVED
    assert rig.give().stage is RefundStage.GIVEN
    assert rig.given_back() == PAID


# --- a gateway of the lane's own ------------------------------------------------------------------------------------


def test_what_a_gateway_of_lanes_took_this_lane_gives_back_and_tells(rig):
    rig.book.route = "lane"
    rig.bank.answers.append(BACK)
    assert rig.give((1, 1)).stage is RefundStage.GIVEN
    assert rig.bank.asked == [("refund", "paid-key")]
    assert rig.book.told == [(rig.book.orders[0].refund_key, Outcome.APPROVED)]
    assert rig.written() == GIVEN


def test_a_gateway_that_does_not_answer_is_asked_again_by_the_same_key(rig):
    rig.book.route = "lane"
    rig.bank.answers.extend([UNKNOWN, PaymentResult(Outcome.PENDING), BACK])
    assert rig.give((1, 1)).stage is RefundStage.UNANSWERED
    rig.wait(20)
    assert rig.written() == GIVEN
    assert len(rig.bank.asked) == 3


@pytest.mark.parametrize(("gateway", "lane", "works"), [("terminal", "lane-1", True), ("terminal", "lane-9", False)])
def test_a_terminal_gives_back_only_what_it_took(rig, gateway, lane, works):
    rig.book.route, rig.book.gateway, rig.book.lane = "lane", gateway, lane
    sheet = rig.sheet()
    assert (sheet.stage is RefundStage.CHOOSE) == works
    if not works:
        assert (sheet.problem, sheet.params["lane"]) == ("other_lane", "lane-9")


def test_of_two_terminals_of_one_make_that_gives_back_which_took_it(rig):
    other = ScriptedBank(Presents.TERMINAL)
    rig.more_ways = (BenchWay("card-2", "terminal", other),)
    rig.restart()
    rig.book.route, rig.book.gateway, rig.book.lane, rig.book.way = "lane", "terminal", "lane-1", "card-2"
    other.answers.append(BACK)
    assert rig.give((1, 1)).stage is RefundStage.GIVEN
    assert (rig.terminal.asked, other.asked) == ([], [("refund", "paid-key")])


def test_a_gateway_that_is_not_here_is_named_by_its_lane(rig):
    rig.book.route, rig.book.gateway = "lane", "elsewhere"
    assert rig.sheet().problem == "other_lane"


# --- killed ---------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The lane is killed here."""


STEPS = ("before intended", "after intended", "after submitted", "after the order", "after the gateway", "told")


@pytest.mark.parametrize("route", ["hub", "lane"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_between_two_steps_it_gives_back_once_or_not_at_all(rig, monkeypatch, step, route):
    rig.book.route = route
    rig.bank.answers.extend([BACK, BACK, BACK])
    rig.sheet()
    rig.touch("part", "1", 1)
    rig.touch("why", "price")
    append, calls = type(rig.journal).append, []

    def failing(journal, *drafts):
        kinds = [draft.kind.removeprefix("refund.") for draft in drafts]
        calls.extend(kinds)
        if step == "before intended" and "intended" in kinds:
            raise Killed
        if step in {"after the gateway", "told"} and "resolved" in kinds:
            if step == "told":
                append(journal, *drafts)
            raise Killed
        events = append(journal, *drafts)
        if f"after {kinds[0]}" == step:
            raise Killed
        return events

    with monkeypatch.context() as patch:
        patch.setattr(type(rig.journal), "append", failing)
        rig.held = step == "after the order"
        try:
            rig.touch("confirm")
        except Killed:
            pass
        else:
            assert rig.held
    rig.held = False
    rig.restart()
    rig.wait(70)
    sent = step not in {"before intended", "after intended"}
    assert rig.given_back() == (1000 if sent else 0)
    outcomes = [outcome for kind, outcome in rig.written() if kind == "resolved"]
    assert outcomes == ([] if step == "before intended" else ["approved" if sent else "declined"])
    assert {order.refund_key for order in rig.book.orders} == {order.refund_key for order in rig.book.orders[:1]}
    assert len(rig.book.parts) == int(sent)


def test_after_a_restart_a_gateway_that_is_gone_leaves_the_refund_open(rig):
    rig.book.route = "lane"
    rig.bank.answers.append(UNKNOWN)
    rig.give((1, 1))
    rig.gateway_names = ("another", "terminal")
    rig.restart()
    rig.wait(10)
    assert len(rig.view.open_refunds) == 1
    assert rig.given_back() == 1000


# --- undo, slips ----------------------------------------------------------------------------------------------------


def test_the_sale_just_made_is_undone_whole_once_the_hub_knows_it(rig):
    rig.pay_screen()
    rig.bank.answers.append(APPROVED)
    rig.scan(WALLET)
    rig.scan(BADGE)
    assert rig.view.staff is not None
    assert "undo_sale" in rig.view.staff.acts
    rig.book.refuse = BookRefused("not_known", final=True)
    rig.till.staff_act("undo_sale")
    assert rig.stage() is RefundStage.LOOKING
    rig.wait(3)
    rig.book.refuse = None
    rig.wait(2)
    sheet = rig.view.refund
    assert sheet is not None
    assert (sheet.stage, sheet.whole, sheet.amount_minor) == (RefundStage.CHOOSE, True, PAID)


def test_a_slip_is_printed_once(rig):
    rig.give((1, 2), (2, 1))
    sheet = rig.touch("print")
    rig.touch("print")
    (slip,) = rig.slips
    assert sheet is not None
    assert sheet.printed
    assert (slip.amount_minor, slip.given, slip.why, slip.by) == (3676, True, "damaged", "Li")
    assert slip.parts == (({"en": "Milk"}, 2, 2000), ({"en": "Apples"}, 0, 1676))


def test_a_lane_without_a_hub_offers_no_refund(rig, monkeypatch):
    monkeypatch.setattr(rig, "refunds", lambda: None)
    rig.restart()
    rig.scan(BADGE)
    assert rig.view.staff is not None
    assert "refund" not in rig.view.staff.acts


def test_nothing_secret_and_every_name_is_in_the_journal(rig):
    rig.give((1, 1), why="wrong_item")
    with JournalReader(rig.folder / "journal.sqlite") as journal:
        bodies = [event.body for event in journal.events() if event.kind == "refund.intended"]
    assert bodies[0]["by"] == bodies[0]["approved_by"] == "Li"
    assert (bodies[0]["why"], bodies[0]["sale"], bodies[0]["lines"]) == ("wrong_item", SALE, [[1, 1]])


def test_an_answer_of_the_wrong_kind_is_no_answer(rig):
    rig.book.route = "lane"
    rig.bank.traits = Traits(Presents.SHOPPER_CODE, resend_start_is_safe=False, cancel_refunds=True)
    rig.bank.answers.append("approved")
    assert rig.give().stage is RefundStage.UNANSWERED
    rig.bank.answers.append(PaymentResult(Outcome.DECLINED, Reason.FUNDS))
    rig.wait(5)
    assert rig.written()[-1] == ("resolved", "declined")
    assert rig.given_back() == 0

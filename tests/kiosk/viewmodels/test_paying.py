"""Paying and done in words: ways, bill, tax, waiting, refusals, the receipt."""

from dataclasses import replace

import pytest

from kiosk.services.lane_view import Screen, WayView
from kiosk.services.paper import PrinterSays, PrinterView, PrintFate
from kiosk.services.texts import Texts
from kiosk.viewmodels.done import DoneViewModel
from kiosk.viewmodels.paying import PayViewModel
from payments.gateway import Presents
from tests.kiosk.qml.pay_views import BASE, CODE, DONE, LINES, SCANNED, TOTAL, WAYS_OFFLINE, paying
from tests.kiosk.viewmodels.shown import changes, rows

pytestmark = pytest.mark.usefixtures("qapp")
TEXTS = Texts.load()
LANGUAGES = TEXTS.languages


@pytest.fixture
def pay() -> PayViewModel:
    return PayViewModel(TEXTS)


@pytest.fixture
def done() -> DoneViewModel:
    return DoneViewModel(TEXTS)


def test_the_bill_is_at_list_price_and_savings_are_apart(pay: PayViewModel) -> None:
    pay.show(BASE)
    assert [row["price"] for row in rows(pay.bill)] == ["¥25.60", "¥10.02", "¥16.80", "¥38.00", "¥15.00"]
    assert rows(pay.savings) == [
        {"name": "Milk week: any 2 for ¥22.00", "amount": "−¥3.60"},
        {"name": "Special price", "amount": "−¥2.00"},
    ]
    assert (rows(pay.bill)[0]["name"], rows(pay.bill)[1]["detail"]) == ("Farm milk 1 L × 2", "0.842 kg")


def test_bill_less_savings_is_what_is_asked_for(pay: PayViewModel) -> None:
    pay.show(BASE)
    figures = [str(row["price"]) for row in rows(pay.bill)] + [str(row["amount"]) for row in rows(pay.savings)]
    fen = [int(text.replace("¥", "").replace("−", "-").replace(".", "")) for text in figures]
    assert sum(fen) == TOTAL
    assert pay.property("amountText") == "99.82"


def test_one_promotion_on_two_lines_is_one_saving(pay: PayViewModel) -> None:
    pay.show(replace(BASE, lines=(LINES[0], replace(LINES[0], number=2))))
    assert rows(pay.savings) == [{"name": "Milk week: any 2 for ¥22.00", "amount": "−¥7.20"}]


def test_tax_is_shown_by_rate(pay: PayViewModel) -> None:
    pay.show(BASE)
    assert [(row["text"], row["amount"]) for row in rows(pay.tax)] == [
        ("Includes 13% tax", "¥6.10"),
        ("Includes 9% tax", "¥3.86"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closed_way_says_why_and_is_not_counted(pay: PayViewModel, language: str) -> None:
    pay.show(replace(BASE, ways=WAYS_OFFLINE, language=language))
    wallet, card = rows(pay.ways)
    assert (wallet["available"], wallet["why"]) == (False, TEXTS.text(language, "way_closed.offline"))
    assert (card["available"], card["why"], pay.property("openWays")) == (True, "", 1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "reason", ["funds", "refused", "cancelled", "expired_code", "not_sent", "unavailable", "other"]
)
def test_every_refusal_has_words(pay: PayViewModel, reason: str, language: str) -> None:
    pay.show(replace(BASE, decline=reason, language=language))
    assert pay.property("declined") is True
    assert pay.property("declineText") not in {"", f"decline.{reason}"}


def test_the_next_attempt_takes_the_refusal_away(pay: PayViewModel) -> None:
    pay.show(replace(BASE, decline="funds"))
    pay.show(BASE)
    assert (pay.property("declined"), pay.property("declineText")) == (False, "")


@pytest.mark.parametrize(
    ("elapsed", "progress", "clock"), [(0, 0.0, "0:00"), (2, 0.4, "0:02"), (5, 1.0, "0:05"), (75, 1.0, "1:15")]
)
def test_waiting_has_a_measure(pay: PayViewModel, elapsed: int, progress: float, clock: str) -> None:
    pay.show(replace(BASE, screen=Screen.PAYING, payment=paying(elapsed_s=elapsed)))
    assert (pay.property("progress"), pay.property("clockText")) == (pytest.approx(progress), clock)


def test_only_after_twice_the_usual_time_it_takes_longer(pay: PayViewModel) -> None:
    texts = []
    for elapsed in (10, 11):
        pay.show(replace(BASE, payment=paying(elapsed_s=elapsed)))
        texts.append(pay.property("usualText"))
    assert texts == [
        "Usually takes about 5 seconds",
        "This is taking longer than usual. Please stay here; we keep asking.",
    ]


def test_a_payment_keeps_its_own_amount_and_reference(pay: PayViewModel) -> None:
    payment = replace(paying(Presents.TERMINAL, can_cancel=True), amount_minor=100)
    pay.show(replace(BASE, payment=payment))
    assert (pay.property("sign"), pay.property("amountText")) == ("¥", "1.00")
    assert pay.property("reference") == "3f0c 81d2 9be7 4a60"
    assert (pay.property("way"), pay.property("presents"), pay.property("canCancel")) == ("card", "terminal", True)


def test_a_second_later_only_the_clock_has_changed(pay: PayViewModel) -> None:
    pay.show(replace(BASE, payment=paying(elapsed_s=2)))
    with changes(pay) as said:
        pay.show(replace(BASE, payment=paying(elapsed_s=3)))
    assert said == ["elapsed", "clockText", "progress"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_done_says_what_was_paid_and_saved(done: DoneViewModel, language: str) -> None:
    done.show(replace(BASE, done=DONE, language=language))
    assert (done.property("sign"), done.property("totalText")) == ("¥", "99.82")
    assert done.property("savedText") == TEXTS.text(language, "done.saved", amount="¥5.60")
    assert "3-0F3C2DA1B2" in str(done.property("numberText"))
    assert done.property("receiptText") == done.property("numberText")
    assert [choice["choice"] for choice in done.property("choices")] == ["print", "code", "none"]


def test_the_last_sale_stays_while_its_screen_slides_away(done: DoneViewModel) -> None:
    done.show(replace(BASE, done=DONE))
    with changes(done) as said:
        done.show(replace(BASE, done=None))
    assert (said, done.property("totalText")) == ([], "99.82")


def test_a_receipts_choice_brings_its_code(done: DoneViewModel) -> None:
    done.show(replace(BASE, done=replace(DONE, receipt="code", receipt_url="https://shop.example/r/1")))
    assert (done.property("receipt"), done.property("receiptUrl")) == ("code", "https://shop.example/r/1")


@pytest.mark.parametrize(
    ("receipt", "fate", "says", "word"),
    [
        ("", PrintFate.NONE, PrinterSays.OK, ""),
        ("", PrintFate.NONE, PrinterSays.OUT, "paper_out"),
        ("", PrintFate.NONE, PrinterSays.COVER, "printer_away"),
        ("", PrintFate.NONE, PrinterSays.AWAY, "printer_away"),
        ("", PrintFate.NONE, PrinterSays.UNKNOWN, ""),
        ("none", PrintFate.NONE, PrinterSays.OUT, "no_receipt"),
        ("print", PrintFate.WAITING, PrinterSays.OK, "printing"),
        ("print", PrintFate.WAITING, PrinterSays.OUT, "print_waits"),
        ("print", PrintFate.PRINTING, PrinterSays.OUT, "printing"),
        ("print", PrintFate.PRINTED, PrinterSays.OUT, "printed"),
        ("print", PrintFate.KEPT, PrinterSays.OK, "print_kept"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_done_says_how_it_stands_with_the_paper(
    done: DoneViewModel, language: str, receipt: str, fate: PrintFate, says: PrinterSays, word: str
) -> None:
    sale = replace(DONE, receipt=receipt, fate=fate)
    done.show(replace(BASE, done=sale, language=language, printer=PrinterView(says)))
    expected = TEXTS.text(language, f"done.{word}") if word else done.property("numberText")
    assert done.property("receiptText") == expected


@pytest.mark.parametrize("says", PrinterSays)
def test_paper_that_cannot_come_out_now_is_offered_last(done: DoneViewModel, says: PrinterSays) -> None:
    done.show(replace(BASE, done=DONE, printer=PrinterView(says)))
    offered = [choice["choice"] for choice in done.property("choices")]
    assert offered == (["code", "none", "print"] if says.stuck else ["print", "code", "none"])
    assert [choice["weak"] for choice in done.property("choices")] == [False, False, says.stuck]
    done.show(replace(BASE, done=replace(DONE, can_print=False), printer=PrinterView(says)))
    assert [choice["choice"] for choice in done.property("choices")] == ["code", "none"]


@pytest.mark.parametrize(
    ("brand", "asking"),
    [("wechat", "We are asking WeChat"), ("alipay", "We are asking Alipay"), ("", "We are asking the bank")],
)
def test_it_is_said_who_is_asked(pay: PayViewModel, brand: str, asking: str) -> None:
    pay.show(replace(BASE, payment=replace(paying(), brand=brand)))
    assert pay.property("askingText") == asking


def test_a_wallet_that_nobody_has_words_for_is_a_bank(pay: PayViewModel) -> None:
    pay.show(replace(BASE, payment=replace(SCANNED, brand="moonpay"), ways=(WayView("wallet", Presents.TERMINAL),)))
    assert (pay.property("askingText"), pay.property("todoText")) == (
        "We are asking the bank",
        "Please scan the code with your phone",
    )


def test_a_code_to_be_scanned_says_how_long_and_goes_when_it_does(pay: PayViewModel) -> None:
    pay.show(replace(BASE, payment=SCANNED))
    assert (pay.property("code"), pay.property("usualText")) == (CODE, "The code is valid for another 1:48")
    assert pay.property("progress") == pytest.approx(0.1)
    pay.show(replace(BASE, payment=replace(SCANNED, show="", left_s=0)))
    assert (pay.property("code"), pay.property("todoText"), pay.property("hintText")) == ("", "Your code is coming", "")
    pay.show(replace(BASE, payment=SCANNED))
    pay.show(replace(BASE, payment=None))
    assert pay.property("code") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_payment_that_is_being_ended_says_not_to_pay_now(pay: PayViewModel, language: str) -> None:
    pay.show(replace(BASE, language=language, payment=replace(SCANNED, show="", left_s=0, ending=True)))
    assert pay.property("todoText") == TEXTS.text(language, "paying.ending")
    assert pay.property("hintText") == TEXTS.text(language, "paying.ending_hint")


def test_after_a_part_was_given_back_nobody_says_that_nothing_was_charged(pay: PayViewModel) -> None:
    pay.show(replace(BASE, decline="partial"))
    assert pay.property("declineLead") == ""
    assert "has been given back" in pay.property("declineText")
    pay.show(replace(BASE, decline="ended"))
    assert pay.property("declineLead") == ""
    assert "goes back to you" in pay.property("declineText")
    pay.show(replace(BASE, decline="limit"))
    assert pay.property("declineLead") == "Nothing was charged."


@pytest.mark.parametrize(
    ("way", "name"),
    [
        (WayView("wallet", Presents.SHOPPER_CODE, brands=("wechat",)), "WeChat Pay"),
        (WayView("wallet", Presents.SHOPPER_CODE, brands=("wechat", "alipay")), "WeChat Pay or Alipay"),
        (WayView("alipay", Presents.KIOSK_CODE), "Alipay"),
        (WayView("card", Presents.TERMINAL), "Card"),
    ],
)
def test_a_way_bears_the_name_of_the_wallet_it_takes(pay: PayViewModel, way: WayView, name: str) -> None:
    pay.show(replace(BASE, ways=(way,)))
    assert rows(pay.ways)[0]["name"] == name

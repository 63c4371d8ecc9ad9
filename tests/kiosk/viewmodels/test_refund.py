"""The refund sheet in words, and the refunds that nobody has answered for on the attendant's panel."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from kiosk.services.lane_view import LaneActions
from kiosk.services.receipt import columns
from kiosk.services.refund_book import RefundSlip
from kiosk.services.refund_desk import PROBLEMS
from kiosk.services.refund_slip import slip_text
from kiosk.services.refund_view import OpenRefundView, RefundStage, RefundView
from kiosk.services.texts import Texts
from kiosk.viewmodels.refund import RefundViewModel
from kiosk.viewmodels.staff import StaffViewModel
from offline_cache.price_list.writer import Meta
from retail.refunding import REASONS
from tests.kiosk.qml.refund_views import CHOOSE, refunding
from tests.kiosk.qml.shop_views import SHOP
from tests.kiosk.viewmodels.shown import as_qml, rows

TEXTS = Texts.load()


def shown(refund: RefundView, language: str = "en") -> RefundViewModel:
    model = RefundViewModel(cast("LaneActions", None), TEXTS)
    model.show(replace(refunding(refund), language=language))
    return model


def test_a_line_says_what_was_paid_what_is_left_and_what_the_choice_is_worth():
    model = shown(CHOOSE)  # held: its lines belong to it
    lines = {row["line"]: row for row in rows(as_qml(model).lines)}
    assert (lines[1]["detail"], lines[1]["note"], lines[1]["worth"], lines[1]["single"]) == (
        "3 for ¥30.00",
        "",
        "¥20.00",
        False,
    )
    assert (lines[2]["detail"], lines[2]["single"]) == ("0.842 kg for ¥16.76", True)
    assert lines[3]["note"] == "1 of 2 left"
    assert (lines[6]["note"], lines[6]["rest"]) == ("Already given back", 0)


@pytest.mark.parametrize("language", TEXTS.languages)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_refusal_has_a_sentence(problem, language):
    refused = replace(CHOOSE, stage=RefundStage.REFUSED, problem=problem, params={"number": "3-AB", "lane": "5"})
    advice = str(shown(refused, language).value("advice"))
    assert advice
    assert "{" not in advice
    assert not advice.startswith("refund_problem")


@pytest.mark.parametrize("language", TEXTS.languages)
def test_every_reason_and_stage_has_words(language):
    for why in REASONS:
        assert not TEXTS.text(language, f"refund.why_{why}").startswith("refund.")
    for stage in (RefundStage.GIVEN, RefundStage.WORKING, RefundStage.UNANSWERED, RefundStage.LOOKING):
        assert str(shown(replace(CHOOSE, stage=stage, number="9F2C"), language).value("headline"))


def test_a_way_without_words_is_shown_by_its_name():
    assert str(shown(replace(CHOOSE, brand="", way="voucher")).value("to")) == "To voucher, by which it was paid"


def test_refunds_without_an_answer_are_a_fact_that_somebody_must_know():
    model = StaffViewModel(TEXTS)
    waiting = (OpenRefundView("9F2C11AB07", "3-AB12CD34EF", 8476, "CNY"),)
    model.show(replace(refunding(CHOOSE), open_refunds=waiting))
    (fact,) = (row for row in rows(model.facts) if row["fact"] == "refunds")
    assert (fact["value"], fact["bad"]) == ("1 refund of ¥84.76. We go on asking. 9F2C11AB07", True)
    model.show(replace(SHOP, staff=refunding(CHOOSE).staff))
    assert not [row for row in rows(model.facts) if row["fact"] == "refunds"]


@pytest.mark.parametrize("width", [32, 42, 48])
@pytest.mark.parametrize("language", TEXTS.languages)
@pytest.mark.parametrize("given", [True, False])
def test_a_slip_fits_its_paper_and_says_whether_the_money_is_back(given, language, width):
    meta = Meta("s", 1, "CNY", datetime(2026, 11, 22, tzinfo=UTC), "Asia/Shanghai", {"": "灯笼超市" * 6})
    slip = RefundSlip(
        meta=meta,
        language=language,
        refund="9F2C11AB07",
        receipt="lane-3-AB12CD34EF",
        at="2026-11-22T04:00:00+00:00",
        lane="lane-3",
        by="李梅",
        why="damaged",
        way="wallet",
        brand="wechat",
        currency="CNY",
        amount_minor=8476,
        given=given,
        parts=(({"": "手工现磨黑芝麻核桃粉（礼盒装）特大号"}, 2, 8000), ({"": "Fuji apples"}, 0, 476)),
    )
    text = slip_text(slip, TEXTS, width)
    assert max(columns(line) for line in text.splitlines()) <= width
    assert TEXTS.text(language, "refund.slip_title" if given else "refund.slip_open") in text
    assert "84.76" in text
    assert "AB12CD34EF" in text

"""The attendant's panel: what may be done, and how prices, hub and clock stand, in words that say what is wrong."""

from dataclasses import replace

import pytest

from kiosk.services.lane_view import LaneView, PriceListStatus, StaffView
from kiosk.services.paper import PrinterSays, PrinterView
from kiosk.services.texts import Texts
from kiosk.viewmodels.staff import StaffViewModel
from payments.gateway import Trouble
from tests.kiosk.qml.pay_views import ASIDE, BASE, CASE, TROUBLES
from tests.kiosk.viewmodels.shown import changes, rows

TEXTS = Texts.load()
DAY = 86400
WELL = PriceListStatus(revision=7, published_at="2026-03-04T06:05:00+00:00", as_of="2026-03-04T08:05:00+00:00")


def seen(prices: PriceListStatus, language: str = "en") -> LaneView:
    return replace(BASE, staff=StaffView("Lin", ("close_lane",), 20), price_list=prices, language=language)


def facts(prices: PriceListStatus, language: str = "en") -> dict[str, tuple[str, bool]]:
    model = StaffViewModel(TEXTS)
    model.show(seen(prices, language))
    return {str(row["fact"]): (str(row["value"]), bool(row["bad"])) for row in rows(model.facts)}


def test_while_all_is_well_four_calm_facts_are_shown() -> None:
    assert facts(WELL) == {
        "prices": ("Revision 7 of 2026-03-04 16:05", False),
        "hub": ("Connected", False),
        "queued": ("Nothing", False),
        "clock": ("Right", False),
    }


def test_every_trouble_is_named() -> None:
    assert facts(TROUBLES) == {
        "prices": ("Revision 128407 of 2026-03-03 06:41, 1 d 7 h old", True),
        "hub": ("Away. This till sells on by itself.", True),
        "queued": ("100,412 records", False),
        "refused": (f"3 records, the last: {TROUBLES.refused_why}", True),
        "refused_list": (TROUBLES.refused_list, True),
        "trouble": (TROUBLES.trouble, True),
        "clock": ("Ahead by over 1 y. Please set it. Prices go by 2026-03-04 14:05.", True),
    }


@pytest.mark.parametrize("language", TEXTS.languages)
@pytest.mark.parametrize("says", PrinterSays)
def test_the_printer_is_a_fact_that_is_bad_when_somebody_must_act(says: PrinterSays, language: str) -> None:
    model = StaffViewModel(TEXTS)
    model.show(replace(seen(WELL, language), printer=PrinterView(says)))
    found = {str(row["fact"]): (str(row["value"]), bool(row["bad"])) for row in rows(model.facts)}
    if says is PrinterSays.NONE:
        assert "printer" not in found
    else:
        assert found["printer"] == (TEXTS.text(language, f"staff_sync.printer_{says}"), says.needs_staff)


def test_receipts_that_were_not_printed_are_counted_and_bad() -> None:
    model = StaffViewModel(TEXTS)
    model.show(replace(seen(WELL), printer=PrinterView(PrinterSays.OK, waiting=1, kept=2)))
    assert {"value": "Ready. 1 receipt waits. 2 receipts were not printed.", "bad": True}.items() <= rows(model.facts)[
        -1
    ].items()


def test_a_refused_list_is_told_once() -> None:
    told = replace(WELL, refused_list="it is not signed", trouble="price list: away; it is not signed")
    assert facts(told)["trouble"][0] == "price list: away"
    assert "trouble" not in facts(replace(told, trouble="it is not signed"))


def test_without_a_list_and_without_an_agent_it_says_so() -> None:
    found = facts(PriceListStatus(silent=True, now="2026-03-04T06:05:00+00:00"))
    assert found["prices"] == ("No price list has arrived yet", True)
    assert found["hub"] == ("The sync service kiosk-sync does not report. Start it.", True)


@pytest.mark.parametrize(
    ("wrong_s", "words"),
    [
        (61, "Behind by 1 min."),
        (-2 * 3600 - 61, "Ahead by 2 h 1 min."),
        (3 * DAY + 3600, "Behind by 3 d 1 h."),
        (56 * 366 * DAY, "Behind by over 56 y."),
    ],
)
def test_a_wrong_clock_is_told_in_its_two_largest_units(wrong_s: int, words: str) -> None:
    assert facts(replace(WELL, clock_wrong_s=wrong_s, now=WELL.as_of))["clock"][0].startswith(words)


@pytest.mark.parametrize("language", TEXTS.languages)
def test_every_fact_follows_the_language(language: str) -> None:
    found = facts(TROUBLES, language)
    assert found["hub"][0] == TEXTS.text(language, "staff_sync.hub_away")
    age = TEXTS.text(language, "span.days", days=1, hours=7)
    assert age in found["prices"][0]


def test_nothing_is_said_anew_while_nothing_changes() -> None:
    model = StaffViewModel(TEXTS)
    model.show(seen(WELL))
    with changes(model) as said:
        model.show(seen(WELL))
    assert said == []
    with changes(model) as said:
        model.show(seen(TROUBLES))
        model.show(replace(seen(TROUBLES), staff=None))
    assert said == ["troubled", "who", "acts", "left", "open"]


def test_facts_are_not_put_into_words_while_nobody_looks() -> None:
    model = StaffViewModel(TEXTS)
    model.show(replace(seen(TROUBLES), staff=None))
    assert (rows(model.facts), model.value("troubled"), model.value("open")) == ([], False, False)


def cases(view: LaneView) -> list[dict[str, object]]:
    model = StaffViewModel(TEXTS)
    model.show(view)
    return rows(model.cases)


def test_a_payment_in_doubt_is_a_card_with_all_that_a_bank_is_asked_for() -> None:
    (row,) = cases(replace(seen(WELL), cases=(CASE,)))
    assert row == {
        "key": CASE.key,
        "title": "Payment in doubt",
        "sum": "WeChat Pay ¥99.82",
        "order": "Order 3f0c81d2\u00a09be74a60 3f0c81d2\u00a09be74a60",
        "facts": "since 14:05, asked 14 times · by hub",
        "trouble": "No answer. Check the network.",
        "stands": "doubt",
    }


def test_one_that_was_set_aside_says_what_to_do_with_the_goods_once_it_is_settled() -> None:
    found = cases(replace(seen(WELL), cases=ASIDE))
    assert [(row["title"], row["stands"]) for row in found] == [
        ("Set aside: still in doubt", "doubt"),
        ("Set aside: paid. Hand out the goods.", "paid"),
        ("Set aside: not paid. Put the goods back.", "unpaid"),
    ]
    assert [row["trouble"] != "" for row in found] == [True, False, False]


@pytest.mark.parametrize("language", TEXTS.languages)
@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_of_a_gateway_has_words_for_staff(trouble: Trouble, language: str) -> None:
    (row,) = cases(replace(seen(WELL, language), cases=(replace(CASE, trouble=trouble.value),)))
    assert row["trouble"] == TEXTS.text(language, f"staff_case.trouble_{trouble.value or 'none'}")

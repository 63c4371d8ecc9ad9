"""The catalogues say the same things in every language, and nothing that the lane can show lacks words."""

import logging
import re
from pathlib import Path

import pytest

from kiosk.services.texts import CatalogueError, Texts
from payments.gateway import Presents, Reason, Trouble
from retail.payment_policy import Refusal, Rung

TEXTS = Texts.load()
PLACEHOLDER = re.compile(r"\{(\w*)\}")
NOTICES = [
    "unknown_code",
    "added",
    "quantity",
    "removed",
    "wallet_too_early",
    "expired",
    "label_unknown",
    "not_sold_here",
    "weigh_at_counter",
    "limit_reached",
    "badge_unknown",
    "help_called",
    "help_cleared",
    "basket_restored",
    "list_changed",
    "prices_fell",
    "payment_declined",
    "cannot_now",
    "url_ignored",
    "recalled",
    "recalled_meanwhile",
    "recall_check",
    "recall_cleared",
    "sold_already",
    "already_in_basket",
    "label_damaged",
    "no_goods",
    "compressed_link",
    "label_or_wallet",
    "takes_wechat",
    "takes_alipay",
    "takes_no_wallet",
    "wallet_shut",
    "scan_our_code",
    "coupon_asking",
    "coupon_expired",
    "coupon_not_yours",
    "coupon_offline",
    "coupon_reserved",
    "coupon_unknown",
    "coupon_used",
    "member_asking",
    "member_expired",
    "member_forged",
    "member_forgotten",
    "member_joined",
    "member_known",
    "member_no_programme",
    "member_not_known",
    "member_offline",
    "member_too_late",
    "member_unreadable",
    "member_waits",
    "coupon_noted",
    "coupon_taken",
    "coupon_waits",
    "coupon_there",
    "coupon_too_late",
    "coupon_withdrawn",
    "basket_dearer",
    "guide_noted",
    "guide_too_late",
    "basket_to_staff",
    "basket_fetched",
    "basket_there",
    "basket_damaged",
    "basket_strange",
]
FAULTS = [
    "no_price_list",
    "price_list_unreadable",
    "journal_full",
    "journal_read_only",
    "journal_damaged",
    "journal",
    "gateway",
]
STAFF_ACTS = [
    "approve_age",
    "refuse_age",
    "clear_help",
    "remove_problems",
    "recall_checked",
    "cancel_basket",
    "close_lane",
    "open_lane",
    "ask_payment",
    "set_aside",
    "ask_aside",
    "print_aside",
    "close_aside",
    "hand_over",
    "note_debts",
]
NEEDED = [
    *(f"notice.{code}" for code in NOTICES),
    *(f"fault.{code}" for code in FAULTS),
    *(f"staff_act.{act}" for act in STAFF_ACTS),
    *(f"decline.{reason.value}" for reason in Reason if reason),
    "decline.other",
    "decline.partial",
    "decline.ended",
    "out_of_service.text",
    "out_of_service.text_paying",
    *(f"staff_case.trouble_{trouble.value or 'none'}" for trouble in Trouble),
    *(f"paying.{presents.value}" for presents in Presents),
    *(f"paying.{presents.value}_hint" for presents in Presents),
    *(f"way.{way}" for way in ("wallet", "wechat", "alipay", "card")),
    *(f"way_closed.{why.value}" for why in Refusal if why),
    *(f"rung.{rung.value}" for rung in Rung if rung is not Rung.FULL),
    "language.name",
    "language.short",
]
SIMPLIFIED_ONLY = "请机码额国员价买购篮们这为无显设备务动关页发钱银据数单号触样标签连络"
TRADITIONAL_ONLY = "請機碼額國員價買購籃們這為無顯設備務動關頁發錢銀據數單號觸樣標籤連絡"


def forms(language: str, key: str) -> list[str]:
    entry = TEXTS.entry(language, key)
    return [entry] if isinstance(entry, str) else list(entry.values())


def test_the_three_languages_come_first_and_in_this_order():
    assert TEXTS.languages[:3] == ("zh-CN", "zh-TW", "en")
    assert [TEXTS.name(language) for language in TEXTS.languages[:3]] == ["简体中文", "繁體中文", "English"]


@pytest.mark.parametrize("language", TEXTS.languages)
def test_every_language_has_the_same_keys(language):
    assert TEXTS.keys(language) ^ TEXTS.keys("en") == frozenset()


@pytest.mark.parametrize("language", TEXTS.languages)
def test_every_language_has_the_same_placeholders(language):
    # An offer is given every figure that a language may want: 15% off, 8.5折, 85折 (tests/retail/promotions).
    for key in (key for key in TEXTS.keys("en") if not key.startswith("promotion.")):
        english = {name for text in forms("en", key) for name in PLACEHOLDER.findall(text)}
        for text in forms(language, key):
            assert set(PLACEHOLDER.findall(text)) == english, (language, key)


@pytest.mark.parametrize("language", TEXTS.languages)
def test_no_text_is_empty_or_frayed(language):
    for key in TEXTS.keys(language):
        for text in forms(language, key):
            assert text.strip() == text != "", (language, key)
            assert "  " not in text, (language, key)


@pytest.mark.parametrize("key", NEEDED)
def test_whatever_a_lane_can_say_has_words(key):
    assert all(key in TEXTS.keys(language) for language in TEXTS.languages)


def test_a_plural_says_one_and_other():
    for key in TEXTS.keys("en"):
        entry = TEXTS.entry("en", key)
        if not isinstance(entry, str):
            assert set(entry) == {"one", "other"}, key


@pytest.mark.parametrize(("language", "wrong"), [("zh-CN", TRADITIONAL_ONLY), ("zh-TW", SIMPLIFIED_ONLY)])
def test_chinese_scripts_are_not_mixed(language, wrong):
    for key in TEXTS.keys(language) - {"language.name", "language.short"}:
        for text in forms(language, key):
            assert not set(wrong) & set(text), (key, text)


def test_a_count_chooses_its_form_whether_number_or_digits():
    assert TEXTS.text("en", "pay.items", n=1) == "1 item"
    assert TEXTS.text("en", "pay.items", n="7") == "7 items"
    assert TEXTS.text("zh-CN", "pay.items", n=1) == "共 1 件"


def test_a_name_with_braces_is_shown_and_not_filled_in():
    assert TEXTS.text("en", "notice.added", name="{code} {0.x}") == "{code} {0.x} added"


def test_a_placeholder_that_nobody_fills_stays_and_harms_nothing():
    assert TEXTS.text("en", "notice.added") == "{name} added"


def test_a_missing_key_is_shown_as_itself_and_logged_once(caplog):
    texts = Texts.load()
    with caplog.at_level(logging.WARNING):
        shown = [texts.text("en", "notice.nonsense") for _ in range(3)]
    assert shown == ["notice.nonsense"] * 3
    assert [record.message for record in caplog.records] == ["no text for notice.nonsense in en"]


def test_a_new_language_is_one_file_and_speaks_english_where_it_is_silent(tmp_path, caplog):
    (tmp_path / "en.toml").write_text('[a]\nb = "house"\n', encoding="utf-8")
    (tmp_path / "pl.toml").write_text(
        '[language]\nname = "polski"\n[a]\nitems = { one = "{n} rzecz", few = "{n} rzeczy", other = "{n} rzeczy." }\n',
        encoding="utf-8",
    )
    texts = Texts.load(tmp_path)
    assert texts.languages == ("en", "pl")
    assert texts.text("pl", "a.b") == "house"
    assert [texts.text("pl", "a.items", n=n) for n in (1, 3, 5)] == ["1 rzecz", "3 rzeczy", "5 rzeczy."]
    assert caplog.messages == ["no text for a.b in pl"]


@pytest.mark.parametrize("damage", ["[a\n", "a = 3\n", "\xff"])
def test_a_damaged_catalogue_is_named_with_its_remedy(tmp_path, damage):
    path = Path(tmp_path / "en.toml")
    path.write_bytes(damage.encode("latin-1"))
    with pytest.raises(CatalogueError, match=re.escape(str(path))):
        Texts.load(tmp_path)

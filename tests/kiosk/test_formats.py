"""Money, weights and times in the words of each language, exactly to the minor unit."""

import subprocess
import sys

import pytest

from kiosk.services import formats

OWN = ("en", "zh-CN", "zh-TW")


@pytest.mark.parametrize("language", OWN)
@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (2560, "CNY", "¥25.60"),
        (-360, "CNY", "−¥3.60"),
        (0, "EUR", "€0.00"),
        (5, "ILS", "₪0.05"),
        (123456789, "USD", "$1,234,567.89"),
        (1234, "JPY", "¥1,234"),
        (1234567, "KWD", "KWD\u00a01,234.567"),
        (9007199254740993, "TWD", "NT$90,071,992,547,409.93"),
    ],
)
def test_money_is_exact_in_the_kiosks_languages(language, minor, currency, shown):
    assert formats.money_text(minor, currency, language) == shown
    assert "".join(formats.money_parts(minor, currency, language)) == shown


def test_sign_and_figures_come_apart_for_two_sizes():
    assert formats.money_parts(-360, "HKD", "zh-TW") == ("−HK$", "3.60")


def test_other_languages_write_money_their_way():
    assert formats.money_text(-123456, "EUR", "de") == "−1.234,56\u00a0€"
    assert formats.money_parts(123456, "EUR", "de") == ("€", "1.234,56")
    assert formats.weight_text(842, "de") == "0,842 kg"


@pytest.mark.parametrize("language", OWN)
def test_weights_show_every_gram(language):
    assert formats.weight_text(842, language) == "0.842 kg"
    assert formats.weight_text(12005, language) == "12.005 kg"
    assert formats.weight_text(-1, language) == "−0.001 kg"


@pytest.mark.parametrize(("rate_bp", "shown"), [(1300, "13%"), (550, "5.5%"), (0, "0%"), (2000, "20%"), (725, "7.25%")])
def test_rates_are_short_and_exact(rate_bp, shown):
    assert formats.percent_text(rate_bp) == shown


@pytest.mark.parametrize("language", OWN)
def test_times_are_the_shops_own(language):
    assert formats.clock_text("2026-03-04T18:05:09+00:00", "Asia/Taipei", language) == "02:05"
    assert formats.date_time_text("2026-03-04T18:05:09Z", "Asia/Taipei", language) == "2026-03-05 02:05"
    assert formats.clock_text("", "UTC", language) == formats.date_time_text("", "UTC", language) == ""
    assert formats.date_text("2026-03-04T18:05:09Z", "Asia/Taipei", language) == "2026-03-05"
    assert formats.date_text("", "UTC", language) == ""


def test_times_elsewhere_are_as_people_there_write_them():
    assert formats.clock_text("2026-03-04T18:05:09Z", "Europe/Berlin", "de") == "19:05"
    assert formats.date_time_text("2026-03-04T18:05:09Z", "Europe/Berlin", "de") == "04.03.2026, 19:05:09"


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (75, "1:15"), (3600, "60:00"), (-4, "0:00")])
def test_waiting_is_minutes_and_seconds(seconds, shown):
    assert formats.duration_text(seconds) == shown


def test_the_first_frame_needs_no_babel():
    code = (
        "import sys; from kiosk.services.texts import Texts; from kiosk.services import formats as f;"
        "t = Texts.load(); t.text('en', 'pay.items', n=2); t.text('zh-CN', 'pay.items', n=2);"
        "f.money_text(1, 'CNY', 'zh-CN'); f.weight_text(1, 'en'); f.clock_text('2026-01-01T00:00Z', 'UTC', 'en');"
        "sys.exit('babel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""The slip of a basket for the till: plainly no receipt, and its code is read off the paper."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QImage

from hardware.picture_reader import PictureReader
from kiosk.adapters.receipt_image import columns_on, receipt_image
from kiosk.services.receipt import CODE, columns
from kiosk.services.slip import slip_text
from kiosk.services.texts import Texts
from offline_cache.price_list.writer import Meta
from retail.handed_basket import HandedBasket, HandedLine, basket_code

AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
META = Meta("s", 1, "CNY", AT, "Asia/Shanghai", {"en": "Lantern Market", "zh-CN": "灯笼超市"})
TEXTS = Texts.load()
PAPERS = (576, 384)


def basket(lines: int) -> HandedBasket:
    chance = random.Random(lines)  # noqa: S311 - repeatable
    goods = tuple(HandedLine(str(chance.randrange(10**12, 10**13))) for _ in range(lines))
    return HandedBasket("5f" * 16, "lane-3", "lane-3-0417", 9982, "CNY", lines, goods)


def slip(handed: HandedBasket, language: str, dots: int) -> str:
    return slip_text(handed, basket_code(handed, "SGP-"), META, AT, TEXTS, language, columns_on(dots))


@pytest.mark.parametrize("dots", PAPERS)
@pytest.mark.parametrize("language", ["en", "zh-CN", "zh-TW"])
def test_it_says_what_it_is_and_what_it_is_not(language: str, dots: int) -> None:
    lines = slip(basket(5), language, dots).splitlines()
    text = " ".join(lines)
    assert TEXTS.text(language, "to_till.slip_title") in text
    assert ("lane-3-0417" in text, "99.82" in text) == (True, True)
    assert lines[-1].strip() in TEXTS.text(language, "to_till.slip_text")
    assert max(columns(line) for line in lines if not line.startswith(CODE)) <= columns_on(dots)


@pytest.mark.parametrize("dots", PAPERS)
@pytest.mark.parametrize("lines", [1, 40])
def test_its_code_is_read_off_the_paper(qapp: QGuiApplication, lines: int, dots: int) -> None:
    handed = basket(lines)
    paper = receipt_image(slip(handed, "en", dots), dots=dots)
    assert paper.width() == dots
    grey = paper.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(bytes(grey.constBits()), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    found = PictureReader(["QR"]).read(rows[:, :dots].copy())
    assert [code.text for code in found] == [basket_code(handed, "SGP-")]

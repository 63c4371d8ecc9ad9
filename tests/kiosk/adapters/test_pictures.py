"""Pictures as files beside the price list, once a revision; QR codes that are a code or nothing."""

import logging
import os
import re
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QImage
from pyzbar import pyzbar

from kiosk.adapters.pictures import QrCodes, lay_out_pictures
from kiosk.app import QML
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta, PriceListWriter
from tests.kiosk.lane_rig import START

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><rect width='8' height='8'/></svg>"


def a_list(folder: Path, *names: str, revision: int = 1, content: bytes = SVG) -> PriceList:
    path = folder / f"list-{revision}.sqlite"
    with PriceListWriter(path, Meta("s", revision, "CNY", START)) as writer:
        for name in names:
            writer.add_picture(name, "image/svg+xml", content)
    return PriceList(path)


def laid_out(folder: Path) -> dict[str, list[str]]:
    return {place.name: sorted(path.name for path in place.iterdir()) for place in folder.iterdir()}


def test_pictures_become_files_under_the_address_that_is_answered(tmp_path: Path) -> None:
    address = lay_out_pictures(a_list(tmp_path, "milk", "apple-red"), tmp_path / "pictures")
    assert laid_out(tmp_path / "pictures") == {"s-1-1795320000": ["apple-red", "milk"]}
    assert Path(QUrl(address + "milk").toLocalFile()).read_bytes() == SVG


def test_a_picture_without_a_suffix_is_still_known_as_a_drawing(tmp_path: Path) -> None:
    address = lay_out_pictures(a_list(tmp_path, "milk"), tmp_path / "pictures")
    assert not QImage(QUrl(address + "milk").toLocalFile()).isNull()


def test_a_revision_is_written_once(tmp_path: Path) -> None:
    prices = a_list(tmp_path, "milk")
    lay_out_pictures(prices, tmp_path / "pictures")
    file = tmp_path / "pictures" / "s-1-1795320000" / "milk"
    os.utime(file, (1, 1))
    lay_out_pictures(prices, tmp_path / "pictures")
    assert file.stat().st_mtime == 1


def test_the_next_revision_takes_the_old_pictures_away(tmp_path: Path) -> None:
    lay_out_pictures(a_list(tmp_path, "milk"), tmp_path / "pictures")
    lay_out_pictures(a_list(tmp_path, "bread", revision=2), tmp_path / "pictures")
    assert laid_out(tmp_path / "pictures") == {"s-2-1795320000": ["bread"]}


def test_what_a_power_cut_left_half_done_is_begun_anew(tmp_path: Path) -> None:
    half = tmp_path / "pictures" / "s-1-1795320000.part"
    half.mkdir(parents=True)
    (half / "old").write_bytes(b"half")
    lay_out_pictures(a_list(tmp_path, "milk"), tmp_path / "pictures")
    assert laid_out(tmp_path / "pictures") == {"s-1-1795320000": ["milk"]}


@pytest.mark.parametrize("name", ["../milk", "a/b", "..", ".hidden", "", "a b", "x" * 101, "牛奶", "milk\n"])
def test_a_name_that_is_no_plain_file_name_is_left_out(tmp_path: Path, name: str) -> None:
    lay_out_pictures(a_list(tmp_path, name, "bread"), tmp_path / "pictures")
    assert laid_out(tmp_path / "pictures") == {"s-1-1795320000": ["bread"]}
    assert {path.name for path in tmp_path.iterdir()} == {"pictures", "list-1.sqlite"}


def test_where_nothing_can_be_written_the_lane_sells_without_pictures(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "pictures").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        assert lay_out_pictures(a_list(tmp_path, "milk"), tmp_path / "pictures") == ""
    assert str(tmp_path / "pictures") in caplog.text


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir(mode=0o555)
    with caplog.at_level(logging.WARNING):
        assert lay_out_pictures(a_list(tmp_path, "milk"), folder) == ""
    assert "cannot be laid out" in caplog.text


def test_no_image_that_loads_on_another_thread_asks_python() -> None:
    """QML's reader thread and the screen's thread would wait for each other for ever (seen in the demo)."""
    images = [
        (path.name, block)
        for path in QML.rglob("*.qml")
        for block in re.findall(r"\n( *)(?:Border)?Image \{\n(.*?)\n\1\}", path.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert images
    for name, (_, block) in images:
        is_python = "image://" in block
        assert not (is_python and re.search(r"asynchronous:\s*(?!false)", block)), name
    addresses = "".join(path.read_text(encoding="utf-8") for path in QML.rglob("*.qml"))
    assert set(re.findall(r"image://(\w+)", addresses)) == {"qr"}


def code_of(text: str, wanted: int = 400) -> QImage:
    size = QSize()
    image = QrCodes().requestImage(quote(text), size, QSize(wanted, wanted))
    assert (size.width(), size.height()) in {(image.width(), image.height()), (-1, -1)}
    return image


def read_back(image: QImage) -> str:
    gray = image.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(gray.constBits(), np.uint8).reshape(gray.height(), gray.bytesPerLine())
    found = pyzbar.decode(np.ascontiguousarray(pixels[:, : gray.width()]))
    return str(found[0].data.decode()) if found else ""


@pytest.mark.parametrize("text", ["https://shop.example/r/0f3c?a=1&b=%20", "灯笼超市 ¥25.60\nMilk × 2", "a/b#c?d"])
def test_a_code_holds_its_text(text: str) -> None:
    assert read_back(code_of(text)) == text


def test_a_code_is_about_as_large_as_asked_for_and_whole_pixels() -> None:
    image = code_of("https://shop.example/r/1", 400)
    assert 300 <= image.width() <= 400
    assert image.width() == image.height()


def test_without_a_size_a_code_is_still_drawn() -> None:
    image = QrCodes().requestImage("x", QSize(), QSize())
    assert image.width() > 0


@pytest.mark.parametrize("text", ["x" * 8000, "灯" * 3000])
def test_a_text_too_long_for_any_code_gives_no_picture(text: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert code_of(text).isNull()
    assert "does not fit" in caplog.text
    assert text[:50] not in caplog.text

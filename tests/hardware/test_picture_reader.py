"""What is read in a picture, and what is not believed."""

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import pytest
import segno
import zxingcpp

from bench.meaning import is_meant
from hardware.code import Box, Code
from hardware.opencv import Grey, cv2, still
from hardware.picture_reader import PictureReader
from hardware.scan import RETAIL
from tests.hardware.drawn import ean13, ean13_bars, itf_bars, picture
from tests.shared_data import shared_file

F = zxingcpp.BarcodeFormat
MOST = [
    ("EAN13", F.EAN13, "690123456789", "6901234567892"),
    ("UPCA", F.UPCA, "03600029145", "036000291452"),
    ("EAN8", F.EAN8, "9638507", "96385074"),
    ("UPCE", F.UPCE, "0123456", "01234565"),
    ("CODE128", F.Code128, "SCAN-0815", "SCAN-0815"),
    ("ITF", F.ITF, "15400141288763", "15400141288763"),
    ("DATABAR", F.DataBarOmni, "0690123456789", "0106901234567892"),
    ("DATABARLTD", F.DataBarLtd, "0690123456789", "0106901234567892"),
    ("QR", F.QRCode, "wxp://f2f0abcdef", "wxp://f2f0abcdef"),
    ("DATAMATRIX", F.DataMatrix, "SCAN-0815", "SCAN-0815"),
]


@pytest.fixture
def reader() -> Iterator[PictureReader]:
    reader = PictureReader()
    yield reader
    reader.close()


def texts(codes: tuple[Code, ...]) -> list[tuple[str, str]]:
    return sorted((code.symbology, code.text) for code in codes)


def made(symbology: zxingcpp.BarcodeFormat, text: str, *, module: int = 3, **options: object) -> Grey:
    """A code as zxing-cpp draws it, on a light mat."""
    symbol = zxingcpp.create_barcode(text, symbology, **options)
    drawn = np.array(symbol.to_image(scale=module, add_quiet_zones=True))
    return np.pad(drawn, 60, constant_values=255)


def turned(grey: Grey, degrees: float) -> Grey:
    rows, columns = grey.shape
    side = round(float(np.hypot(rows, columns)))
    there = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, 1.0)
    there[:, 2] += np.array([(side - columns) / 2, (side - rows) / 2])
    return np.asarray(cv2.warpAffine(grey, there, (side, side), borderValue=(225.0,)), np.uint8)


@pytest.mark.parametrize(("symbology", "kind", "text", "expected"), MOST, ids=[row[0] for row in MOST])
@pytest.mark.parametrize("degrees", [0, 20, 90, 180])
def test_each_kind_of_a_shop_is_read_whichever_way_it_lies(reader, symbology, kind, text, expected, degrees) -> None:
    assert texts(reader.read(turned(made(kind, text), degrees))) == [(symbology, expected)]


@pytest.mark.parametrize(("symbology", "kind", "text", "expected"), MOST, ids=[row[0] for row in MOST])
def test_a_camera_that_looks_at_it_reads_it_too_and_is_sure(reader, symbology, kind, text, expected) -> None:
    mat = np.full((720, 1280), 225, np.uint8)
    drawn = made(kind, text)
    mat[200 : 200 + drawn.shape[0], 300 : 300 + drawn.shape[1]] = drawn
    seen = [reader.look(mat) for _ in range(reader.LOOKS)]
    assert {pair for codes in seen for pair in texts(codes)} == {(symbology, expected)}
    assert any(code.sure for codes in seen for code in codes)


def test_a_code_that_is_out_of_focus_is_read(reader) -> None:
    blurred = cv2.GaussianBlur(ean13("6901234567892"), (0, 0), 2.7)
    assert texts(reader.read(np.asarray(blurred, np.uint8))) == [("EAN13", "6901234567892")]


def test_several_codes_are_read_with_their_places(reader) -> None:
    upper, lower = sorted(reader.read(ean13("6901234567892", "4006381333931")), key=lambda code: code.box.top)
    assert (upper.text, lower.text) == ("6901234567892", "4006381333931")
    assert not upper.box.meets(lower.box)


def test_corners_begin_at_the_codes_own_top_left(reader) -> None:
    (upright,) = reader.read(ean13("6901234567892"))
    (headlong,) = reader.read(np.ascontiguousarray(cv2.rotate(ean13("6901234567892"), cv2.ROTATE_180)))
    assert upright.corners[0][0] < 0.5 < upright.corners[1][0]
    assert headlong.corners[1][0] < 0.5 < headlong.corners[0][0]


def test_what_lies_in_the_zone_is_looked_at_though_much_lies_around(reader) -> None:
    mat = np.full((720, 1280), 225, np.uint8)
    stripes = np.tile(np.repeat(np.array([30, 220], np.uint8), 5), (90, 16))
    for top in (20, 600):
        for left in (20, 300, 580, 860, 1100):
            mat[top : top + 90, left : left + 160] = stripes
    line = np.repeat(np.array([20 if bit == "1" else 225 for bit in ean13_bars("6901234567892")], np.uint8), 2)
    mat[330:400, 900 : 900 + line.size] = line
    zone = Box(0.6, 0.3, 1.0, 0.7)
    assert texts(reader.look(mat, zone)) == [("EAN13", "6901234567892")]


@pytest.mark.parametrize(
    ("kind", "text", "gs1"),
    [
        (F.Code128, "SCAN-0815", False),
        (F.QRCode, "SCAN-0815", False),
        (F.DataBarExp, "(01)06901234567892(10)A1", True),
        (F.EAN13, "690123456789", None),
    ],
)
def test_a_symbol_that_says_whether_it_holds_gs1_elements_is_believed(reader, kind, text, gs1) -> None:
    assert [code.gs1 for code in reader.read(made(kind, text))] == [gs1]


def test_databar_expanded_is_not_taken_from_zbar_which_garbles_what_follows_a_separator(reader) -> None:
    drawn = made(F.DataBarExp, "(01)98898765432106(10)12A(21)SER7")
    assert texts(reader.read(drawn)) == [("DATABAREXP", "01988987654321061012A\x1d21SER7")]


@pytest.mark.parametrize("digits", ["15400141288763", "1540014128", "070429"])
def test_an_itf_of_six_digits_or_more_is_believed_when_it_is_whole(reader, digits) -> None:
    assert texts(reader.read(picture(itf_bars(digits), module=2))) == [("ITF", digits)]


def test_an_itf_of_four_digits_may_be_any_text_and_is_not(reader) -> None:
    assert reader.read(picture(itf_bars("1515"), module=2)) == ()


@pytest.mark.parametrize("part", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("side", ["left", "right"])
def test_half_an_itf14_is_not_read_as_a_shorter_one(reader, part, side) -> None:
    whole = picture(itf_bars("15400141288763"), module=2)
    hidden = round(whole.shape[1] * part)
    assert reader.read(np.ascontiguousarray(whole[:, hidden:] if side == "left" else whole[:, :hidden])) == ()


@pytest.mark.parametrize("cut", [slice(0, 330), slice(300, 640), slice(150, 420)])
def test_half_an_ean13_is_not_read_as_a_shorter_code(reader, cut) -> None:
    half = np.ascontiguousarray(ean13("6901234567892")[:, cut])
    assert reader.read(half) == ()
    assert not any(code.sure for _ in range(reader.LOOKS) for code in reader.look(half))


@pytest.mark.parametrize("degrees", [-14, -8, 8, 14])
def test_a_line_that_leaves_an_ean13_in_its_middle_makes_no_upc_e_of_it(reader, degrees) -> None:
    """The left half of this one is a UPC-E, bar by bar."""
    assert texts(reader.read(turned(ean13("9788430532674"), degrees))) == [("EAN13", "9788430532674")]


def test_bars_at_random_are_no_code(reader) -> None:
    random = np.random.default_rng(11)
    for _ in range(400 if os.environ.get("KIOSK_NIGHTLY") else 50):
        widths = random.integers(1, 5, 70)
        line = np.repeat(np.resize(np.array([20, 230], np.uint8), widths.size), widths)
        assert reader.read(np.pad(np.tile(line, (40, 1)), 20, constant_values=230)) == ()


def test_a_wallets_qr_code_is_read_beside_a_barcode(reader) -> None:
    grey = np.full((720, 1280), 225, np.uint8)
    grey[:360, :640] = ean13("6901234567892")
    grey[400:620, 900:1120] = qr("wxp://f2f0abcdef", 220)
    assert texts(reader.look(grey)) == [("EAN13", "6901234567892"), ("QR", "wxp://f2f0abcdef")]


@pytest.mark.parametrize("text", ["牛奶 ¥5.80", "ﾃﾞｻﾞｲﾝQR", "http://example.org"])
def test_unicode_in_a_qr_code_is_read_as_it_is_written(reader, text) -> None:
    assert texts(reader.read(qr(text, 300))) == [("QR", text)]


def test_an_older_chinese_qr_code_in_gb18030_is_read(reader) -> None:
    assert texts(reader.read(raw_qr("牛奶半价".encode("gb18030")))) == [("QR", "牛奶半价")]


def test_an_older_japanese_qr_code_is_not_taken_for_chinese(reader) -> None:
    assert texts(reader.read(raw_qr("ﾃﾞｻﾞｲﾝ".encode("shift-jis")))) == [("QR", "ﾃﾞｻﾞｲﾝ")]


def test_only_the_kinds_that_are_asked_for_are_read() -> None:
    reader = PictureReader({"QR"})
    assert reader.read(ean13("6901234567892")) == ()
    reader.close()


def test_a_upc_is_not_read_where_only_ean13_is_asked_for() -> None:
    reader = PictureReader({"EAN13"})
    assert reader.read(ean13("0036000291452")) == ()
    reader.close()


def test_code39_is_read_only_where_a_shop_asks_for_it(reader) -> None:
    drawn = made(F.Code39, "SCAN-0815")
    asked = PictureReader({"CODE39"})
    assert (reader.read(drawn), texts(asked.read(drawn))) == ((), [("CODE39", "SCAN-0815")])
    asked.close()


def test_an_empty_mat_holds_no_code(reader) -> None:
    assert (reader.read(picture()), reader.look(picture())) == ((), ())


def test_noise_holds_no_code(reader) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (360, 640), np.uint8)
    assert (reader.read(noise), [reader.look(noise) for _ in range(reader.LOOKS)]) == ((), [()] * reader.LOOKS)


@pytest.mark.parametrize("size", [(1, 1), (2, 900), (900, 3), (11, 12)])
def test_a_picture_of_hardly_any_pixels_holds_no_code(reader, size) -> None:
    assert (reader.read(np.zeros(size, np.uint8)), reader.look(np.zeros(size, np.uint8))) == ((), ())


def test_a_small_code_in_a_phones_large_picture_is_read(reader) -> None:
    large = np.full((3000, 4000), 200, np.uint8)
    large[1500 : 1500 + 360, 2500 : 2500 + 640] = ean13("6901234567892")
    assert texts(reader.read(large)) == [("EAN13", "6901234567892")]


def test_photographs_are_read_and_none_wrongly() -> None:
    """Every fourth of the shared collections; the floors are what the project promises on the whole of them."""
    manifest = shared_file("barcodes", "manifest.csv")
    with manifest.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    reader, read, wrong = PictureReader(RETAIL), defaultdict[str, Counter[bool]](Counter), []
    for row in sorted(rows, key=lambda row: (row["format"], row["file"]))[::4]:
        photo = still(str(manifest.parent / row["file"]))
        found = () if photo is None else reader.read(photo)
        kind = "DATABAR" if row["format"] == "DATABARLTD" else row["format"]
        meant = [code for code in found if is_meant(kind, row["expected"], code.text)]
        read[kind][bool(meant)] += 1
        wrong += [(row["file"], code.text) for code in found if code not in meant and not is_second(code)]
    reader.close()
    assert wrong == []
    rates = {kind: 100 * counts[True] / counts.total() for kind, counts in read.items() if kind != "NONE"}
    floors = {"EAN13": 84, "UPCA": 65, "UPCE": 88, "CODE128": 90, "ITF": 90, "QR": 90, "DM": 95}
    assert {kind: rate for kind, rate in rates.items() if rate < floors.get(kind, 100)} == {}


def is_second(code: Code) -> bool:
    """Books from Japan carry a second code, and one QR code another inside; the manifest names only one of each."""
    return code.text.endswith(("1920081045006", "http://d-qr.net/ex/"))


def qr(text: str, size: int) -> Grey:
    modules = np.asarray(cv2.QRCodeEncoder.create().encode(text), np.uint8)
    framed = np.pad(modules, 4, constant_values=255)
    return np.asarray(cv2.resize(framed, (size, size), interpolation=cv2.INTER_NEAREST), np.uint8)


def raw_qr(content: bytes) -> Grey:
    """Bytes that say nothing of their character set."""
    code = segno.make_qr(content, mode="byte")
    modules = 255 * (1 - np.array([list(row) for row in code.matrix_iter(border=4)], np.uint8))
    return np.asarray(np.kron(modules, np.ones((8, 8), np.uint8)), np.uint8)

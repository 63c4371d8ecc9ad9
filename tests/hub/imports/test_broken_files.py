"""A heap of broken files: each is refused as a whole, with a sentence that names the file, and nothing else raised."""

import gzip
import io
import os
import random
import zipfile
from collections.abc import Callable

import pytest

from hub.imports import FORMATS, ImportRefused
from tests.hub.imports.lists import IL_HEADER, KONZUM_HEADER, csv_text, il_row, konzum_row, take, write_csv

IL = csv_text(IL_HEADER, *[il_row(str(code)) for code in range(3000)]).encode()
PACKED = gzip.compress(IL)
SIMPLE = b"code,name,price\n4006381333931,Pen,1.50\n"


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


BROKEN = {
    "empty": (b"", "is empty"),
    "empty once unpacked": (gzip.compress(b""), "is empty once unpacked"),
    "only blank lines": (b"\n\n\r\n", "no header line"),
    "cut gzip": (PACKED[: len(PACKED) // 2], r"middle of the gzip stream, after line \d+; fetch it again"),
    "damaged gzip": (PACKED[:400] + b"\xff" * 64 + PACKED[464:], "is damaged after line"),
    "wrong gzip checksum": (PACKED[:-8] + b"\0" * 8, "is damaged after line"),
    "rubbish after gzip": (PACKED + b"rubbish", "is damaged after line"),
    "gzip in gzip": (gzip.compress(PACKED), "NUL bytes|neither UTF-8 nor|longer than"),
    "random bytes": (random.Random(1).randbytes(5000), "NUL bytes"),  # noqa: S311 - repeatable rubbish
    "NUL byte in a row": (IL[:-20] + b"\0" + IL[-20:], r"line 300\d contains NUL bytes"),
    "zip": (zipped("list.csv", SIMPLE), "zip|workbook"),
    "PDF": (b"%PDF-1.7 ...", "is a PDF"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel file of the old kind"),
    "bzip2": (b"BZh91AY&SY", "bzip2"),
    "HTML": (b"<!DOCTYPE html><html>error 503</html>", "XML, HTML or JSON"),
    "XML": (b"\xef\xbb\xbf<?xml version='1.0'?><Items/>", "XML, HTML or JSON"),
    "JSON": (b'{"error": "not found"}', "XML, HTML or JSON"),
    "one endless line": (b"code,price," + b"x" * (3 << 20), "longer than"),
    "no such columns": (b"a,b,c\n1,2,3\n", "header"),
    "header only": (b"", "is empty"),
    "text": (b"Dear shop, here is the list.\n", "header"),
}


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "hk"])  # JSON; see test_hk.py
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_ends_in_a_sentence(tmp_path, kind, form):
    content, sentence = BROKEN[kind]
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=sentence) as refused:
        take(path, form)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)


HEADERS: dict[str, tuple[list[str], Callable[..., list[str]]]] = {
    "il": (IL_HEADER, il_row),
    "konzum": (KONZUM_HEADER, konzum_row),
}


@pytest.mark.parametrize("form", HEADERS)
def test_a_header_without_rows_is_refused(tmp_path, form):
    with pytest.raises(ImportRefused, match="has a header but no rows"):
        take(write_csv(tmp_path / "list.csv", HEADERS[form][0]), form)


@pytest.mark.parametrize(("form", "column"), [("il", "מחיר (₪)"), ("il", "שקיל"), ("konzum", "SpecialPrice")])
def test_a_missing_column_is_named(tmp_path, form, column):
    header, row = HEADERS[form]
    place = header.index(column)
    path = write_csv(tmp_path / "list.csv", header[:place] + header[place + 1 :], row()[:place] + row()[place + 1 :])
    with pytest.raises(ImportRefused) as refused:
        take(path, form)
    assert f"its header lacks {column!r}" in str(refused.value)


@pytest.mark.parametrize("form", HEADERS)
def test_a_list_that_ends_in_the_middle_of_a_row_is_not_whole(tmp_path, form):
    header, row = HEADERS[form]
    text = csv_text(header, row("1"), row("2"), row("3")).rstrip("\r\n")
    path = tmp_path / "list.csv"
    path.write_bytes(text[: text.rindex("3")].encode())
    with pytest.raises(ImportRefused, match=r"ends in the middle of line 4; fetch it again"):
        take(path, form)


def test_a_quote_that_is_never_closed_hides_rows_and_refuses_the_file(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('code,name,price\n1,"Pen,1.00\n2,Ink,2.00\n3,"Nib",3.00\n')
    with pytest.raises(ImportRefused, match="a quote that opens in line 2 is not closed"):
        take(path, "csv")
    path.write_text('code,name,price\n1,Pen,1.00\n2,"Ink,2.00\n')
    with pytest.raises(ImportRefused, match="a quote that opens in line 3 is not closed"):
        take(path, "csv")


def test_a_row_of_another_shape_is_refused_alone(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('code,name,price\n1,Pen,red,1.00\n2,Ink\n3,"a"b,1\n4,Nib,3.00,\n5,Cap,1.00\n')
    items, opened = take(path, "csv")
    assert [item.product.sku for item in items] == ["4", "5"]
    assert set(opened.report.refusals) == {"too_many_columns", "too_few_columns", "bad_quotes"}


def test_a_byte_damaged_among_utf8_is_not_taken_for_another_encoding(tmp_path):
    path = tmp_path / "list.csv"
    content = csv_text(IL_HEADER, il_row("1"), il_row("2", name="@@")).encode()
    path.write_bytes(content.replace(b"@@", b"\xf9\xff"))
    with pytest.raises(ImportRefused, match="line 3 is damaged"):
        take(path, "il")


def test_a_pipe_is_refused_before_anything_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ImportRefused, match="is a device or a pipe"):
        take(tmp_path / "pipe", "csv")


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path):
    with pytest.raises(ImportRefused, match="is a folder"):
        take(tmp_path, "il")
    with pytest.raises(ImportRefused, match="there is no such file"):
        take(tmp_path / "none.csv", "il")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(SIMPLE)
    path.chmod(0)
    with pytest.raises(ImportRefused, match="may not be read"):
        take(path, "csv")


def test_an_unknown_format_is_refused_by_name(tmp_path):
    with pytest.raises(ImportRefused, match="known are csv, hk, il, konzum"):
        take(tmp_path / "x", "xml")


def test_a_list_of_which_no_row_can_be_taken_is_refused_as_a_whole(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("code;price\n1;0\n2;0\n")
    with pytest.raises(ImportRefused, match=r"none of its 2 rows .* 2 are refused as price_zero, as row 2"):
        take(path, "csv")


def test_a_lists_of_promotions_is_told_from_one_of_prices(tmp_path):
    header = [*IL_HEADER[:4], "מזהה מבצע", "תיאור מבצע"]
    with pytest.raises(ImportRefused, match="is a list of promotions, not an Israeli price list"):
        take(write_csv(tmp_path / "list.csv", header, ["x"] * 6), "il")


def test_the_other_feed_is_recognised_and_its_format_named(tmp_path):
    with pytest.raises(ImportRefused, match="--format konzum"):
        take(write_csv(tmp_path / "hr.csv", KONZUM_HEADER, konzum_row()), "il")
    with pytest.raises(ImportRefused, match="--format il"):
        take(write_csv(tmp_path / "il.csv", IL_HEADER, il_row()), "konzum")


@pytest.mark.parametrize("content", [SIMPLE, SIMPLE.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + SIMPLE, SIMPLE[:-1]])
@pytest.mark.parametrize("packed", [False, True])
def test_line_ends_marks_and_packing_make_no_difference(tmp_path, content, packed):
    path = tmp_path / "list"  # told by its first bytes, not by its name
    path.write_bytes(gzip.compress(content) if packed else content)
    (item,), _ = take(path, "csv")
    assert item.prices[0].minor == 150

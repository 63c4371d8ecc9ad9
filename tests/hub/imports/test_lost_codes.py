from typing import Any

import openpyxl
import pytest

from hub.imports import ImportRefused
from tests.hub.imports.lists import IL_HEADER, KONZUM_HEADER, il_row, konzum_row, take, write_csv
from tests.shared_data import shared_file

SENTENCE = r"a spreadsheet has turned {} of its {} barcodes into rounded numbers, first in row {} \('{}'\)"


def test_the_real_mangled_spreadsheet_is_refused_with_what_happened_and_what_to_do():
    with pytest.raises(ImportRefused) as refused:
        take(shared_file("prices", "off_excel_mangled.csv.gz"), "csv")
    sentence = str(refused.value)
    assert "turned 1,253 of its 1,467 barcodes into rounded numbers, first in row 110 ('2.02E+11')" in sentence
    assert "digits are lost" in sentence
    assert "export the list again with column 'code' as text" in sentence


@pytest.mark.parametrize("code", ["8.00E+12", "8,00E+12", "8.0E12"])
@pytest.mark.parametrize("form", ["csv", "il", "konzum"])
def test_one_rounded_code_among_good_ones_makes_the_whole_file_suspect(tmp_path, form, code):
    rows = {
        "csv": (["code", "price"], [["4006381333931", "1"], [code, "2"], ["4006381333948", "1"]]),
        "il": (IL_HEADER, [il_row("4006381333931"), il_row(code), il_row("4006381333948")]),
        "konzum": (KONZUM_HEADER, [konzum_row("4006381333931"), konzum_row(code), konzum_row("4006381333948")]),
    }[form]
    with pytest.raises(ImportRefused, match=SENTENCE.format(1, 3, 3, code.replace("+", r"\+"))):
        take(write_csv(tmp_path / "list.csv", rows[0], *rows[1]), form)


def test_a_missing_price_column_is_told_only_when_the_codes_are_sound(tmp_path):
    with pytest.raises(ImportRefused, match="turned 1 of its 1 barcodes"):
        take(write_csv(tmp_path / "list.csv", ["code", "name"], ["8.00E+12", "Pen"]), "csv")
    with pytest.raises(ImportRefused, match=r"no column of its header is known as the price.*columns\.price"):
        take(write_csv(tmp_path / "list.csv", ["code", "name"], ["4006381333931", "Pen"]), "csv")


def test_rounded_numbers_written_out_again_refuse_the_file_once_they_are_no_chance(tmp_path):
    rows = [["8000000000000", "1"], ["202000000000", "1"], ["4006381333931", "1"]]
    items, opened = take(write_csv(tmp_path / "list.csv", ["code", "price"], *rows), "csv")
    assert len(items) == 1
    assert opened.report.refusals["digits_lost"].count == 2
    with pytest.raises(ImportRefused, match=SENTENCE.format(3, 4, 2, "8000000000000")):
        take(write_csv(tmp_path / "list.csv", ["code", "price"], *rows, ["658000000000", "1"]), "csv")


def test_a_workbooks_numbers_beyond_fifteen_digits_are_lost(tmp_path):
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["code", "price"])
    sheet.append([261234500100005000, 1])
    book.save(tmp_path / "list.xlsx")
    with pytest.raises(ImportRefused, match=r"turned 1 of its 1 barcodes .*row 2 \('2.61E\+17'\)"):
        take(tmp_path / "list.xlsx", "csv")

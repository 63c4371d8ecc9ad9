"""`kiosk decode`: what it prints of pictures and videos, and what it says of those it cannot read."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hardware.opencv import cv2
from kiosk.__main__ import main
from tests.hardware.drawn import ean13, write_video


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "milk.png"
    cv2.imwrite(str(path), ean13("6901234567892"))
    return path


def decoded(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, Any]], str]:
    status = main(["decode", "--json", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()], err


def texts(answer: dict[str, Any]) -> list[str]:
    return [code["text"] for code in answer["codes"]]


def test_a_picture_is_one_json_object_on_a_line(picture, capsys) -> None:
    status, (answer,), err = decoded(capsys, picture)
    (code,) = answer["codes"]
    assert (status, err) == (0, "")
    assert (answer["file"], code["text"], code["symbology"]) == (str(picture), "6901234567892", "EAN13")
    assert len(code["corners"]) == 4
    assert all(0 <= column <= 640 and 0 <= row <= 360 for column, row in code["corners"])
    assert 0 < answer["ms"] < 5000


def test_without_json_it_is_for_people(picture, capsys) -> None:
    assert main(["decode", str(picture)]) == 0
    assert capsys.readouterr().out == f"{picture}: EAN13 6901234567892\n"


def test_what_holds_no_code_is_said_to_hold_none(tmp_path, capsys) -> None:
    path = tmp_path / "mat.png"
    cv2.imwrite(str(path), np.full((200, 300), 200, np.uint8))
    assert main(["decode", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: no code\n"
    assert decoded(capsys, path)[1][0]["codes"] == []


@pytest.mark.parametrize("name", ["EAN13", "ean-13", "qr, Ean13", "EAN", "retail", "all"])
def test_formats_are_named_as_people_write_them(picture, capsys, name) -> None:
    assert texts(decoded(capsys, "--format", name, picture)[1][0]) == ["6901234567892"]


@pytest.mark.parametrize("name", ["QRCode", "GS1-128", "itf14,DM", "DataBarExpanded"])
def test_what_is_not_asked_for_is_not_read(picture, capsys, name) -> None:
    assert texts(decoded(capsys, "--format", name, picture)[1][0]) == []


@pytest.mark.parametrize("name", ["EAN14", "", " , "])
def test_a_format_that_there_is_not_is_refused_with_those_that_there_are(picture, capsys, name) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["decode", "--format", name, str(picture)])
    assert refused.value.code == 2
    assert "DATABAREXP, DATABARLTD, DATAMATRIX, EAN13" in capsys.readouterr().err


def test_files_that_cannot_be_read_do_not_keep_the_others_from_being_read(tmp_path, picture, capsys) -> None:
    letter, empty = tmp_path / "letter.png", tmp_path / "empty.jpg"
    letter.write_text("Dear customer")
    empty.touch()
    status, answers, err = decoded(capsys, tmp_path / "gone.png", letter, empty, tmp_path, picture)
    assert status == 2
    assert [("error" in answer, answer["file"]) for answer in answers[:4]] == [
        (True, str(tmp_path / "gone.png")),
        (True, str(letter)),
        (True, str(empty)),
        (True, str(tmp_path)),
    ]
    assert texts(answers[4]) == ["6901234567892"]
    assert len(err.splitlines()) == 4
    assert all(line.startswith("kiosk: ") for line in err.splitlines())


def test_a_video_tells_each_code_once_in_the_order_in_which_they_come(tmp_path, capsys) -> None:
    path = tmp_path / "belt.avi"
    empty = np.full((360, 640), 225, np.uint8)
    write_video(path, [empty] * 8 + [ean13("6901234567892")] * 12 + [empty] * 40 + [ean13("4006381333931")] * 12)
    status, (answer,), _ = decoded(capsys, path)
    assert (status, texts(answer)) == (0, ["6901234567892", "4006381333931"])


def test_black_bars_on_nothing_are_read(tmp_path, capsys) -> None:
    path = tmp_path / "clear.png"
    grey = ean13("6901234567892")
    cv2.imwrite(str(path), np.dstack([np.zeros((*grey.shape, 3), np.uint8), np.subtract(255, grey)]).astype(np.uint8))
    assert texts(decoded(capsys, path)[1][0]) == ["6901234567892"]


def test_sixteen_bits_a_pixel_are_read(tmp_path, capsys) -> None:
    path = tmp_path / "deep.tif"
    cv2.imwrite(str(path), ean13("6901234567892").astype(np.uint16) * 257)
    assert texts(decoded(capsys, path)[1][0]) == ["6901234567892"]


def test_a_text_cannot_break_the_line_or_turn_the_terminals_text_around(tmp_path, capsys) -> None:
    path = tmp_path / "evil.png"
    modules = np.asarray(cv2.QRCodeEncoder.create().encode("a\u2028b\u202ec\nd"), np.uint8)
    drawn = np.kron(np.pad(modules, 4, constant_values=255), np.ones((8, 8), np.uint8))
    cv2.imwrite(str(path), drawn.astype(np.uint8))
    assert main(["decode", "--json", str(path)]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 1
    assert out.rstrip("\n").isprintable()
    assert texts(json.loads(out)) == ["a\u2028b\u202ec\nd"]
    assert main(["decode", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: QR a\\u2028b\\u202ec\\nd\n"

"""`kiosk decode`: the codes in pictures and videos, read as the lane's camera reads them."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hardware.errors import HardwareError
from hardware.scan import RETAIL, SYMBOLOGIES

if TYPE_CHECKING:
    from hardware.code import Code
    from hardware.picture_reader import PictureReader

_VIDEOS: Final = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".ts", ".webm", ".wmv"})
_KINDS: Final = SYMBOLOGIES - {"UNKNOWN"}
_OTHER_NAMES: Final = {
    "EAN": ("EAN13", "EAN8"),
    "UPC": ("UPCA", "UPCE"),
    "JAN": ("EAN13", "EAN8"),
    "GS1128": ("CODE128",),
    "EAN128": ("CODE128",),
    "ITF14": ("ITF",),
    "I25": ("ITF",),
    "INTERLEAVED2OF5": ("ITF",),
    "DATABAROMNI": ("DATABAR",),
    "DATABARSTACKED": ("DATABAR",),
    "GS1DATABAR": ("DATABAR", "DATABARLTD", "DATABAREXP"),
    "RSS14": ("DATABAR",),
    "DATABARLIMITED": ("DATABARLTD",),
    "DATABAREXPANDED": ("DATABAREXP",),
    "RSSEXPANDED": ("DATABAREXP",),
    "QRCODE": ("QR",),
    "DM": ("DATAMATRIX",),
    "GS1DATAMATRIX": ("DATAMATRIX",),
    "AZTECCODE": ("AZTEC",),
    "RETAIL": tuple(sorted(RETAIL)),
    "ALL": tuple(sorted(_KINDS)),
}


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `decode`."""
    decode = commands.add_parser(
        "decode",
        help="the codes in pictures and videos, read as the camera reads them",
        description="Reads codes in pictures, with all effort, and prints only what is certain; of a video each code "
        "once, in the order in which they count.",
    )
    decode.add_argument("files", nargs="+", metavar="FILE", help="a picture or a video")
    decode.add_argument("--json", action="store_true", help="one JSON object for each file, on a line")
    decode.add_argument(
        "--format",
        type=symbologies,
        default=RETAIL,
        metavar="NAME,...",
        help=f"which kinds to look for: {', '.join(sorted(_KINDS))}; default: those of a shop",
    )
    decode.set_defaults(run=_decode)


def symbologies(text: str) -> frozenset[str]:
    """Names as people write them, several by comma."""
    found: set[str] = set()
    for name in filter(None, (part.strip() for part in text.split(","))):
        plain = re.sub(r"[^A-Z0-9]", "", name.upper())
        if plain not in _KINDS and plain not in _OTHER_NAMES:
            raise argparse.ArgumentTypeError(
                f"there is no kind of code {name!r}; there are: {', '.join(sorted(_KINDS))}"
            )
        found.update(_OTHER_NAMES.get(plain, (plain,)))
    if not found:
        raise argparse.ArgumentTypeError(f"names no kind of code; there are: {', '.join(sorted(_KINDS))}")
    return frozenset(found)


def _decode(arguments: argparse.Namespace) -> int:
    from hardware.picture_reader import PictureReader  # noqa: PLC0415 - OpenCV only where pictures are read

    reader = PictureReader(arguments.format)
    reader.warm_up()
    status = 0
    try:
        for name in arguments.files:
            try:
                codes, ms = _codes(Path(name), reader, arguments.format)
            except HardwareError as exc:
                status = 2
                _complain(name, str(exc), as_json=arguments.json)
                continue
            _say(_as_json(name, codes, ms) if arguments.json else _as_words(name, codes))
    finally:
        reader.close()
    return status


_Found = tuple["Code", tuple[int, int]]


def _codes(path: Path, reader: PictureReader, wanted: frozenset[str]) -> tuple[list[_Found], float]:
    """With the size of the picture each was found in, and the milliseconds it took to find them: of a video, all of it.

    Videos are told by their names: FFmpeg would make a film of any text, or follow what a playlist names.
    """
    from hardware.photograph import photograph  # noqa: PLC0415 - as above

    started = time.perf_counter()
    if path.suffix.lower() in _VIDEOS:
        return list(_in_video(path, wanted)), (time.perf_counter() - started) * 1000
    grey = photograph(path)
    started = time.perf_counter()
    found = reader.read(grey)
    taken = (time.perf_counter() - started) * 1000
    return [(code, (grey.shape[1], grey.shape[0])) for code in found], taken


def _in_video(path: Path, wanted: frozenset[str]) -> Iterator[_Found]:
    from hardware.film import Film  # noqa: PLC0415 - as above
    from hardware.video_codes import codes_in_video  # noqa: PLC0415 - as above

    film = Film(path, "video")
    size = film.size
    film.close()
    for moment in codes_in_video(path, wanted):
        yield moment.code, size


def _complain(name: str, sentence: str, *, as_json: bool) -> None:
    if as_json:
        _say(_line({"file": name, "error": sentence}))
    print(f"kiosk: {sentence}", file=sys.stderr)  # noqa: T201 - a command speaks by print


def _say(line: str) -> None:
    """In UTF-8 whatever the terminal's language: a Chinese text must not end the run."""
    sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def _as_json(name: str, codes: list[_Found], ms: float) -> str:
    answer = {
        "file": name,
        "codes": [
            {
                "text": code.text,
                "symbology": code.symbology,
                "corners": [[round(column * columns), round(row * rows)] for column, row in code.corners],
            }
            for code, (columns, rows) in codes
        ],
        "ms": round(ms, 2),
    }
    return _line(answer)


def _line(answer: dict[str, Any]) -> str:
    """JSON leaves signs as they are that would end a line or turn a terminal's text around."""
    return "".join(map(_plain, json.dumps(answer, ensure_ascii=False)))


def _plain(one: str) -> str:
    return one if one.isprintable() else json.dumps(one)[1:-1]


def _as_words(name: str, codes: list[_Found]) -> str:
    """A line for each code; what cannot be printed as JSON writes it."""
    if not codes:
        return f"{name}: no code"
    return "\n".join(f"{name}: {code.symbology} {_shown(code.text)}" for code, _ in codes)


def _shown(text: str) -> str:
    return "".join(map(_plain, text))

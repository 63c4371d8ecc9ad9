"""Which characters the bytes of a QR or Data Matrix code stand for, where it does not say so itself."""

from typing import Final

_VOICELESS: Final = frozenset("カキクケコサシスセソタチツテトハヒフヘホ")
_HALF_WIDTH: Final = dict(
    zip(
        range(0xB1, 0xDE),
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン",
        strict=True,
    )
)
_VOICED_MARK, _HALF_VOICED_MARK = 0xDE, 0xDF
_ASCII: Final = 0x7F
_GB2312: Final = range(0xA1, 0xF8)


def text_of(content: bytes) -> str:
    """UTF-8 where it is that, else GB 18030, but Shift-JIS where the bytes cannot well be Chinese.

    zbar and zxing-cpp guess, and read `牛奶` in GB 18030 as `ﾅ｣ﾄﾌ`, the first even UTF-8 as Big5.
    """
    for encoding in ("utf-8", "shift-jis" if _is_japanese(content) else "gb18030", "gb18030", "shift-jis"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _is_japanese(content: bytes) -> bool:
    """Kana in two bytes, or half-width kana with their voiced marks where these may stand."""
    try:
        text = content.decode("shift-jis")
    except UnicodeDecodeError:
        return False
    if any("\u3041" <= letter <= "\u30fc" for letter in text) and not _is_gb2312(content):
        return True
    marks = [place for place, byte in enumerate(content) if byte in (_VOICED_MARK, _HALF_VOICED_MARK)]
    return bool(marks) and all(place > 0 and _HALF_WIDTH.get(content[place - 1], "") in _VOICELESS for place in marks)


def _is_gb2312(content: bytes) -> bool:
    """Chinese of every day: pairs of high bytes and nothing else high."""
    high = False
    for byte in content:
        if high:
            if byte < _GB2312.start:
                return False
            high = False
        elif byte > _ASCII:
            if byte not in _GB2312:
                return False
            high = True
    return not high

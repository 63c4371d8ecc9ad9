"""Alipay's wire: orders signed over their sorted parameters, answers believed by the signature over their raw text.

Facts: Alipay's pages on signing (docs.open.alipay.com/200/106118 to 106120) as public copies have them, and two clients
that are not ours. The text that was signed is cut out of the answer as it came; nothing is ever written anew to be
verified.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from payments.alipay_words import trouble_of
from payments.exchange import Exchanged, Line
from payments.gateway import Trouble
from payments.signing import OurKey, TheirKey

BEIJING: Final = timezone(timedelta(hours=8))  # no summer time since 1991
_TIME: Final = "%Y-%m-%d %H:%M:%S"
_SERVER_FAULT: Final = 500
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_AMOUNT: Final = re.compile(r"(\d{1,9})(?:\.(\d)(\d)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. `trouble` if it proves nothing; else Alipay signed it: `code`, what went wrong without its prefix
    ('TRADE_NOT_EXIST' of 'ACQ.TRADE_NOT_EXIST'), and all of it. `unsent`: not one byte of the question left."""

    code: str = ""
    problem: str = ""
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)  # holds the payer's names
    trouble: Trouble = Trouble.NONE
    unsent: bool = False

    def text(self, name: str) -> str:
        """A member that must be a text; "" if it is absent or anything else."""
        value = self.body.get(name)
        return value if isinstance(value, str) else ""


class AlipayWire:
    """Signed questions to one gateway.do, for one merchant."""

    def __init__(self, line: Line, path: str, app_id: str, *, ours: OurKey, theirs: TheirKey) -> None:
        self._line = line
        self._path = path
        self._app_id = app_id
        self._ours = ours
        self._theirs = theirs

    def ask(self, method: str, content: Mapping[str, str], now: datetime, *, notify_url: str = "") -> Said:
        """One call of `method`. Its content, with the shopper's code, travels in the body: addresses end up in logs."""
        asked = {
            "app_id": self._app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": now.astimezone(BEIJING).strftime(_TIME),
            "version": "1.0",
            "notify_url": notify_url,
        }
        common = {name: value for name, value in asked.items() if value}
        biz = json.dumps(content, separators=(",", ":"))  # all ASCII: no charset can be guessed wrong
        signature = self._ours.sign(signed_text({**common, "biz_content": biz}))
        came = self._line.send(
            "POST",
            f"{self._path}?{urlencode({**common, 'sign': signature})}",
            urlencode({"biz_content": biz}).encode(),
            {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
        )
        return heard(came, f"{method.replace('.', '_')}_response", self._theirs.signed)

    def close(self) -> None:
        """No more questions; idempotent."""
        self._line.close()


def signed_text(parameters: Mapping[str, str]) -> bytes:
    """What a signature of Alipay's covers: all parameters in order of their names, not yet encoded for an address."""
    return "&".join(f"{name}={parameters[name]}" for name in sorted(parameters)).encode()


def yuan(minor: int) -> str:
    """Fen as Alipay writes amounts: 1 is '0.01'."""
    return f"{minor // 100}.{minor % 100:02d}"


def fen(text: object) -> int | None:
    """The fen of an amount in yuan, exactly; None for whatever is no such text."""
    written = _AMOUNT.fullmatch(text) if isinstance(text, str) else None
    if written is None:
        return None
    whole, tenth, hundredth = written.groups("0")
    return int(whole) * 100 + int(tenth) * 10 + int(hundredth)


def moment(text: object) -> datetime | None:
    """A time of Alipay's, which is Beijing's; None for whatever is none."""
    try:
        return datetime.strptime(str(text), _TIME).replace(tzinfo=BEIJING).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def heard(came: Exchanged, node: str, signed: Callable[[bytes, str], bool]) -> Said:
    """What Alipay said, if it was Alipay: the object under `node`, proved by `sign` over its text just as it came."""
    if came.status != httpx.codes.OK:
        silent = Trouble.NO_ANSWER if not came.status else Trouble.GARBLED
        return Said(trouble=Trouble.SERVER if came.status >= _SERVER_FAULT else silent, unsent=came.unsent)
    try:
        found = _members(came.body.decode())
        text, claimed = found.get(node) or found["error_response"]
        return _proved(text, claimed, found.get("sign", ("", None))[1], signed)
    except (ValueError, KeyError, TypeError, RecursionError):
        return Said(trouble=Trouble.GARBLED)


def _proved(text: str, claimed: object, signature: object, signed: Callable[[bytes, str], bool]) -> Said:
    """The object if the signature is over its text; else at most a hint of what to look at, and proof of nothing."""
    claim = _said(claimed)
    if not isinstance(signature, str):
        # Alipay does not sign that it cannot know us: a hint for staff, no more.
        hint = trouble_of(claim.code, claim.problem)
        return Said(trouble=hint if hint in {Trouble.KEYS, Trouble.CLOCK} else Trouble.SIGNATURE)
    if signed(text.encode(), signature):
        return claim
    # Alipay signs before it writes '/' as '\/' now and then (its own Java client tries both). What is read then is what
    # was verified, not what came.
    plain = text.replace("\\/", "/")
    if plain != text and signed(plain.encode(), signature):
        return _said(_READER.decode(plain))
    return Said(trouble=Trouble.SIGNATURE)


def _said(claimed: object) -> Said:
    """Raises TypeError or KeyError for what is no answer of Alipay's at all."""
    if not isinstance(claimed, dict) or not isinstance(claimed["code"], str):
        raise TypeError
    problem = claimed.get("sub_code")
    return Said(claimed["code"], problem.rpartition(".")[2] if isinstance(problem, str) else "", claimed)


def _members(text: str) -> dict[str, tuple[str, object]]:
    """The members of a JSON object, each with its text as it stands there. Raises ValueError."""
    found: dict[str, tuple[str, object]] = {}
    at = _over(text, 0, "{")
    while True:
        name, at = _READER.raw_decode(text, _over(text, at))
        if not isinstance(name, str) or name in found:
            raise ValueError
        begin = _over(text, _over(text, at, ":"))
        value, at = _READER.raw_decode(text, begin)
        found[name] = text[begin:at], value
        at = _over(text, at)
        if text[at : at + 1] != ",":
            break
        at += 1
    if _over(text, _over(text, at, "}")) != len(text):
        raise ValueError
    return found


def _over(text: str, at: int, mark: str = "") -> int:
    """The place behind white space and `mark`. Raises ValueError."""
    blank = _BLANK.match(text, at)
    at = blank.end() if blank else at
    if text[at : at + len(mark)] != mark:
        raise ValueError
    return at + len(mark)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A member that is there twice is two answers: two readers may take one each."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_number(text: str) -> object:
    raise ValueError(text)


_READER: Final = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number, parse_float=Decimal)

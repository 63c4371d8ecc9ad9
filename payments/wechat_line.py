"""One call to WeChat Pay, API v3: signed, sent, and its answer believed only if WeChat signed it, now.

Documents: pay.weixin.qq.com/doc/v3/merchant/4012365342 (signing), 4013053249 (checking), 4012075420 (SIGNTEST).
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from payments.exchange import Exchanged, Line
from payments.gateway import Trouble
from payments.signing import OurKey, TheirKey

log = logging.getLogger(__name__)

_SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"
_PROBE: Final = "WECHATPAY/SIGNTEST/"  # WeChat sends wrong signatures so named, to see who checks them
_OLDEST_S: Final = 300
_ERROR: Final = 400
_UNAUTHORISED: Final = 401
_SERVER_FAULT: Final = 500
_REMEMBERED: Final = 512


@dataclass(frozen=True, slots=True)
class Answer:
    """What WeChat said: proved to be from it and of now if `trouble` is NONE. `at_s` is its own time, Unix."""

    status: int = 0
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    trouble: Trouble = Trouble.NONE
    unsent: bool = False
    at_s: int = 0

    @property
    def well(self) -> bool:
        """Whether it is a proved answer that is no error."""
        return self.trouble is Trouble.NONE and self.status < _ERROR

    @property
    def error(self) -> str:
        """The word of a proved error, as AUTHCODEEXPIRE: capitals alone, as v2 and v3 differ in underscores; or ''."""
        code = self.body.get("code") if self.trouble is Trouble.NONE and self.status >= _ERROR else None
        return code.replace("_", "").upper() if isinstance(code, str) else ""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What a merchant and WeChat know one another by."""

    merchant_id: str
    merchant_serial: str
    ours: OurKey
    theirs: TheirKey
    their_serial: str  # PUB_KEY_ID_… or the serial number of the platform certificate
    api_v3: bytes

    def authorization(self, method: str, path: str, at_s: int, content: bytes) -> str:
        """The header that signs a request; `path` with its query, the content as it is sent."""
        nonce = secrets.token_hex(16)
        text = f"{method}\n{path}\n{at_s}\n{nonce}\n".encode() + content + b"\n"
        return (
            f'{_SCHEME} mchid="{self.merchant_id}",nonce_str="{nonce}",timestamp="{at_s}",'
            f'serial_no="{self.merchant_serial}",signature="{self.ours.sign(text)}"'
        )

    def proves(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the headers (by lower-case name) hold WeChat's signature over the body."""
        stamp, nonce = headers.get("wechatpay-timestamp", ""), headers.get("wechatpay-nonce", "")
        signature = headers.get("wechatpay-signature", "")
        if not self._is_theirs(headers.get("wechatpay-serial", "")) or signature.startswith(_PROBE):
            return False
        if headers.get("wechatpay-signature-type", _SCHEME) != _SCHEME or not stamp or not nonce:
            return False
        return self.theirs.signed(f"{stamp}\n{nonce}\n".encode() + body + b"\n", signature)

    def _is_theirs(self, serial: str) -> bool:
        """A certificate's number is a number: small letters or a nought before it change nothing."""
        number = self.theirs.serial
        return serial.upper().lstrip("0") == number if number else serial == self.their_serial

    def decrypted(self, resource: Mapping[str, Any]) -> bytes:
        """What a notification's resource hides. Raises ValueError if it was not made with our key."""
        try:
            hidden = base64.b64decode(resource["ciphertext"], validate=True)
            nonce, about = resource["nonce"].encode(), (resource.get("associated_data") or "").encode()
            return AESGCM(self.api_v3).decrypt(nonce, hidden, about)
        except (KeyError, AttributeError, TypeError, binascii.Error, InvalidTag) as exc:
            raise ValueError("it was not encrypted with our API v3 key") from exc


class WechatLine:
    """Calls to WeChat Pay over its hosts, the usual one first. `clock` tells the time that signatures name."""

    def __init__(self, keys: Keys, lines: Sequence[Line], clock: Callable[[], datetime]) -> None:
        self._keys = keys
        self._lines = list(lines)
        self._clock = clock
        self._seen: deque[str] = deque(maxlen=_REMEMBERED)

    def now_s(self) -> int:
        """This machine's time, Unix."""
        return int(self._clock().timestamp())

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, at_s: int | None = None) -> Answer:
        """One call, from the usual host or, on proof that nothing was sent there, from the other one."""
        try:
            content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError:  # half a character, from a broken setting
            return Answer(trouble=Trouble.NO_ANSWER, unsent=True)
        came = Exchanged(unsent=True)
        for line in tuple(self._lines):
            came = line.send(method, path, content, self._headers(method, path, content, at_s or self.now_s()))
            if not came.unsent:
                break
        if came.status == 0 or came.status >= _SERVER_FAULT:
            self._lines.append(self._lines.pop(0))  # what comes next begins with the other host
        return self._checked(came, f"{method} {path.partition('?')[0]}")

    def close(self) -> None:
        """No more calls; idempotent."""
        for line in self._lines:
            line.close()

    def _headers(self, method: str, path: str, content: bytes, at_s: int) -> dict[str, str]:
        return {
            "Authorization": self._keys.authorization(method, path, at_s, content),
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "scan-and-go",
            "Wechatpay-Serial": self._keys.their_serial,  # sign your answer with this one of your keys
        }

    def _checked(self, came: Exchanged, what: str) -> Answer:
        if came.status == 0:
            return Answer(trouble=Trouble.NO_ANSWER, unsent=came.unsent)
        trouble = self._unproved(came, what)
        if trouble is not Trouble.NONE:
            return Answer(came.status, trouble=trouble)
        at_s = int(came.headers["wechatpay-timestamp"])
        if came.status == _UNAUTHORISED:
            _blame_keys()
            return Answer(came.status, trouble=Trouble.KEYS, at_s=at_s)
        if came.status >= _SERVER_FAULT:
            return Answer(came.status, trouble=Trouble.SERVER, at_s=at_s)
        body = json_object(came.body) if came.body else {}
        if body is None:
            log.warning("WeChat Pay: %s: what it signed is no JSON object", what)
            return Answer(came.status, trouble=Trouble.GARBLED, at_s=at_s)
        return Answer(came.status, body, at_s=at_s)

    def _unproved(self, came: Exchanged, what: str) -> Trouble:
        """Why an answer is not to be believed, NONE if it is."""
        if not self._keys.proves(came.headers, came.body):
            return self._blamed(came, what)
        away_s = age_s(came.headers["wechatpay-timestamp"], self.now_s())
        if away_s is None or abs(away_s) > _OLDEST_S:
            _blame_clock(away_s)
            return Trouble.CLOCK
        # An error names no order: one that was sent for another order, and comes again, would end this one.
        signature = came.headers["wechatpay-signature"]
        if came.status >= _ERROR and signature in self._seen:
            log.error("WeChat Pay: %s: this answer came before, for another question", what)
            return Trouble.OTHER
        self._seen.append(signature)
        return Trouble.NONE

    def _blamed(self, came: Exchanged, what: str) -> Trouble:
        """What is probably the matter with an answer that WeChat did not sign; it proves nothing in any case."""
        if came.status >= _SERVER_FAULT:
            return Trouble.SERVER
        if came.status != _UNAUTHORISED:
            log.error("WeChat Pay: %s: its answer (%d) is not signed by the key that we trust", what, came.status)
            return Trouble.SIGNATURE
        away_s = _date_away_s(came.headers.get("date", ""), self.now_s())
        if away_s is not None and abs(away_s) > _OLDEST_S:
            _blame_clock(away_s)
            return Trouble.CLOCK
        _blame_keys()
        return Trouble.KEYS


def age_s(stamp: str, now_s: int) -> int | None:
    """How long ago a time stamp of WeChat's was; None if it is none."""
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > len("9999999999"):
        return None
    return now_s - int(stamp)


def json_object(content: bytes) -> Mapping[str, Any] | None:
    """A JSON object, None for anything else."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _date_away_s(date: str, now_s: int) -> int | None:
    try:
        stamp = parsedate_to_datetime(date)
        return now_s - int(stamp.replace(tzinfo=stamp.tzinfo or UTC).timestamp())
    except (ValueError, OverflowError):
        return None


def _blame_clock(away_s: int | None) -> None:
    log.error(
        "WeChat Pay's time differs from this machine's clock by %s seconds: set the clock right (NTP), else nothing "
        "that it says can be believed",
        "too many" if away_s is None else away_s,
    )


def _blame_keys() -> None:
    log.error("WeChat Pay does not accept our signature: check merchant_id, merchant_serial and merchant_key_file")

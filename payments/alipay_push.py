"""Alipay's pushes: a form that Alipay signed, about one order of ours, not long ago.

Facts: Alipay's page 'asynchronous notification of face to face payments' (doc.open.alipay.com, article 103296) and its
rule for the signature: over all parameters but `sign` and `sign_type`, decoded, in order of their names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from payments import alipay_words as words
from payments.alipay_wire import fen, moment, signed_text
from payments.errors import NotificationRefused

# An order of ours is open for five minutes, and whoever waits for it asks Alipay himself every few seconds. What comes
# later has nothing to say that a query has not said better: it is old news, or somebody else's copy.
_OLDEST: Final = timedelta(minutes=15)
_EARLIEST: Final = timedelta(minutes=5)  # between two machines' clocks
_MOST_FIELDS: Final = 100
_LONGEST: Final = 16 * 1024
_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{6,32}", re.ASCII)
_PAYER: Final = re.compile(r"[0-9A-Za-z_-]{1,128}", re.ASCII)
# Any of these says that money went back.
_REFUND_MARKS: Final = ("gmt_refund", "refund_fee", "out_biz_no")


@dataclass(frozen=True, slots=True)
class Push:
    """What Alipay says of an order: a state of the order's, its amount, and whether money went back."""

    number: str
    state: str
    paid_minor: int
    reference: str
    gave_back: bool
    payer: str = field(default="", repr=False)


def pushed(body: bytes, signed: Callable[[bytes, str], bool], app_id: str, seller_id: str, now: datetime) -> Push:
    """Read one push. Raises NotificationRefused, with no word of its content."""
    form = _form(body)
    if form.get("sign_type") != "RSA2" or not signed(_covered(form), form.get("sign", "")):
        raise NotificationRefused("it is not signed by Alipay")
    if form.get("app_id") != app_id or (seller_id and form.get("seller_id") != seller_id):
        raise NotificationRefused("it is for another merchant")
    _in_time(form.get("notify_time", ""), now)
    minor = fen(form.get("total_amount"))
    if minor is None or not _NUMBER.fullmatch(form.get("out_trade_no", "")):
        raise NotificationRefused("it is about no payment")
    paid_and_closed = form.get("trade_status") == words.CLOSED and "gmt_payment" in form
    gave_back = paid_and_closed or any(form.get(mark) for mark in _REFUND_MARKS)
    payer = payer_of(app_id, form.get("buyer_open_id"), form.get("buyer_id"))
    return Push(form["out_trade_no"], form.get("trade_status", ""), minor, form.get("trade_no", ""), gave_back, payer)


def payer_of(app_id: str, open_id: object, user_id: object) -> str:
    """Whose wallet paid; '' if it is not said. Alipay names a shopper by number to older apps, and to each newer app
    differently; where it tells both, always by the latter."""
    for whose, name in ((app_id, open_id), ("", user_id)):
        if isinstance(name, str) and _PAYER.fullmatch(name):
            return f"alipay:{whose}:{name}"
    return ""


def _form(body: bytes) -> dict[str, str]:
    """The form's fields, each once: two of a name would be read as one or the other."""
    if len(body) > _LONGEST:
        raise NotificationRefused("it is too long")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as exc:
        raise NotificationRefused("it is no form") from exc
    form = dict(pairs)
    if len(form) != len(pairs):
        raise NotificationRefused("it has a field twice")
    return form


def _covered(form: Mapping[str, str]) -> bytes:
    return signed_text({name: value for name, value in form.items() if name not in {"sign", "sign_type"}})


def _in_time(told: str, now: datetime) -> None:
    sent = moment(told)
    if sent is None or now - sent > _OLDEST:
        raise NotificationRefused("it was sent too long ago")
    if sent - now > _EARLIEST:
        raise NotificationRefused("it was sent in the future: look at this machine's clock")

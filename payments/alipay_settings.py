"""The settings of the Alipay gateway, checked before any money is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from payments import settings as read
from payments.errors import GatewayMisconfigured
from payments.gateway import Presents
from payments.signing import OurKey, TheirKey, not_our_own, our_key, their_key

NAME: Final = "alipay"
_ADDRESS: Final = "https://openapi.alipay.com/gateway.do"
_KNOWN: Final = (
    "presents",
    "address",
    "app_id",
    "seller_id",
    "merchant_key_file",
    "alipay_key_file",
    "subject",
    "product_code",
    "notify_url",
    "connect_timeout_s",
    "total_timeout_s",
)
_TIMEOUTS_S: Final = {"least": 0.1, "most": 60.0}  # with no time at all every order would be in doubt
_LONGEST_SUBJECT: Final = 127
_LONGEST_URL: Final = 255
_WORD: Final = re.compile(r"[0-9A-Za-z_]{0,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AlipaySettings:
    """What a shop agreed with Alipay, and where Alipay is: `address` is the host, `path` the rest of it."""

    presents: Presents
    address: httpx.URL
    path: str
    app_id: str
    seller_id: str
    ours: OurKey = field(repr=False)
    theirs: TheirKey = field(repr=False)
    subject: str
    product_code: str
    notify_url: str
    connect_s: float
    total_s: float


def alipay_settings(given: Mapping[str, Any]) -> AlipaySettings:
    """Read the gateway's own table. Raises GatewayMisconfigured."""
    read.refuse_unknown(NAME, given, _KNOWN)
    presents = Presents(
        read.choice(NAME, given, "presents", (Presents.SHOPPER_CODE, Presents.KIOSK_CODE), Presents.SHOPPER_CODE)
    )
    address = read.address(NAME, given, "address", _ADDRESS)
    ours, theirs = our_key(NAME, given, "merchant_key_file"), their_key(NAME, given, "alipay_key_file")
    # 'Payment by order code' is another contract than 'face to face', and its call wants this word.
    product = "" if presents is Presents.SHOPPER_CODE else "QR_CODE_OFFLINE"
    return AlipaySettings(
        presents=presents,
        address=address.copy_with(raw_path=b"/"),
        path=address.path,
        app_id=_word(given, "app_id"),
        seller_id=_word(given, "seller_id", ""),
        ours=ours,
        theirs=not_our_own(NAME, given, "alipay_key_file", ours, theirs),
        subject=_subject(given),
        product_code=_word(given, "product_code", product),
        notify_url=_notify_url(given),
        connect_s=read.seconds(NAME, given, "connect_timeout_s", 3.0, **_TIMEOUTS_S),
        total_s=read.seconds(NAME, given, "total_timeout_s", 10.0, **_TIMEOUTS_S),
    )


def _word(given: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = read.text(NAME, given, key, default)
    if _WORD.fullmatch(value) is None:
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r}: {key} is {value!r}; it must be as Alipay's open platform shows it: letters and "
            f"digits alone"
        )
    return value


def _subject(given: Mapping[str, Any]) -> str:
    """What the shopper reads in the wallet. Alipay refuses some signs in it: better now than at the till."""
    subject = read.text(NAME, given, "subject", "Self-checkout")
    if not subject.strip() or len(subject) > _LONGEST_SUBJECT or any(sign in subject for sign in "/=&"):
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r}: subject is {subject!r}; Alipay takes at most {_LONGEST_SUBJECT} characters "
            f"without '/', '=' and '&': set the shop's name, for example"
        )
    return subject


def _notify_url(given: Mapping[str, Any]) -> str:
    url = read.text(NAME, given, "notify_url", "")
    if url and (len(url) > _LONGEST_URL or not url.startswith(("http://", "https://")) or not url.isascii()):
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r}: notify_url is {url!r}; it must be the hub's address as Alipay reaches it, for "
            f"example https://hub.example/v1/notifications/alipay, or absent"
        )
    return url

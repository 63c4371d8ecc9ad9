"""The settings of the WeChat Pay gateway, checked before any money is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from payments import settings as read
from payments import signing
from payments.errors import GatewayMisconfigured
from payments.gateway import Presents
from payments.wechat_answers import Merchant
from payments.wechat_line import Keys

NAME: Final = "wechat"
_HOST: Final = "https://api.mch.weixin.qq.com"
_BACKUP_HOST: Final = "https://api2.mch.weixin.qq.com"  # documented: the same service elsewhere
_KNOWN: Final = (
    "presents",
    "address",
    "backup_address",
    "app_id",
    "merchant_id",
    "merchant_serial",
    "merchant_key_file",
    "api_v3_key_file",
    "wechat_key_id",
    "wechat_key_file",
    "description",
    "notify_url",
    "connect_timeout_s",
    "total_timeout_s",
)
_TIMEOUTS_S: Final = {"least": 0.1, "most": 60.0}  # with no time at all every order would be in doubt
_LONGEST_DESCRIPTION: Final = 127  # bytes, says WeChat
_LONGEST_URL: Final = 255
_API_V3_KEY_BYTES: Final = 32
_PUBLIC_KEY_ID: Final = "PUB_KEY_ID_"
_WORD: Final = re.compile(r"[0-9A-Za-z_]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WechatSettings:
    """What a shop agreed with WeChat, and where WeChat is."""

    presents: Presents
    merchant: Merchant
    keys: Keys
    hosts: tuple[httpx.URL, ...]
    description: str
    notify_url: str
    connect_s: float
    total_s: float


def wechat_settings(given: Mapping[str, Any]) -> WechatSettings:
    """Read the gateway's own table. Raises GatewayMisconfigured."""
    read.refuse_unknown(NAME, given, _KNOWN)
    presents = Presents(
        read.choice(NAME, given, "presents", (Presents.SHOPPER_CODE, Presents.KIOSK_CODE), Presents.SHOPPER_CODE)
    )
    merchant_id = _word(given, "merchant_id")
    return WechatSettings(
        presents=presents,
        merchant=Merchant(_word(given, "app_id"), merchant_id),
        keys=_keys(given, merchant_id),
        hosts=_hosts(given),
        description=_description(given),
        notify_url=_notify_url(given, presents),
        connect_s=read.seconds(NAME, given, "connect_timeout_s", 3.0, **_TIMEOUTS_S),
        total_s=read.seconds(NAME, given, "total_timeout_s", 10.0, **_TIMEOUTS_S),
    )


def _word(given: Mapping[str, Any], key: str) -> str:
    """A name that WeChat gave: it goes into headers and addresses."""
    value = read.text(NAME, given, key)
    if _WORD.fullmatch(value) is None:
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r}: {key} is {value!r}; it must be as WeChat's merchant platform shows it: letters "
            f"and digits alone"
        )
    return value


def _keys(given: Mapping[str, Any], merchant_id: str) -> Keys:
    ours = signing.our_key(NAME, given, "merchant_key_file")
    theirs = signing.their_key(NAME, given, "wechat_key_file")
    signing.not_our_own(NAME, given, "wechat_key_file", ours, theirs)
    their_serial = _word(given, "wechat_key_id")
    if not their_serial.startswith(_PUBLIC_KEY_ID):
        their_serial = their_serial.upper()
    if theirs.serial and theirs.serial != their_serial.lstrip("0"):
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r}: wechat_key_file holds a certificate with the serial number {theirs.serial}, "
            f"and wechat_key_id is {their_serial!r}; set it to that number"
        )
    if not theirs.serial and not their_serial.startswith(_PUBLIC_KEY_ID):
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r}: wechat_key_file holds a public key, and wechat_key_id is {their_serial!r}; set "
            f"it to the key's name on the merchant platform, which begins with {_PUBLIC_KEY_ID}"
        )
    merchant_serial, api_v3 = _word(given, "merchant_serial"), _api_v3_key(given)
    return Keys(merchant_id, merchant_serial, ours, theirs, their_serial, api_v3)


def _api_v3_key(given: Mapping[str, Any]) -> bytes:
    key = signing.key_file(NAME, given, "api_v3_key_file")
    if len(key) != _API_V3_KEY_BYTES:
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r}: the file that api_v3_key_file names holds {len(key)} characters; an API v3 key "
            f"has {_API_V3_KEY_BYTES}: copy it from the merchant platform, where it was set"
        )
    return key


def _hosts(given: Mapping[str, Any]) -> tuple[httpx.URL, ...]:
    """The usual host, and the other one: WeChat's own only beside WeChat's own, or orders meant for a stand-in would
    leave for the real one."""
    usual = read.address(NAME, given, "address", _HOST)
    default = _BACKUP_HOST if usual == httpx.URL(_HOST) else ""
    if not given.get("backup_address", default):
        return (usual,)
    return (usual, read.address(NAME, given, "backup_address", default or _BACKUP_HOST))


def _description(given: Mapping[str, Any]) -> str:
    text = read.text(NAME, given, "description", "Self-checkout").strip()
    if not text or len(text.encode("utf-8", "replace")) > _LONGEST_DESCRIPTION:
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r}: description is {text[:20]!r}…; it is what shoppers read in their bill: 1 "
            f"to {_LONGEST_DESCRIPTION} bytes, about 40 Chinese characters"
        )
    return text


def _notify_url(given: Mapping[str, Any], presents: Presents) -> str:
    if presents is Presents.SHOPPER_CODE and not given.get("notify_url"):
        return ""
    if given.get("notify_url") is None:
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r}: notify_url is missing, and WeChat wants one with each QR code; set it to your "
            f"hub's public address, such as https://hub.example/v1/notifications/wechat"
        )
    url = str(read.address(NAME, given, "notify_url", "https://hub.example/v1/notifications/wechat"))
    if "?" in url or len(url) > _LONGEST_URL:
        raise GatewayMisconfigured(
            f"payment gateway {NAME!r}: notify_url is {url!r}; WeChat takes none with a '?' or of more than "
            f"{_LONGEST_URL} characters"
        )
    return url

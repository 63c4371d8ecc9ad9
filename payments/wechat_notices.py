"""Pushes from WeChat Pay: verified, then decrypted, then compared with whom they are for; nothing is asked or changed.

WeChat repeats a push for a day until it is thanked by 200 or 204, and sends wrong signatures to see who checks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from payments.errors import NotificationRefused
from payments.gateway import Notice, Outcome, PaymentResult, Reason
from payments.wechat_answers import Merchant, payer, taken
from payments.wechat_line import Keys, age_s, json_object
from payments.wechat_settings import WechatSettings

_OLDEST_S: Final = 300
_LONGEST: Final = 64 * 1024
_ALGORITHM: Final = "AEAD_AES_256_GCM"


def read_notice(headers: Mapping[str, str], body: bytes, settings: WechatSettings, now_s: int) -> Notice:
    """What a push proves. Raises NotificationRefused."""
    if len(body) > _LONGEST or not settings.keys.proves(headers, body):
        raise NotificationRefused("it is not signed by WeChat Pay")
    away_s = age_s(headers["wechatpay-timestamp"], now_s)
    if away_s is None or abs(away_s) > _OLDEST_S:
        raise NotificationRefused(
            f"it was signed {away_s} seconds from now: it is old, or this machine's clock is wrong"
        )
    told = json_object(body)
    resource = told.get("resource") if told is not None else None
    if told is None or not isinstance(resource, dict) or told.get("event_type") != "TRANSACTION.SUCCESS":
        raise NotificationRefused("it is about no payment")
    return _read(_decrypted(resource, settings.keys), settings.merchant)


def _decrypted(resource: Mapping[str, object], keys: Keys) -> Mapping[str, object]:
    if resource.get("algorithm") != _ALGORITHM:
        raise NotificationRefused(f"it is not encrypted by {_ALGORITHM}")
    try:
        order = json_object(keys.decrypted(resource))
    except ValueError as exc:
        raise NotificationRefused(str(exc)) from exc
    if order is None:
        raise NotificationRefused("what it hides is no JSON object")
    return order


def _read(order: Mapping[str, object], merchant: Merchant) -> Notice:
    if (order.get("mchid"), order.get("appid")) != (merchant.merchant_id, merchant.app_id):
        raise NotificationRefused("it is about another merchant")
    key, reference, amount = order.get("out_trade_no"), order.get("transaction_id"), taken(order)
    if not isinstance(key, str) or not key or not isinstance(reference, str) or not reference or amount is None:
        raise NotificationRefused("it names no order, number or amount")
    if order.get("trade_state") != "SUCCESS":
        raise NotificationRefused("it is about no payment")
    who = payer(order, merchant)
    return Notice(key, PaymentResult(Outcome.APPROVED, Reason.NONE, reference, amount, payer=who))

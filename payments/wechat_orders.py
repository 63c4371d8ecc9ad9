"""What is ordered from WeChat Pay, what is not even sent, and what holds for the two ways to pay."""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from payments.gateway import PaymentRequest, Presents, Reason, Traits
from payments.loader import GatewayContext
from payments.wechat_settings import NAME, WechatSettings
from retail.wallet import wallet_brand

log = logging.getLogger(__name__)

CODE_TRAITS: Final = Traits(
    presents=Presents.SHOPPER_CODE,
    resend_start_is_safe=False,
    cancel_refunds=True,
    cancel_earliest_s=15.0,  # WeChat's rule: no reversal sooner after ordering
    brands=(NAME,),
    open_for_s=45.0,  # WeChat itself gives up a payment code order that is unpaid for so long
    tells_payer=True,
)
QR_TRAITS: Final = Traits(
    presents=Presents.KIOSK_CODE,
    resend_start_is_safe=False,
    cancel_refunds=False,
    brands=(NAME,),
    open_for_s=120.0,
    notifies=True,
    tells_payer=True,
)
_KEY: Final = re.compile(r"[0-9A-Za-z_-]{6,32}", re.ASCII)
_BEIJING: Final = timezone(timedelta(hours=8))
_LONGEST_STORE: Final = 32


def refusal(request: PaymentRequest, *, is_qr: bool) -> Reason | None:
    """Why an order is not even sent; None if it may be."""
    if not is_qr and wallet_brand(request.instrument) != NAME:
        return Reason.WRONG_CODE
    if _KEY.fullmatch(request.key) is None or request.amount.currency != "CNY" or request.amount.minor <= 0:
        log.error("payment %s: not sent: WeChat Pay takes CNY, and keys of 6 to 32 letters", request.key)
        return Reason.NOT_SENT
    return None


def code_order(request: PaymentRequest, settings: WechatSettings, where: GatewayContext) -> dict[str, Any]:
    """An order to be paid by the shopper's payment code; WeChat wants to know at which till."""
    scene = {
        "device_id": f"{where.store}-{where.lane}"[:_LONGEST_STORE],
        "store_info": {"out_id": where.store[:_LONGEST_STORE]},
    }
    return {**_order(request, settings), "payer": {"auth_code": request.instrument}, "scene_info": scene}


def qr_order(request: PaymentRequest, settings: WechatSettings, at_s: int) -> dict[str, Any]:
    """An order to be paid by a QR code, as long as the lane shows it."""
    ends = datetime.fromtimestamp(at_s + QR_TRAITS.open_for_s, _BEIJING).isoformat(timespec="seconds")
    return {**_order(request, settings), "time_expire": ends, "notify_url": settings.notify_url}


def _order(request: PaymentRequest, settings: WechatSettings) -> dict[str, Any]:
    return {
        "appid": settings.merchant.app_id,
        "mchid": settings.merchant.merchant_id,
        "description": settings.description,
        "out_trade_no": request.key,
        "amount": {"total": request.amount.minor, "currency": request.amount.currency},
    }

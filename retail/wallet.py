"""Payment codes that a shopper's phone shows: told by their form alone."""

from __future__ import annotations

import re
from typing import Final

# WeChat: 18 digits from 10 to 15; Alipay: 16 to 24 digits from 25 to 30 (both from the gateways' public documents).
_WECHAT: Final = re.compile(r"1[0-5]\d{16}", re.ASCII)
_ALIPAY: Final = re.compile(r"(?:2[5-9]|30)\d{14,22}", re.ASCII)


def wallet_brand(code: str) -> str:
    """'wechat' or 'alipay' for a text of a payment code's form, else ''.

    A legal SSCC-18 looks the same, and so does a scale label of 18 digits: believe it only while paying.
    """
    if _WECHAT.fullmatch(code):
        return "wechat"
    return "alipay" if _ALIPAY.fullmatch(code) else ""

"""The kinds of gateway that the simulated banks play, each with its traits (docs/payment-gateways.md) and habits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from payments.gateway import OnceBy, Presents, Traits


@dataclass(frozen=True, slots=True)
class Habits:
    """How often payments go how, in a thousand; the rest is paid at once. Times in milliseconds.

    `asks`: the shopper is asked for a password, shows a card or opens the wallet, and pays after `pays_ms`.
    """

    declines: int
    asks: int
    never: int  # of a thousand that are asked: the shopper never pays
    pays_ms: tuple[int, int]
    troubles: int = 3  # the bank's own fault: 'system error', whatever it did


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of gateway: what the lane is told of it, and what its bank does.

    `ends_itself_ms`: an order that nobody paid ends by itself, 0 for never. `local`: a terminal on the lane's own
    cable, where nothing comes late or twice. `still_paying`: of a thousand cancels of an order that is being paid,
    how many are refused. `proves_unsent`: its plug-in says DECLINED when not one byte of the order left.
    """

    name: str
    traits: Traits
    habits: Habits
    ends_itself_ms: int = 0
    local: bool = False
    by_receipts: bool = False  # no key of ours, no number of theirs: only the terminal's last receipt tells
    still_paying: int = 0
    proves_unsent: bool = False


_AT_ONCE: Final = Habits(declines=40, asks=50, never=100, pays_ms=(1_500, 7_000))
_CARD: Final = Habits(declines=50, asks=50, never=100, pays_ms=(800, 4_000))

WECHAT_CODE: Final = Profile(
    "wechat",
    Traits(
        Presents.SHOPPER_CODE,
        resend_start_is_safe=False,
        cancel_refunds=True,
        cancel_earliest_s=15.0,
        brands=("wechat",),
    ),
    _AT_ONCE,
    ends_itself_ms=45_000,
    still_paying=300,
    proves_unsent=True,
)
WECHAT_NATIVE: Final = Profile(
    "native",
    Traits(Presents.KIOSK_CODE, resend_start_is_safe=True, cancel_refunds=False, brands=("wechat",), notifies=True),
    Habits(declines=0, asks=1000, never=20, pays_ms=(800, 4_000)),
)
ALIPAY_CODE: Final = Profile(
    "alipay",
    Traits(Presents.SHOPPER_CODE, resend_start_is_safe=True, cancel_refunds=True, brands=("alipay",)),
    _AT_ONCE,
    ends_itself_ms=180_000,
    proves_unsent=True,
)
TERMINAL_STORING: Final = Profile(
    "nexo",
    Traits(
        Presents.TERMINAL,
        resend_start_is_safe=False,
        cancel_refunds=False,
        works_offline=True,
    ),
    _CARD,
    ends_itself_ms=120_000,
    local=True,
)
STRIPE_LIKE: Final = Profile(
    "stripe",
    Traits(
        Presents.TERMINAL,
        resend_start_is_safe=True,
        cancel_refunds=False,
        once_by=OnceBy.OUR_KEY_FOR_A_DAY,
    ),
    Habits(declines=40, asks=150, never=100, pays_ms=(800, 4_000)),
)
ZVT_LIKE: Final = Profile(
    "zvt",
    Traits(
        Presents.TERMINAL,
        resend_start_is_safe=False,
        cancel_refunds=True,
        works_offline=True,
        once_by=OnceBy.NOTHING,
    ),
    _CARD,
    ends_itself_ms=60_000,
    local=True,
    by_receipts=True,
)
PROFILES: Final = (WECHAT_CODE, WECHAT_NATIVE, ALIPAY_CODE, TERMINAL_STORING, STRIPE_LIKE, ZVT_LIKE)

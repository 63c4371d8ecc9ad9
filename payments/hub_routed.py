"""The gateway that asks the shop's hub, which holds the contracts with the banks: lanes keep no merchant keys.

One rule reads every answer: only a whole, sensible body for the very payment asked about counts. All else is UNKNOWN.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx

from payments import settings as read
from payments.errors import GatewayMisconfigured
from payments.exchange import Line
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason, RefundRequest, Traits, Trouble
from payments.loader import GatewayContext
from retail.money import Money

log = logging.getLogger(__name__)

_NAME: Final = "hub"
_KNOWN_SETTINGS: Final = ("presents", "brands", "open_for_s", "tells_payer", "connect_timeout_s", "read_timeout_s")
_WALLETS: Final = ("wechat", "alipay")
_LONGEST_TIMEOUT_S: Final = 60.0
_LONGEST_OPEN_S: Final = 7200.0  # no wallet's QR code is valid for longer
_OPEN_FOR_S: Final = 120.0  # time to find the phone, unlock it and open the wallet
_HIGHEST_PORT: Final = 65535
# The hub says that it did not take the order. Other 4xx (409: the key is known with another amount) prove nothing.
_NOT_TAKEN: Final = {400: Reason.REFUSED, 401: Reason.UNAVAILABLE, 403: Reason.UNAVAILABLE, 422: Reason.REFUSED}


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back: a status and a JSON object, or neither. `unsent` is proof that the order never left."""

    status: int = 0
    body: Mapping[str, Any] | None = None
    unsent: bool = False


class HubGateway:
    """Settings: `presents`, `brands`, `open_for_s`, `tells_payer`, `connect_timeout_s`, `read_timeout_s`. Who paid
    stays at the hub: its answers never say it.

    `start` is to be called once for each key (`resend_start_is_safe` is false). The hub itself would not charge twice,
    but only so can a refused connection prove that nothing was sent, which spares the shopper the 'unknown' screen.
    """

    def __init__(self, settings: Mapping[str, Any], context: GatewayContext) -> None:
        """Raises GatewayMisconfigured."""
        read.refuse_unknown(_NAME, settings, _KNOWN_SETTINGS)
        self.traits = _traits(settings)
        connect_s = read.seconds(_NAME, settings, "connect_timeout_s", 3.0, most=_LONGEST_TIMEOUT_S)
        total_s = read.seconds(_NAME, settings, "read_timeout_s", 10.0, most=_LONGEST_TIMEOUT_S)
        address = _checked_url(context.hub_url)
        self._headers = {"Authorization": f"Bearer {_checked_token(context)}", "Content-Type": "application/json"}
        self._line = Line("the hub", address, connect_s=connect_s, total_s=total_s)
        self._asked: dict[str, Money] = {}

    def start(self, request: PaymentRequest) -> PaymentResult:
        """Order the payment.

        DECLINED without the hub's word only on proof that the order was not taken: no connection was made (then not
        one byte of it was sent), or the hub refused it by status; and only if this is the first order with its key.
        """
        first = request.key not in self._asked
        self._asked[request.key] = request.amount
        order = {
            "key": request.key,
            "amount_minor": request.amount.minor,
            "currency": request.amount.currency,
            "sale_id": request.sale_id,
            "instrument": request.instrument or None,
            "way": request.way,
        }
        answer = self._send("POST", "/v1/payments", order)
        if first and answer.unsent:
            return PaymentResult(Outcome.DECLINED, Reason.UNAVAILABLE)
        if first and answer.status in _NOT_TAKEN:
            return PaymentResult(Outcome.DECLINED, _NOT_TAKEN[answer.status])
        return self._read(answer, request.key)

    def lookup(self, key: str) -> PaymentResult:
        """Ask the hub. 404 is UNKNOWN: the order may still be on its way to it."""
        return self._read(self._send("GET", _path(key)), key)

    def cancel(self, key: str) -> PaymentResult:
        """Ask the hub to end it; it bars a key that it has not seen yet, and answers 'declined'."""
        return self._read(self._send("POST", _path(key, "cancel"), {}), key)

    def refund(self, request: RefundRequest) -> PaymentResult:
        """Give money back; without a definite answer UNKNOWN, as asking again with the same refund_key is safe."""
        body = {"refund_key": request.refund_key, "amount_minor": request.amount.minor}
        answer = self._send("POST", _path(request.key, "refunds"), body)
        return _result(answer, request.refund_key, request.amount)

    def close(self) -> None:
        """Close the line to the hub."""
        self._line.close()

    def _read(self, answer: _Answer, key: str) -> PaymentResult:
        return _result(answer, key, self._asked.get(key))

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> _Answer:
        try:
            content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError:  # a broken scanner's half character
            return _Answer(unsent=True)
        came = self._line.send(method, path, content, self._headers)
        return _Answer(came.status, _object(came.body), came.unsent)


def _path(key: str, *rest: str) -> str:
    return "/".join(("/v1/payments", quote(key, safe=""), *rest))


def _object(body: bytes) -> Mapping[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _result(answer: _Answer, key: str, asked: Money | None) -> PaymentResult:
    """The hub's word if it is whole and about this payment, else UNKNOWN. `asked` is None after a restart."""
    body = answer.body
    if answer.status not in {httpx.codes.OK, httpx.codes.CREATED} or body is None:
        return PaymentResult(Outcome.UNKNOWN, trouble=_trouble_of(answer))
    try:
        outcome = Outcome(body["outcome"])
    except (KeyError, ValueError, TypeError):
        return PaymentResult(Outcome.UNKNOWN, trouble=Trouble.GARBLED)
    if body.get("key", key) != key or not _fits(outcome, body, asked):
        log.error("payment %s: the hub's answer is not about it", key)
        return PaymentResult(Outcome.UNKNOWN, trouble=Trouble.OTHER)
    if outcome is Outcome.APPROVED:
        paid = asked or (Money(body["amount_minor"], body["currency"]) if body.get("currency") else None)
        return PaymentResult(outcome, Reason.NONE, _reference(body), paid)
    reason = _reason(body) if outcome is Outcome.DECLINED else Reason.NONE
    show = _text(body, "show") if outcome is Outcome.PENDING else ""
    return PaymentResult(outcome, reason, _reference(body), trouble=_trouble(outcome, body), show=show)


def _trouble_of(answer: _Answer) -> Trouble:
    """Why no word came, or none that counts."""
    if answer.status == 0:
        return Trouble.NO_ANSWER
    if answer.status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return Trouble.KEYS
    # 404: the hub does not know the order (yet); 409: it knows another one by that key.
    if answer.status in {httpx.codes.NOT_FOUND, httpx.codes.CONFLICT}:
        return Trouble.OTHER
    return Trouble.SERVER if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR else Trouble.GARBLED


def _trouble(outcome: Outcome, body: Mapping[str, Any]) -> Trouble:
    """What the hub says of its own gateway."""
    if outcome is not Outcome.UNKNOWN:
        return Trouble.NONE
    try:
        return Trouble(_text(body, "trouble"))
    except ValueError:  # a newer hub may know more of them
        return Trouble.NONE


def _fits(outcome: Outcome, body: Mapping[str, Any], asked: Money | None) -> bool:
    """Whether amount and currency are those of this payment; a key barred before it was seen has none."""
    amount, currency = body.get("amount_minor"), body.get("currency")
    if outcome is not Outcome.APPROVED and not amount:
        return True
    if isinstance(amount, bool) or not isinstance(amount, int) or not isinstance(currency, str | None):
        return False
    return asked is None or (amount == asked.minor and (currency or asked.currency) == asked.currency)


def _reason(body: Mapping[str, Any]) -> Reason:
    try:
        return Reason(body.get("reason") or Reason.NONE)
    except ValueError:  # a newer hub may know more reasons; declined is declined
        return Reason.REFUSED


def _reference(body: Mapping[str, Any]) -> str:
    return _text(body, "reference")


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _traits(settings: Mapping[str, Any]) -> Traits:
    """Brands and time are told to the lane, as the hub's gateways are not there to be asked before a payment."""
    presents = read.presents(_NAME, settings)
    shopper_scans = presents is Presents.KIOSK_CODE
    brands = settings.get("brands", _WALLETS if presents is Presents.SHOPPER_CODE else ())
    if not isinstance(brands, list | tuple) or not all(brand in _WALLETS for brand in brands):
        raise GatewayMisconfigured(
            f"payment gateway {_NAME!r}: brands is {brands!r}; list the hub's wallets, of: {', '.join(_WALLETS)}"
        )
    open_for_s = read.seconds(
        _NAME, settings, "open_for_s", _OPEN_FOR_S if shopper_scans else 0.0, most=_LONGEST_OPEN_S
    )
    return Traits(
        presents=presents,
        resend_start_is_safe=False,
        cancel_refunds=False,
        brands=tuple(brands),
        open_for_s=open_for_s,
        tells_payer=read.flag(_NAME, settings, "tells_payer", default=bool(brands)),
    )


def _checked_url(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL()
    if address.scheme not in {"http", "https"} or not address.host or (address.port or 0) > _HIGHEST_PORT:
        raise GatewayMisconfigured(
            f"payment gateway {_NAME!r} needs the hub's address, and {url!r} is none; set url in [hub], "
            f'for example url = "https://hub.example:8443"'
        )
    return address


def _checked_token(context: GatewayContext) -> str:
    token = context.hub_token
    if not token or not token.isascii() or not token.isprintable():
        raise GatewayMisconfigured(
            f"payment gateway {_NAME!r} needs this lane's token; enrol it with 'kiosk-hub --data DIR lane --store "
            f"{context.store} --lane {context.lane}' and set token or token_file in [hub]"
        )
    return token

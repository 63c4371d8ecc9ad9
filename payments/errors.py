"""What a gateway may raise: only before any money is asked for.

PaymentError
 ├─ GatewayMissing      the configuration names a gateway that is not installed (or twice)
 ├─ GatewayMisconfigured  its settings are wrong: the message names key and remedy
 └─ NotificationRefused  a push that claims to be the gateway's and is not proved to be
"""


class PaymentError(Exception):
    """Root of the package's errors; never raised by start, lookup, cancel or refund."""


class GatewayMissing(PaymentError):
    """No installed gateway has that name, or several have."""


class GatewayMisconfigured(PaymentError):
    """A gateway's settings cannot work."""


class NotificationRefused(PaymentError):
    """A push is forged, too old, a signature test, or about no payment; the text names no secret."""

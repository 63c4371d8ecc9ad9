"""A payments desk over one gateway for all lanes."""

from __future__ import annotations

from hub.payment_store import PaymentStore
from hub.payments_desk import PaymentsDesk
from hub.services import Hub
from payments.gateway import Gateway
from tests.hub.scripted_gateway import only


def desk_of(hub: Hub, gateway: Gateway) -> PaymentsDesk:
    """It asks that gateway, whatever is ordered."""
    return PaymentsDesk(PaymentStore(hub.database, hub.clock), only(gateway))

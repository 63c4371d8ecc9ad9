"""What a lane's refunds stand on: the hub's book, the journal, the printer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.adapters.hub_refunds import HubRefunds
from kiosk.adapters.lane_files import RecoveringJournal
from kiosk.adapters.print_queue import PrintQueue
from kiosk.adapters.receipt_image import columns_on
from kiosk.adapters.worker import Work
from kiosk.config import KioskConfig
from kiosk.services.refund_book import RefundPorts, RefundSlip
from kiosk.services.refund_slip import slip_text
from kiosk.services.texts import Texts


@dataclass(frozen=True, slots=True)
class LaneRefunds:
    """The ports, and the line to the hub that is to be closed; neither for a lane without a hub or its token."""

    ports: RefundPorts | None = None
    book: HubRefunds | None = None

    def close(self) -> None:
        """Idempotent."""
        if self.book is not None:
            self.book.close()


def build_refunds(
    config: KioskConfig,
    *,
    journal: RecoveringJournal,
    texts: Texts,
    queue: PrintQueue | None,
    till: Callable[[Work], None],
) -> LaneRefunds:
    """Refunds of this lane, as it is configured."""
    token = config.hub.read_token() if config.hub is not None else ""
    if config.hub is None or not token:
        return LaneRefunds()
    book = HubRefunds(config.hub.url, config.hub.read_token, till)
    slips = None if queue is None else _slips(queue, texts)
    return LaneRefunds(RefundPorts(book, journal.open_refunds, slips), book)


def _slips(queue: PrintQueue, texts: Texts) -> Callable[[RefundSlip], bool]:
    def print_slip(slip: RefundSlip) -> bool:
        text = slip_text(slip, texts, columns_on(queue.dots))
        return queue.add(f"refund-{slip.refund}", text, texts.text(slip.language, "receipt.copy"))

    return print_slip

"""The attendant's refund sheet: which receipt, which goods, why, and what became of the money.

What may be given back the hub's book decides; this desk asks, shows, and hands what staff confirmed to the maker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kiosk.services.lane import Lane
from kiosk.services.refund_book import BY_LANE, BookRefused, Receipt, RefundOrder, RefundPorts, RefundSlip
from kiosk.services.refund_maker import RefundMaker
from kiosk.services.refund_record import OpenRefund
from kiosk.services.refund_sheet import RefundSheet, short
from kiosk.services.refund_view import OpenRefundView, RefundStage, RefundView
from kiosk.services.staff import StaffDesk
from payments.gateway import Outcome, PaymentResult
from retail.refunding import REASONS, Part, receipt_named

_LOOK_FOR_S: Final = 15  # how long the sale that was just made may take to reach the hub
_LOOK_AGAIN_S: Final = 1


class RefundDesk:
    """One sheet at a time, for whoever is logged in. Only on the till's thread."""

    def __init__(self, lane: Lane, staff: StaffDesk) -> None:
        self._lane = lane
        self._staff = staff
        self._ports: RefundPorts | None = lane.ports.refunds
        self._maker = None if self._ports is None else RefundMaker(lane, self._ports, self._news)
        self._sheet: RefundSheet | None = None
        self._looks = 0
        self._acts: Final[Mapping[str, Callable[[str, int], None]]] = {
            "find": lambda what, _n: self._find(what),
            "whole": lambda _w, _n: self._choose_all(),
            "part": lambda what, number: self._choose(int(what), number),
            "why": lambda what, _n: self._give_reason(what),
            "confirm": lambda _w, _n: self._confirm(),
            "again": lambda _w, _n: self._begin_again(),
            "ask": lambda _w, _n: self._ask_now(),
            "print": lambda _w, _n: self._print(),
        }

    # --- the till's side ------------------------------------------------------------------------------------------

    @property
    def works(self) -> bool:
        """Whether this lane has a hub to ask."""
        return self._maker is not None

    def recover(self) -> None:
        """After a start or a fault: what is open goes on."""
        self._sheet = None
        if self._maker is not None:
            self._maker.recover()

    def tick(self) -> None:
        """Once a second."""
        if self._maker is not None:
            self._maker.tick()
        sheet = self._sheet
        if sheet is None:
            return
        if not self._staff.who:
            self.close()
        elif sheet.look_at is not None and self._lane.ports.steady() >= sheet.look_at:
            self._look(sheet)

    def open(self, receipt: str = "") -> None:
        """An attendant wants to give money back: of that receipt, or of one still to be named."""
        if self._ports is None or not self._staff.who:
            return
        self._sheet = RefundSheet()
        if receipt:
            self._find(receipt)

    def open_last(self) -> None:
        """Undo the sale that was just made."""
        sale = self._lane.register.sale
        self.open(sale.id if sale is not None else "")

    def scanned(self, text: str) -> bool:
        """Take a scan that is a receipt's code; True if it was for the sheet."""
        if self._ports is None or not self._staff.who:
            return False
        named = receipt_named(text)
        if self._sheet is not None:
            if self._sheet.stage in {RefundStage.ASK, RefundStage.REFUSED}:
                self._find(text)
            return True
        if named in {"", text.strip()} and len(named) != _SALE_ID_LENGTH:
            return False  # goods have plain numbers too
        self.open(named)
        return True

    def act(self, name: str, what: str, number: int) -> None:
        """A touch on the sheet."""
        if name == "close":
            self.close()
        elif self._sheet is not None and self._staff.who and name in self._acts:
            self._staff.extend(self._lane.ports.steady())
            self._acts[name](what, number)

    def close(self) -> None:
        """The sheet goes; what was confirmed goes on."""
        self._sheet = None

    # --- the sheet ------------------------------------------------------------------------------------------------

    def _find(self, text: str) -> None:
        sheet = self._sheet = RefundSheet(named=receipt_named(text))
        sale = self._lane.register.sale
        sheet.own = sale is not None and sheet.named in {sale.id, sale.completion.get("receipt_number")}
        sheet.look_until = self._lane.ports.steady() + _LOOK_FOR_S
        if not sheet.named:
            self._refuse(sheet, "not_a_receipt")
        elif not self._lane.ports.agent.online:
            self._refuse(sheet, "offline")
        else:
            self._look(sheet)

    def _look(self, sheet: RefundSheet) -> None:
        assert self._ports is not None  # noqa: S101 - for the type checker: there is no sheet without
        sheet.stage, sheet.look_at = RefundStage.LOOKING, None
        self._ports.book.receipt(sheet.named, lambda answer: self._found(sheet, answer))

    def _found(self, sheet: RefundSheet, answer: Receipt | BookRefused) -> None:
        if sheet is not self._sheet or sheet.stage is not RefundStage.LOOKING:
            return  # closed, or another receipt meanwhile
        if isinstance(answer, BookRefused):
            now = self._lane.ports.steady()
            if answer.code == "not_known" and sheet.own and now < sheet.look_until:
                sheet.look_at = now + _LOOK_AGAIN_S  # its events are on their way
            else:
                self._refuse(sheet, answer.code)
            return
        sheet.receipt, sheet.stage = answer, RefundStage.CHOOSE
        sheet.chosen = {line.line: line.left for line in answer.lines} if sheet.own else {}
        if answer.left_minor <= 0:
            self._refuse(sheet, "nothing_left")
        elif not self._can_make(answer):
            self._refuse(sheet, "other_lane", lane=answer.lane)

    def _can_make(self, receipt: Receipt) -> bool:
        if receipt.route != BY_LANE or self._maker is None:
            return True
        return self._maker.gateway_way(receipt.gateway, receipt.lane, receipt.way) is not None

    def _choosing(self) -> tuple[RefundSheet, Receipt] | None:
        sheet = self._sheet
        if sheet is None or sheet.receipt is None or sheet.stage is not RefundStage.CHOOSE:
            return None
        return sheet, sheet.receipt

    def _choose_all(self) -> None:
        choosing = self._choosing()
        if choosing is not None:
            sheet, receipt = choosing
            sheet.chosen = {} if sheet.whole else {line.line: line.left for line in receipt.lines}

    def _choose(self, number: int, quantity: int) -> None:
        choosing = self._choosing()
        if choosing is None:
            return
        sheet, receipt = choosing
        line = next((line for line in receipt.lines if line.line == number), None)
        if line is not None:
            sheet.chosen[number] = max(0, min(quantity, line.left))

    def _give_reason(self, why: str) -> None:
        choosing = self._choosing()
        if choosing is not None and why in REASONS:
            choosing[0].why = why

    def _confirm(self) -> None:
        """A second tap finds the sheet further: one refund."""
        choosing = self._choosing()
        if choosing is None or self._maker is None:
            return
        sheet, receipt = choosing
        if not sheet.why or sheet.amount_minor <= 0:
            return
        parts = None if sheet.whole else tuple(Part(line, n) for line, n in sorted(sheet.chosen.items()) if n)
        sheet.by, sheet.key = self._staff.who, self._lane.register.new_key()
        order = RefundOrder(sheet.key, receipt.sale_id, parts, sheet.amount_minor, sheet.why, sheet.by, sheet.by)
        sheet.at, sheet.stage = self._lane.ports.clock().isoformat(), RefundStage.WORKING
        self._maker.begin(
            OpenRefund(order, receipt.sale_id, receipt.number, receipt.currency, receipt.way, receipt.brand)
        )

    def _begin_again(self) -> None:
        self._sheet = RefundSheet()

    def _ask_now(self) -> None:
        if self._maker is not None:
            self._maker.ask_now()

    def _print(self) -> None:
        sheet = self._sheet
        if sheet is None or sheet.receipt is None or self._ports is None or self._ports.print_slip is None:
            return
        if sheet.stage in {RefundStage.GIVEN, RefundStage.UNANSWERED} and not sheet.printed:
            sheet.printed = self._ports.print_slip(self._slip(sheet, sheet.receipt))

    def _slip(self, sheet: RefundSheet, receipt: Receipt) -> RefundSlip:
        chosen = [(line, sheet.chosen.get(line.line, 0)) for line in receipt.lines]
        return RefundSlip(
            meta=self._lane.prices().meta,
            language=self._lane.language,
            refund=short(sheet.key),
            receipt=receipt.number,
            at=sheet.at,
            lane=self._lane.rules.lane,
            by=sheet.by,
            why=sheet.why,
            way=receipt.way,
            brand=receipt.brand,
            currency=receipt.currency,
            amount_minor=sheet.amount_minor,
            given=sheet.stage is RefundStage.GIVEN,
            parts=tuple((line.names, n if line.pieces > 1 else 0, sheet.worth(line)) for line, n in chosen if n),
        )

    def _news(self, key: str, result: PaymentResult, why: str) -> None:
        """The maker says how a refund stands."""
        sheet = self._sheet
        if sheet is None or sheet.key != key:
            return
        self._staff.extend(self._lane.ports.steady())
        if result.outcome is Outcome.APPROVED:
            sheet.stage = RefundStage.GIVEN
        elif result.outcome is Outcome.DECLINED:
            self._refuse(sheet, why if why in _OURS else "declined", lane=sheet.receipt.lane if sheet.receipt else "")
        else:
            sheet.stage = RefundStage.UNANSWERED

    @staticmethod
    def _refuse(sheet: RefundSheet, code: str, **params: str) -> None:
        sheet.stage, sheet.problem = RefundStage.REFUSED, code if code in PROBLEMS else "refused"
        sheet.params = {"number": sheet.named, **params}

    # --- what is shown --------------------------------------------------------------------------------------------

    def view(self) -> RefundView | None:
        """The sheet, while it is open."""
        can_print = self._ports is not None and self._ports.print_slip is not None
        return None if self._sheet is None else self._sheet.view(can_print=can_print)

    def open_views(self) -> tuple[OpenRefundView, ...]:
        """Refunds that the bank has not answered for, for the attendant's panel."""
        refunds = () if self._maker is None else self._maker.open
        return tuple(
            OpenRefundView(short(one.key), one.number, one.order.amount_minor, one.currency) for one in refunds
        )


_SALE_ID_LENGTH: Final = 32
# Why nothing was given back; the catalogues have `refund.problem.<code>` for each, and 'refused' for any other.
PROBLEMS: Final = (
    "not_a_receipt",
    "offline",
    "not_known",
    "several",
    "not_completed",
    "not_paid",
    "stored",
    "nothing_left",
    "nothing_paid",
    "too_many",
    "changed",
    "other_lane",
    "declined",
    "refused",
)
_OURS: Final = frozenset(PROBLEMS) - {"declined", "refused"}

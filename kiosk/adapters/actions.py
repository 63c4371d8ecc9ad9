"""The screens' requests, passed on to the till's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kiosk.adapters.worker import Worker
from kiosk.services.till import Till


class TillActions:
    """Implements kiosk.services.lane_view.LaneActions; every method returns at once."""

    def __init__(self, worker: Worker, till: Till) -> None:
        self._worker = worker
        self._till = till

    def _post(self, work: Callable[[], None]) -> None:
        self._worker.post(work)

    def scan(self, text: str, symbology: str = "", gs1: bool | None = None) -> None:
        self._post(lambda: self._till.scan(text, symbology, gs1))

    def device_fault(self, device: str, fault: str) -> None:
        self._post(lambda: self._till.device_fault(device, fault))

    def tick(self) -> None:
        self._post(self._till.tick)

    def start(self) -> None:
        self._post(self._till.begin)

    def set_language(self, language: str) -> None:
        self._post(lambda: self._till.set_language(language))

    def enter_code(self, code: str) -> None:
        self._post(lambda: self._till.enter_code(code))

    def browse(self, category: str, search: str) -> None:
        self._post(lambda: self._till.browse(category, search))

    def add_loose(self, sku: str, quantity: int) -> None:
        self._post(lambda: self._till.add_loose(sku, quantity))

    def weight_seen(self) -> None:
        self._post(self._till.weight_seen)

    def take_weight(self, sku: str, grams: int, unit_minor: int) -> None:
        self._post(lambda: self._till.take_weight(sku, grams, unit_minor))

    def weigh_all_new(self) -> None:
        self._post(self._till.weigh_all_new)

    def stop_weighing(self) -> None:
        self._post(self._till.stop_weighing)

    def set_quantity(self, line: int, quantity: int) -> None:
        self._post(lambda: self._till.set_quantity(line, quantity))

    def remove_line(self, line: int) -> None:
        self._post(lambda: self._till.remove_line(line))

    def withdraw_coupon(self, code: str) -> None:
        self._post(lambda: self._till.withdraw_coupon(code))

    def use_coupon(self, code: str) -> None:
        self._post(lambda: self._till.use_coupon(code))

    def join(self, clubs: Sequence[str], ticked: Sequence[tuple[str, str]]) -> None:
        self._post(lambda: self._till.join(clubs, ticked))

    def refuse_joining(self) -> None:
        self._post(self._till.refuse_joining)

    def forget_member(self) -> None:
        self._post(self._till.forget_member)

    def open_phone(self, clubs: Sequence[str], ticked: Sequence[tuple[str, str]]) -> None:
        self._post(lambda: self._till.open_phone(clubs, ticked))

    def enter_phone(self, number: str) -> None:
        self._post(lambda: self._till.enter_phone(number))

    def enter_phone_code(self, code: str) -> None:
        self._post(lambda: self._till.enter_phone_code(code))

    def close_phone(self) -> None:
        self._post(self._till.close_phone)

    def park(self, kind: str, value: str) -> None:
        self._post(lambda: self._till.park(kind, value))

    def cancel_basket(self) -> None:
        self._post(self._till.cancel_basket)

    def keep_basket(self) -> None:
        self._post(self._till.touched)

    def pay(self) -> None:
        self._post(self._till.pay)

    def back_to_basket(self) -> None:
        self._post(self._till.back_to_basket)

    def choose_way(self, way: str) -> None:
        self._post(lambda: self._till.choose_way(way))

    def pay_at_till(self) -> None:
        self._post(self._till.pay_at_till)

    def cancel_payment(self) -> None:
        self._post(self._till.cancel_payment)

    def choose_receipt(self, choice: str) -> None:
        self._post(lambda: self._till.choose_receipt(choice))

    def finish(self) -> None:
        self._post(self._till.finish)

    def call_help(self) -> None:
        self._post(self._till.call_help)

    def cancel_help(self) -> None:
        self._post(self._till.cancel_help)

    def staff_act(self, act: str) -> None:
        self._post(lambda: self._till.staff_act(act))

    def refund(self, act: str, what: str, number: int) -> None:
        self._post(lambda: self._till.refund(act, what, number))

    def close_staff(self) -> None:
        self._post(self._till.close_staff)

    def touched(self) -> None:
        self._post(self._till.touched)

"""Who the shopper is and what they join: recognised, joining with the payment, or nobody; nothing waits for the hub."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kiosk.services.lane import Lane


class MemberDesk:
    """`begin` starts a basket: a member may show their code first of all."""

    def __init__(self, lane: Lane, begin: Callable[[], None]) -> None:
        self._lane = lane
        self._begin = begin

    def join(self, clubs: Sequence[str], ticked: Sequence[tuple[str, str]]) -> None:
        """The shopper joins with this payment."""

    def refuse(self) -> None:
        """No, thanks."""

    def forget(self) -> None:
        """The shopper is nobody again."""

    def open_phone(self, clubs: Sequence[str], ticked: Sequence[tuple[str, str]]) -> None:
        """The sheet for a phone number, to join these clubs or to be recognised."""

    def enter_phone(self, number: str) -> None:
        """A number was typed."""

    def enter_phone_code(self, code: str) -> None:
        """The code that was sent to it."""

    def close_phone(self) -> None:
        """The sheet is put away."""

    def use_coupon(self, code: str) -> None:
        """One of the member's own coupons was touched."""

    def park(self, kind: str, value: str) -> None:
        """Free parking for a car."""

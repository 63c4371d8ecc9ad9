"""The gateways of a hub: which of them gets an order, and which one a payment belongs to for ever after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hub.lanes import Lane
from payments.gateway import Gateway, PaymentRequest, Presents, Reason, Traits
from retail.wallet import wallet_brand

DEADLINE_S: Final = 45.0  # longer than any gateway of ours waits for its bank, its second address included
# What tells one account with a bank from another; keys and addresses change while the account stays.
_IDENTITY: Final = ("app_id", "merchant_id")
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Account:
    """One gateway of the hub. `ways`: what it takes orders for (None: all, it is the only one; empty: none any more,
    it only answers for what it has). `contract`: plug-in and account, for payments to be told from another's.
    """

    name: str
    plug_in: str
    traits: Traits
    ways: frozenset[str] | None = None
    contract: str = ""
    deadline_s: float = DEADLINE_S


class PaymentGateways:
    """All accounts, in the order of the file: the first one that fits gets the order."""

    def __init__(self, accounts: Sequence[Account], open_account: Callable[[Account, Lane], Gateway]) -> None:
        self._accounts = tuple(accounts)
        self._open = open_account

    def route(self, request: PaymentRequest) -> Account | Reason:
        """Who is to be asked for the money; a Reason if nobody can be."""
        for account in self._accounts:
            if account.ways is None:
                return account
        mine = [account for account in self._accounts if account.ways and request.way in account.ways]
        scans = [account for account in mine if account.traits.presents is Presents.SHOPPER_CODE]
        if not request.instrument:
            return next((account for account in mine if account not in scans), Reason.UNAVAILABLE)
        brand = wallet_brand(request.instrument)
        for account in scans:
            if not account.traits.brands or brand in account.traits.brands:
                return account
        return Reason.WRONG_CODE if scans else Reason.UNAVAILABLE

    def never_asked(self) -> list[Account]:
        """Accounts that take ways, but those before them get every order."""
        return [
            account
            for place, account in enumerate(self._accounts)
            if account.ways
            and all(any(_outranks(one, account, way) for one in self._accounts[:place]) for way in account.ways)
        ]

    def of(self, name: str, contract: str) -> Account | None:
        """The account that a payment was ordered from; None if it is gone, or if its name is another account's now:
        that one would truly say that it took no money. A payment from before contracts were noted goes by the name.
        """
        account = self.named(name)
        return account if account is not None and contract in {"", account.contract} else None

    def named(self, name: str) -> Account | None:
        """The account with that name."""
        return next((account for account in self._accounts if account.name == name), None)

    def open(self, account: Account, lane: Lane) -> Gateway:
        """A gateway object of the account, for one lane and one thread. Raises PaymentError."""
        return self._open(account, lane)


def _outranks(first: Account, second: Account, way: str) -> bool:
    """Whether every order of the way that `second` could take goes to `first`."""
    if not first.ways or way not in first.ways:
        return False
    scans = [one.traits.presents is Presents.SHOPPER_CODE for one in (first, second)]
    if not all(scans):
        return not any(scans)
    brands, others = set(first.traits.brands), set(second.traits.brands)
    return not brands or bool(others and others <= brands)


def contract_of(plug_in: str, settings: Mapping[str, Any]) -> str:
    """Plug-in and account in words that are no secret."""
    known = (f"{key}={settings[key]}" for key in _IDENTITY if isinstance(settings.get(key), str | int))
    return " ".join((plug_in, *known))[:_LONGEST]

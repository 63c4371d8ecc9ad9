"""Opens the declared gateways, each once to see that it can be, then for each lane that pays."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hub.data_folder import DataFolder, folder_sentences
from hub.lanes import Lane
from hub.payment_gateways import Account, PaymentGateways, contract_of
from hub.payments_file import Declared
from payments.errors import GatewayMisconfigured, GatewayMissing
from payments.gateway import Gateway, Traits
from payments.loader import GatewayContext, load_gateway

log = logging.getLogger(__name__)

NO_LANE: Final = Lane(0, "_", "_")  # in whose name what is no lane's is done: the first look, and reading pushes


def opened_gateways(folder: DataFolder, declared: Sequence[Declared], *, alone: bool = True) -> PaymentGateways:
    """The gateways of a hub; `alone`: no other hub starts payments. Raises GatewayMissing or GatewayMisconfigured,
    naming the place in the file."""
    by_name = {one.name: one for one in declared}

    def open_account(account: Account, lane: Lane) -> Gateway:
        return _opened(folder, by_name[account.name], lane, alone=alone)

    accounts = []
    for one in declared:
        gateway = _opened(folder, one, NO_LANE, alone=alone)
        traits = gateway.traits
        gateway.close()
        accounts.append(_account(one, traits))
    gateways = PaymentGateways(accounts, open_account)
    for account in gateways.never_asked():
        log.warning(
            "%s: never gets an order, as those before it take all of its; move it up, or say ways = []",
            by_name[account.name].where,
        )
    return gateways


def _account(declared: Declared, traits: Traits) -> Account:
    contract = contract_of(declared.plug_in, declared.settings)
    return Account(declared.name, declared.plug_in, traits, declared.ways, contract, declared.deadline_s)


def _opened(folder: DataFolder, declared: Declared, lane: Lane, *, alone: bool) -> Gateway:
    files = _files(folder, declared, lane)
    with folder_sentences(files):
        files.mkdir(parents=True, exist_ok=True)
    context = GatewayContext(lane.store, lane.name, files, alone=alone)
    try:
        return load_gateway(declared.plug_in, declared.settings, context)
    except (GatewayMissing, GatewayMisconfigured) as exc:
        raise type(exc)(f"{declared.where}: {exc}") from exc
    except OSError as exc:
        raise GatewayMisconfigured(
            f"{declared.where}: {exc.filename or declared.plug_in}: {(exc.strerror or str(exc)).lower()}; mend that"
        ) from exc
    except Exception as exc:  # a plug-in is not ours; its words could hold a key
        raise GatewayMisconfigured(
            f"{declared.where}: the plug-in {declared.plug_in!r} fails with {type(exc).__name__}; see its manual"
        ) from exc


def _files(folder: DataFolder, declared: Declared, lane: Lane) -> Path:
    """A lane's only gateway keeps its files where it always did; several have a folder each."""
    place = folder.gateway(lane.store, lane.name)
    return place if declared.ways is None else place / declared.name

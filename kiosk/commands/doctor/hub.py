"""The shop's side as the lane sees it: price list, agent, hub, and the clock that prices go by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from kiosk.adapters.lane_files import AgentStatus
from kiosk.commands.doctor.findings import Finding, State
from kiosk.commands.doctor.sentences import parted
from kiosk.config import KioskConfig
from offline_cache.config import HubSection
from offline_cache.errors import ConfigError, HubRefused, OfflineCacheError
from offline_cache.folder import LaneFolder
from offline_cache.hub_client import HubClient
from offline_cache.hub_time import clock_trouble, span
from offline_cache.price_list.errors import PriceListError, PriceListMissing
from offline_cache.price_list.keys import decode_public_key, key_id
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta
from offline_cache.status import SyncStatus, read_status
from offline_cache.trust import TrustStore

PRICES: Final = "prices"
HUB: Final = "hub"
CLOCK: Final = "clock"
TIMEOUT_S: Final = 3.0
_AGENT: Final = "start it: `kiosk-sync run --config lane.toml`, best as a service of the machine"
_NETWORK: Final = "check the address in [hub], the cable and the hub itself"


def price_findings(config: KioskConfig) -> Iterator[Finding]:
    """The price list, whether it is this lane's, and how old it is."""
    folder = LaneFolder(config.data.dir)
    try:
        prices = PriceList(folder.price_list)
    except PriceListMissing as exc:
        yield _fault(PRICES, "price list", *parted(str(exc), otherwise=_AGENT))
        return
    except PriceListError as exc:
        yield _fault(PRICES, "price list", *parted(str(exc), otherwise="let kiosk-sync fetch it anew"))
        return
    try:
        meta, count = prices.meta, prices.count()
    finally:
        prices.close()
    yield _whose(config, meta, count)
    yield _age(config, meta, read_status(folder.path))


def _whose(config: KioskConfig, meta: Meta, count: int) -> Finding:
    lane = config.lane
    if (meta.store, meta.channel) != (lane.store, lane.channel):
        found = f"is of store {meta.store}, channel {meta.channel}; this lane is of {lane.store}, {lane.channel}"
        return _fault(PRICES, "price list", found, "correct [lane] store and channel, or let kiosk-sync fetch that one")
    return Finding(PRICES, "price list", State.OK, f"revision {meta.revision}, {count:,} products")


def _age(config: KioskConfig, meta: Meta, said: SyncStatus) -> Finding:
    signed = datetime.fromisoformat(said.signed_at) if said.signed_at and said.revision == meta.revision else None
    as_of = meta.published_at if signed is None else max(signed, meta.published_at)
    hours = (datetime.now(UTC) - as_of).total_seconds() / 3600
    found = f"was the newest {span(hours * 3600)} ago" if hours > 0 else "is the newest"
    remedy = "see 'agent' and 'hub' below: the list is fetched as soon as the hub can be reached"
    if hours > config.prices.too_old_after_hours:
        return _fault(PRICES, "age", f"{found}: the lane begins no new basket", remedy)
    if hours > config.prices.old_after_hours:
        return Finding(PRICES, "age", State.WARNING, found, remedy)
    return Finding(PRICES, "age", State.OK, found)


def hub_findings(hub: HubSection, config: KioskConfig) -> Iterator[Finding]:
    """Whether the hub answers, knows this lane, and is the one that is trusted."""
    try:
        with HubClient(
            hub.url, store=config.lane.store, lane=config.lane.name, token=hub.read_token, timeout_s=TIMEOUT_S
        ) as client:
            key = client.public_key()
            yield Finding(HUB, "hub", State.OK, f"{hub.url} answers")
            yield _trust(hub, config, key)
            yield _enrolled(hub, client)
    except OfflineCacheError as exc:
        yield _fault(HUB, "hub", *parted(str(exc), otherwise=_NETWORK))


def _trust(hub: HubSection, config: KioskConfig, key: str) -> Finding:
    folder = LaneFolder(config.data.dir)
    if hub.key_file is None and not folder.key.exists():
        found = f"none yet; the first that is seen will be trusted, now {key_id(decode_public_key(key))}"
        return Finding(HUB, "key", State.OK, found)
    try:
        ring = TrustStore(folder, hub.key_file).ring(lambda: key)
    except ConfigError as exc:
        return _fault(HUB, "key", *parted(str(exc), otherwise="put the line there that `kiosk-hub key` prints"))
    shown = key_id(decode_public_key(key))
    if shown not in ring.trusted:
        remedy = f"if the hub was set up anew, stop kiosk-sync, delete {folder.key}, and give the new key in key_file"
        return _fault(HUB, "key", f"the hub shows key {shown}, which this lane does not trust", remedy)
    return Finding(HUB, "key", State.OK, f"{shown} is trusted")


def _enrolled(hub: HubSection, client: HubClient) -> Finding:
    name = f"lane {client.lane}"
    if not hub.read_token():
        remedy = f"run `kiosk-hub lane` at the hub for {name}, and put the token it prints into [hub] token_file"
        return Finding(HUB, name, State.WARNING, "has no token: sales stay here", remedy)
    try:
        waits = client.cursor().next
    except HubRefused as exc:
        remedy = f"enrol it at the hub with `kiosk-hub lane` and put the token it prints into [hub] token_file ({name})"
        return _fault(HUB, name, *parted(str(exc), otherwise=remedy))
    return Finding(HUB, name, State.OK, f"enrolled; the hub has its events up to {waits - 1:,}")


def agent_findings(config: KioskConfig) -> Iterator[Finding]:
    """kiosk-sync: whether it lives and what it has to complain of."""
    agent = AgentStatus(config.data.dir, lambda: datetime.now(UTC), lambda: 0)
    said = agent.said
    if agent.silent:
        yield _fault(HUB, "agent", "kiosk-sync does not run: no new prices, no sales to the hub", _AGENT)
    else:
        yield Finding(HUB, "agent", State.OK, "kiosk-sync runs")
    if said.last_error:
        yield _warning("agent's trouble", *parted(said.last_error, otherwise="`kiosk-sync status` says more"))
    if said.refused_list is not None:
        remedy = "approve or correct the list at the hub"
        yield _warning("refused list", *parted(said.refused_list.sentence, otherwise=remedy))
    if said.refused:
        last = said.refused[-1]
        found = f"the hub could not use {len(said.refused)} events, the last is {last.number}: {last.reason}"
        yield _warning("refused events", found, "call the service desk; `kiosk-sync status` lists them")


def skew_findings(config: KioskConfig) -> Iterator[Finding]:
    """This lane's clock by the hub's, as the agent heard it last."""
    skew_s = read_status(config.data.dir).hub_time_skew_s
    if skew_s is None:
        return
    trouble = clock_trouble(skew_s)
    if trouble:
        remedy = "sudo timedatectl set-ntp true, or give it a time server"
        yield Finding(CLOCK, "by the hub", State.WARNING, *parted(trouble, otherwise=remedy))
    else:
        yield Finding(CLOCK, "by the hub", State.OK, f"{abs(skew_s):.0f} s from the hub's")


def _warning(name: str, found: str, remedy: str) -> Finding:
    return Finding(HUB, name, State.WARNING, found, remedy)


def _fault(section: str, name: str, found: str, remedy: str) -> Finding:
    return Finding(section, name, State.FAULT, found, remedy)

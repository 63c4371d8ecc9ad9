"""What the doctor says of hub, agent, price list and clock, against a hub on loopback."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.commands.doctor import hub as doctor
from kiosk.commands.doctor.findings import Finding, State
from kiosk.config import KioskConfig, load_config
from offline_cache.folder import LaneFolder
from offline_cache.price_list.keys import KeyRing, decode_public_key
from offline_cache.status import RefusedEvent, SyncStatus, write_status
from offline_cache.trust import TrustStore
from tests.kiosk.doctor_rig import DoctorRig
from tests.kiosk.lane_rig import write_list
from tests.offline_cache.fake_hub import TOKEN, FakeHub, Server


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub()
    server = Server(fake)
    yield fake
    server.stop()


@pytest.fixture
def rig(tmp_path: Path) -> DoctorRig:
    return DoctorRig(tmp_path)


def config(rig: DoctorRig, hub: FakeHub | None = None, token: str = TOKEN) -> KioskConfig:
    section = "" if hub is None else f'[hub]\nurl = "{hub.url}"\ntoken = "{token}"\n'
    rig.write(section)
    return load_config(rig.file)


def of_hub(rig: DoctorRig, hub: FakeHub, token: str = TOKEN) -> dict[str, Finding]:
    lane = config(rig, hub, token)
    assert lane.hub is not None
    return {one.name: one for one in doctor.hub_findings(lane.hub, lane)}


def test_a_hub_that_knows_the_lane_is_well(rig: DoctorRig, hub: FakeHub) -> None:
    found = of_hub(rig, hub)
    assert {one.state for one in found.values()} == {State.OK}
    assert found["lane lane-1"].found == "enrolled; the hub has its events up to 0"
    assert {one.method for one in hub.seen} == {"GET"}


def test_a_token_that_the_hub_does_not_know_is_a_fault(rig: DoctorRig, hub: FakeHub) -> None:
    found = of_hub(rig, hub, token="another")
    assert found["hub"].state is State.OK
    assert found["lane lane-1"].state is State.FAULT
    assert "kiosk-hub lane" in found["lane lane-1"].remedy


def test_another_hub_behind_the_same_address_is_a_fault(rig: DoctorRig, hub: FakeHub) -> None:
    TrustStore(LaneFolder(rig.data)).learn(KeyRing.of([decode_public_key(FakeHub().public_key)]))
    found = of_hub(rig, hub)["key"]
    assert found.state is State.FAULT
    assert "hub-key.pub" in found.remedy


def test_a_hub_that_is_away_is_one_fault(rig: DoctorRig, hub: FakeHub) -> None:
    hub.hangs_up = "/v1/key"
    (found,) = of_hub(rig, hub).values()
    assert (found.name, found.state) == ("hub", State.FAULT)


def test_what_the_agent_complains_of_is_passed_on(rig: DoctorRig) -> None:
    said = SyncStatus(last_error="the disk is full; make room", refused=(RefusedEvent(7, "no such product"),))
    write_status(rig.data, said)
    found = {one.name: one for one in doctor.agent_findings(config(rig))}
    assert found["agent"].state is State.OK  # it wrote just now
    trouble = found["agent's trouble"]
    assert (trouble.state, trouble.found, trouble.remedy) == (State.WARNING, "the disk is full", "make room")
    assert "event 7" not in found["refused events"].found
    assert "no such product" in found["refused events"].found


def test_an_agent_that_does_not_run_is_a_fault(rig: DoctorRig) -> None:
    (found,) = doctor.agent_findings(config(rig))
    assert found.state is State.FAULT
    assert "kiosk-sync run" in found.remedy


@pytest.mark.parametrize(
    ("hours", "state"), [(1, State.OK), (25, State.WARNING), (169, State.FAULT), (-1, State.OK)], ids=str
)
def test_a_price_list_grows_old(rig: DoctorRig, hours: int, state: State) -> None:
    write_list(rig.data / "price-list.sqlite", published_at=datetime.now(UTC) - timedelta(hours=hours))
    found = {one.name: one for one in doctor.price_findings(config(rig))}
    assert (found["price list"].state, found["age"].state) == (State.OK, state)


def test_a_list_that_the_hub_signed_again_is_not_old(rig: DoctorRig) -> None:
    now = datetime.now(UTC)
    write_list(rig.data / "price-list.sqlite", published_at=now - timedelta(hours=200))
    write_status(rig.data, SyncStatus(revision=1, signed_at=now.isoformat()))
    assert {one.state for one in doctor.price_findings(config(rig))} == {State.OK}


def test_another_stores_list_is_a_fault(rig: DoctorRig) -> None:
    write_list(rig.data / "price-list.sqlite", store="t", published_at=datetime.now(UTC))
    first, *_ = doctor.price_findings(config(rig))
    assert (first.state, "store t" in first.found) == (State.FAULT, True)


@pytest.mark.parametrize(("skew_s", "state"), [(2.0, State.OK), (-400.0, State.WARNING)])
def test_the_clock_is_held_against_the_hubs(rig: DoctorRig, skew_s: float, state: State) -> None:
    write_status(rig.data, SyncStatus(hub_time_skew_s=skew_s))
    (found,) = doctor.skew_findings(config(rig))
    assert found.state is state

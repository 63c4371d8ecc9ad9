"""Two hubs serve one chain: one PostgreSQL, one place for price lists, each with a folder and a process of its own."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from hub.data_folder import DataFolder
from hub.publishing.tables import PUBLICATION
from hub.services import Hub, open_hub
from hub.storage.folder import FolderStorage
from hub.tables import LANE_EVENT, PAYMENT, REFUND
from tests.e2e.shop import ROOT
from tests.hub.cli.hub_process import HubProcess
from tests.hub.conftest import fill
from tests.hub.following_lane import FollowingLane
from tests.hub.lane_journal import LaneJournal, wire
from tests.hub.postgres import NoPostgres, PostgresServer

SEED = 20261122
LANES = 4
SALES = 12
KEYS = 12
PATIENCE_S = 60
KILLS = 4 if os.environ.get("KIOSK_NIGHTLY") else 2


@dataclass
class Chain:
    """Two hubs; `hub` is a third way to look at what they have."""

    hub: Hub
    database: str
    storage: Path
    folders: tuple[Path, Path]
    processes: list[HubProcess]

    def options(self, which: int) -> tuple[str, ...]:
        """What every command of a hub is given."""
        place = ("--data", str(self.folders[which]), "--database", self.database)
        return (*place, "--storage", str(self.storage))

    def at_both(self, act: Callable[[HubProcess], Any]) -> list[Any]:
        """Do the same at both hubs at once."""
        start = threading.Barrier(2)

        def go(process: HubProcess) -> Any:
            start.wait(PATIENCE_S)
            return act(process)

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(go, self.processes))


@pytest.fixture(scope="module")
def chain(running_postgres: PostgresServer | NoPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    if isinstance(running_postgres, NoPostgres):
        pytest.skip(f"no PostgreSQL: {running_postgres}")
    name, folder = running_postgres.create(), tmp_path_factory.mktemp("chain")
    database, storage = running_postgres.address(name), folder / "lists"
    folders = (folder / "hub-a", folder / "hub-b")
    first = DataFolder(folders[0])
    fill(first, database)
    with ExitStack() as stack:
        hub = stack.enter_context(open_hub(first, address=database, storage=FolderStorage(storage)))
        hub.publisher.publish("demo")
        DataFolder(folders[1]).create()
        shutil.copytree(first.keys, DataFolder(folders[1]).keys)
        # The simulated bank's books: there is one bank, whichever hub asks it.
        (folders[0] / "payments").mkdir()
        (folders[1] / "payments").symlink_to(folders[0] / "payments")
        chain = Chain(hub, database, storage, folders, [])
        for which in (0, 1):
            chain.processes.append(stack.enter_context(HubProcess(chain.options(which))))
        yield chain
    running_postgres.drop(name)


def test_the_same_events_at_both_count_once(chain):
    journals = {str(number): LaneJournal(lane=str(number), seed=number) for number in range(LANES)}
    tokens = {name: chain.hub.lanes.enrol("demo", name) for name in journals}
    for name, journal in journals.items():
        for number in range(SALES):
            journal.sell(f"{name}-{number}")

    def post_all(process: HubProcess) -> None:
        with ThreadPoolExecutor(LANES) as pool:
            list(pool.map(lambda name: post(process, name), journals))

    def post(process: HubProcess, name: str) -> None:
        with process.client(tokens[name]) as lane:
            path, events, at = f"/v1/lanes/{name}/events", journals[name].events, 0
            while at < len(events):
                answer = lane.post(path, json=wire(*events[at : at + 3 + int(name)]))
                assert answer.status_code in {200, 409}, answer.text
                at = answer.json()["next"] - 1

    chain.at_both(post_all)
    with chain.hub.database.read() as connection:
        stored = Counter(connection.execute(select(LANE_EVENT.c.lane_id)).scalars())
    assert sorted(stored.values()) == sorted(len(journal.events) for journal in journals.values())
    sales = chain.hub.sales.of_store("demo")
    assert sorted(sale["id"] for sale in sales) == sorted(f"{n}-{s}" for n in range(LANES) for s in range(SALES))
    assert {(sale["status"], sale["total_minor"], sale["discrepancy"]) for sale in sales} == {("completed", 4676, "")}


def test_a_payment_with_one_key_at_both_is_paid_once_and_given_back_once(chain):
    token = chain.hub.lanes.enrol("demo", "payer")
    keys = [f"key-{number:03}" for number in range(KEYS)]

    def pay(process: HubProcess) -> list[str]:
        order = {"amount_minor": 500, "currency": "CNY", "sale_id": "s1", "way": "wallet"}
        with process.client(token) as lane:
            answers = [lane.post("/v1/payments", json={**order, "key": key}) for key in keys]
            settled = [lane.get(f"/v1/payments/{key}").json()["outcome"] for key in keys]
            back = [lane.post(f"/v1/payments/{key}/refunds", json=refund(key)) for key in keys]
        assert {answer.status_code for answer in (*answers, *back)} == {200}
        assert {answer.json()["outcome"] for answer in back} == {"approved"}
        return settled

    def refund(key: str) -> dict[str, Any]:
        return {"refund_key": f"back-{key}", "amount_minor": 200}

    first, second = chain.at_both(pay)
    assert first == second == ["approved"] * KEYS
    books = bank(chain.folders[0], "payer", "SELECT count(*), count(DISTINCT key) FROM payments")
    given = bank(chain.folders[0], "payer", "SELECT count(*), sum(amount_minor) FROM refunds")
    assert (books, given) == ((KEYS, KEYS), (KEYS, KEYS * 200))
    with chain.hub.database.read() as connection:
        assert set(connection.execute(select(PAYMENT.c.outcome).where(PAYMENT.c.key.in_(keys))).scalars()) == {
            "approved"
        }
        assert len(connection.execute(select(REFUND)).all()) == KEYS


def test_a_key_that_is_cancelled_at_one_and_started_at_the_other_has_one_outcome(chain):
    token = chain.hub.lanes.enrol("demo", "wavering")
    turn = iter((0, 1))
    guard = threading.Lock()

    def act(process: HubProcess) -> list[int]:
        with guard:
            cancels = next(turn) == 0
        order = {"amount_minor": 500, "currency": "CNY", "sale_id": "s1", "way": "wallet"}
        with process.client(token) as lane:
            if cancels:
                return [lane.post(f"/v1/payments/wave-{n:03}/cancel", json={}).status_code for n in range(KEYS)]
            return [lane.post("/v1/payments", json={**order, "key": f"wave-{n:03}"}).status_code for n in range(KEYS)]

    assert {status for answers in chain.at_both(act) for status in answers} == {200}
    seen = chain.at_both(lambda process: outcomes(process, token))
    assert seen[0] == seen[1]
    paid = bank(chain.folders[0], "wavering", "SELECT count(*) FROM payments WHERE state = 'approved'")
    assert paid == (sum(outcome == "approved" for outcome in seen[0]),)


def outcomes(process: HubProcess, token: str) -> list[str]:
    with process.client(token) as lane:
        return [lane.get(f"/v1/payments/wave-{number:03}").json()["outcome"] for number in range(KEYS)]


def bank(folder: Path, lane: str, question: str) -> tuple[Any, ...]:
    """What the simulated bank's books say."""
    path = folder / "payments" / "demo" / lane / "simulated-payments.sqlite"
    with closing(sqlite3.connect(path)) as books:
        row: tuple[Any, ...] = books.execute(question).fetchone()
    return row


class Witness(threading.Thread):
    """A lane that looks at both hubs all the time, and takes what they announce."""

    def __init__(self, chain: Chain, folder: Path) -> None:
        super().__init__()
        self.states: dict[int, set[str]] = {}
        self.over = threading.Event()
        self.fault: BaseException | None = None
        self._newest = 0
        self._clients = [httpx.Client(base_url=process.url, timeout=20) for process in chain.processes]
        self._turn = 0
        self.lane = FollowingLane(folder, self._read, chain.hub.keys.active().public_key)

    def run(self) -> None:
        try:
            while not self.over.is_set():
                self.look()
        except BaseException as exc:  # noqa: BLE001 - carried to the test
            self.fault = exc

    def look(self) -> None:
        """At the next hub in turn; then follow what it announced."""
        self._turn += 1
        manifest = self.lane.manifest()
        self.states.setdefault(manifest.revision, set()).add(manifest.state)
        if manifest.revision > self._newest:
            self.lane.follow()
            self._newest = manifest.revision

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def _read(self, address: str) -> bytes | None:
        answer = self._clients[self._turn % 2].get(f"/v1/price-lists/{address}")
        assert answer.status_code == 200, (address, answer.text)
        return answer.content


def test_publishing_at_both_while_one_is_killed_again_and_again_never_forks(chain, tmp_path):
    order = random.Random(SEED)  # noqa: S311 - repeatable randomness, no secret
    witness = Witness(chain, tmp_path / "lane")
    witness.start()
    out: list[int] = []
    try:
        with ThreadPoolExecutor(1) as pool:
            steady = pool.submit(published, chain, 1, times=2 * KILLS)
            for _ in range(KILLS):
                out += published(chain, 0, times=100, kill_after=(order.randrange(1, 3), order.random() * 0.3))
            out += steady.result(PATIENCE_S)
        out += published(chain, 0, times=1)
    finally:
        witness.over.set()
        witness.join(PATIENCE_S)
    assert witness.fault is None
    witness.look()
    witness.close()
    assert max(Counter(out).values()) == 1  # no revision was given to two
    assert all(len(states) == 1 for states in witness.states.values())
    with chain.hub.database.read() as connection:
        rows = connection.execute(select(PUBLICATION.c.revision, PUBLICATION.c.state)).all()
    states = {row.revision: row.state for row in rows}
    assert set(out) <= set(states)
    assert all(states[revision] in seen for revision, seen in witness.states.items())
    assert max(witness.states) == max(states)


def published(chain: Chain, which: int, *, times: int, kill_after: tuple[int, float] | None = None) -> list[int]:
    """Publish in a process of its own; killed some time after so many revisions. Those that it said are out."""
    place = (str(chain.folders[which]), chain.database, str(chain.storage))
    command = (sys.executable, "-m", "tests.e2e.publishing", *place, str(times))
    said: list[int] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            said.append(int(line))
            if kill_after is not None and len(said) == kill_after[0]:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(kill_after[1])
                process.kill()
        errors = process.stderr.read()
    assert kill_after is not None or process.returncode == 0, errors
    assert "Traceback" not in errors, errors
    return said

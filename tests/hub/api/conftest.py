"""A real server on loopback, on one thread, with a bank that answers as told."""

from __future__ import annotations

import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from hub.api.app import ApiParts, create_app
from hub.cli.serve import listen
from hub.data_folder import DataFolder
from hub.lanes import Lane
from hub.payment_store import PaymentStore
from hub.payments_desk import PaymentsDesk
from hub.services import Hub, open_hub
from payments.gateway import Gateway
from tests.hub.scripted_gateway import ScriptedGateway, only

# Each client would read all certificates of the machine: a tenth of a second, for nothing on loopback.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True)
class Served:
    """The server's address; its hub behind it."""

    url: str
    hub: Hub
    bank: ScriptedGateway
    parts: ApiParts

    def lane(self, name: str = "1", store: str = "demo") -> httpx.Client:
        """A client with the token of a lane that is enrolled now."""
        token = self.hub.lanes.enrol(store, name)
        return self.client(f"Bearer {token}".encode())

    def client(self, authorization: bytes | None = None) -> httpx.Client:
        """A client that says who it is, or not."""
        headers = {} if authorization is None else {b"Authorization": authorization}
        return httpx.Client(base_url=self.url, headers=headers, timeout=10, verify=_NO_TLS)


@pytest.fixture(scope="session")
def server(shop_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, FastAPI]]:
    """One server for all tests, as its shutdown takes a tenth of a second; each test puts its own hub behind it."""
    folder = DataFolder(Path(shutil.copytree(shop_folder, tmp_path_factory.mktemp("server") / "hub")))
    with open_hub(folder) as hub:
        app = create_app(ApiParts.of(hub, PaymentsDesk(PaymentStore(hub.database, hub.clock), only(_no_gateway))))
        running = _Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=2))
        with listen("127.0.0.1", 0) as listener:
            thread = threading.Thread(target=running.run, args=([listener],))
            thread.start()
            assert running.ready.wait(10)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", app
            running.should_exit = True
            thread.join(10)


@pytest.fixture
def served(server: tuple[str, FastAPI], hub: Hub) -> Iterator[Served]:
    url, app = server
    bank = ScriptedGateway()
    desk = PaymentsDesk(PaymentStore(hub.database, hub.clock), only(bank))
    app.state.parts = ApiParts.of(hub, desk)
    yield Served(url, hub, bank, app.state.parts)
    desk.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def _no_gateway(lane: Lane) -> Gateway:
    raise AssertionError(f"{lane} pays without a test")


@pytest.fixture
def anybody(served: Served) -> Iterator[httpx.Client]:
    with served.client() as client:
        yield client


@pytest.fixture
def lane(served: Served) -> Iterator[httpx.Client]:
    with served.lane() as client:
        yield client


@pytest.fixture
def another_lane(served: Served) -> Iterator[Callable[..., httpx.Client]]:
    clients: list[httpx.Client] = []

    def enrol(name: str, store: str = "demo") -> httpx.Client:
        clients.append(served.lane(name, store))
        return clients[-1]

    yield enrol
    for client in clients:
        client.close()

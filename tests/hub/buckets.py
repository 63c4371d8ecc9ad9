"""A pytest plug-in: a real S3 server on loopback, somebody else's (moto), and what a hub needs to know to use it."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pytest

BUCKET: Final = "lists"
_HOST: Final = "127.0.0.1"


class Bucket:
    """A bucket's address and options, and what lies in it."""

    address = f"s3://{BUCKET}/chain"

    def __init__(self, port: int) -> None:
        self._port = port
        self.options: Mapping[str, Mapping[str, Any]] = {
            "store": {
                "endpoint": f"http://{_HOST}:{port}",
                "access_key_id": "testing",
                "secret_access_key": "testing",
                "region": "us-east-1",
                "virtual_hosted_style_request": False,
            },
            "client": {"allow_http": True},
        }

    def options_file(self) -> str:
        """The options as a file that --storage-options names."""
        return "".join(
            f"[{table}]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in options.items())
            for table, options in self.options.items()
        )

    def attributes(self, name: str) -> Mapping[str, str]:
        """What the S3 server says of an object, asked by the library and not by our code."""
        import obstore  # only for those who need it
        from obstore.store import from_url

        config: Any = self.options["store"]
        client: Any = self.options["client"]
        return obstore.get(from_url(self.address, config=config, client_options=client), name).attributes


def _ask(port: int, method: str, path: str) -> None:
    connection = http.client.HTTPConnection(_HOST, port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, (method, path, answer.status)
    finally:
        connection.close()


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


@contextmanager
def s3_server() -> Iterator[int]:
    """A running server; its port."""
    from moto.server import ThreadedMotoServer  # a second, for those who need it

    server = ThreadedMotoServer(ip_address=_HOST, port=0, verbose=False)
    server.start()
    try:
        yield server.get_host_and_port()[1]
    finally:
        server.stop()


def empty_bucket(port: int) -> Bucket:
    """The bucket of a server, made anew."""
    _ask(port, "POST", "/moto-api/reset")
    _ask(port, "PUT", f"/{BUCKET}")
    return Bucket(port)


@pytest.fixture(scope="session")
def s3_port() -> Iterator[int]:
    """One server for all tests that do not stop it."""
    with s3_server() as port:
        yield port


@pytest.fixture
def bucket(s3_port: int) -> Bucket:
    return empty_bucket(s3_port)

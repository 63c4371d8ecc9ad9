"""The command that serves the API until it is told to end."""

from __future__ import annotations

import logging
import resource
import socket
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from hub.api.app import ApiParts, create_app
from hub.cli.gateway_choice import chosen_gateways
from hub.cli.opening import opened
from hub.cli.terminal import say
from hub.errors import AddressUnusable
from hub.heartbeats import written_down
from hub.membership.bookkeeper import keeping_books
from hub.publishing.caretaker import taking_care
from payments.log_masking import mask_logs

_BACKLOG: Final = 2048  # a fleet comes all at once when its hub has been away
_KEEP_ALIVE_S: Final = 75  # longer than lanes wait between two questions: they need not connect for each
_GRACE_S: Final = 5


def serve(args: Namespace) -> int:
    """Serve until SIGTERM or Ctrl+C; what was acknowledged is on disk, so a harder end loses nothing either."""
    _log_to_stderr(access=args.access_log)
    _allow_many_connections()
    gateways = chosen_gateways(args)
    with opened(args, create=True) as hub, listen(args.host, args.port) as listener:
        hub.keys.active()  # made now, in a new hub: lanes ask for it
        desk = hub.payments(gateways)
        parts = ApiParts.of(hub, desk, pages_url=args.pages_url or "")
        config = uvicorn.Config(
            create_app(parts),
            log_config=None,
            access_log=args.access_log,
            lifespan="off",
            server_header=False,
            proxy_headers=bool(args.proxy),
            forwarded_allow_ips=args.proxy,
            timeout_keep_alive=_KEEP_ALIVE_S,
            backlog=_BACKLOG,
            timeout_graceful_shutdown=_GRACE_S,
        )
        try:
            with taking_care(hub.announcer), written_down(parts.heartbeats), keeping_books(parts.bookkeeper):
                _Server(config, lambda: say(f"kiosk-hub: serving on {_url(listener)}")).run(sockets=[listener])
        finally:
            desk.close()
    return 0


class _Server(uvicorn.Server):
    """Says when it is ready, and ends with status 0 when told to: uvicorn would die of the signal it was sent."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; AddressUnusable says why not.

    Its protocol must be said (TCP, not 0): asyncio switches Nagle off only then, and each answer would take 44 ms more.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except (socket.gaierror, UnicodeError) as exc:
        raise AddressUnusable(
            f"--host {host!r} is no address of this machine; 127.0.0.1 serves this machine only"
        ) from exc
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as exc:
        listener.close()
        raise AddressUnusable(
            f"cannot serve on {host} port {port}: {(exc.strerror or str(exc)).lower()}; choose another with --port"
        ) from exc
    return listener


def _allow_many_connections() -> None:
    """Each lane's connection is an open file; a service gets 1024 unless it asks for what it may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _PathsOnly(logging.Filter):
    """Access lines keep the path and lose the query: nothing of ours is there, so it can only be something secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(str(one).partition("?")[0] if isinstance(one, str) else one for one in record.args)
        return True


def _log_to_stderr(*, access: bool) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    mask_logs()
    if access:
        logger = logging.getLogger("uvicorn.access")
        logger.setLevel(logging.INFO)
        logger.addFilter(_PathsOnly())

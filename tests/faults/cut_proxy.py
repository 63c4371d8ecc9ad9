"""A TCP proxy on loopback that spoils what passes through it: cuts, holds back or changes it at a chosen byte."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

_PIECE: Final = 1 << 16
_RESET: Final = struct.pack("ii", 1, 0)  # close with a reset, as a router does that has lost its memory
_PATIENCE_S: Final = 10


class Way(Enum):
    """Which of the two streams."""

    UP = "to the server"
    DOWN = "to the client"


class Deed(Enum):
    """What happens at the byte."""

    CUT = "the connection ends before it"
    RESET = "the connection is reset before it"
    HOLD = "neither it nor what follows comes; the connection stays"
    GARBLE = "it arrives as another"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Spoils the byte `at`, counted from 0 over all connections since it was set.

    `lasting`: after a cut no connection brings anything; else it was the only one.
    """

    way: Way
    at: int
    deed: Deed = Deed.CUT
    lasting: bool = False


class CutProxy:
    """Stands before one server of this machine, in a thread of its own until `close`."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._trouble: Trouble | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._passed = dict.fromkeys(Way, 0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._listener = self._run(asyncio.start_server(self._accepted, "127.0.0.1", 0))
        port_here: int = self._listener.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port_here}"

    def spoil(self, trouble: Trouble | None) -> None:
        """Set what is to happen, None: nothing. What is open ends, and the count of bytes begins anew."""
        self._run(self._spoil(trouble))

    def passed(self, way: Way) -> int:
        """Bytes since the last `spoil`, also those that were to pass and did not."""
        return self._passed[way]

    def close(self) -> None:
        """End all connections and take no more."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_S)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)

    async def _close(self) -> None:
        self._listener.close()  # in its own thread: a connection that ends meanwhile closes it as well
        await self._spoil(None)
        await self._listener.wait_closed()

    async def _spoil(self, trouble: Trouble | None) -> None:
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        self._trouble = trouble
        self._passed = dict.fromkeys(Way, 0)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._between(reader, writer)
        finally:
            self._connections.discard(task)

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upper_reader, upper_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            await _end(writer, how="dropped")
            return
        pumps = {
            asyncio.create_task(self._pump(Way.UP, reader, upper_writer)),
            asyncio.create_task(self._pump(Way.DOWN, upper_reader, writer)),
        }
        self._pumps |= pumps
        how = "closed"
        try:
            await asyncio.gather(*pumps)
        except _Cut as cut:
            how = "reset" if cut.deed is Deed.RESET else "closed"
        except (OSError, asyncio.CancelledError):
            how = "dropped"
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        self._pumps -= pumps
        await asyncio.gather(_end(writer, how=how), _end(upper_writer, how=how))

    async def _pump(self, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            before = self._passed[way]
            self._passed[way] += len(piece)
            await self._pass(way, before, piece, writer)
        writer.write_eof()

    async def _pass(self, way: Way, before: int, piece: bytes, writer: asyncio.StreamWriter) -> None:
        trouble = self._trouble
        if trouble is None or trouble.way is not way or not self._reaches(trouble, before, len(piece)):
            writer.write(piece)
            await writer.drain()
            return
        offset = max(0, trouble.at - before)
        writer.write(piece[:offset])
        await writer.drain()
        if trouble.deed is Deed.HOLD:
            await asyncio.Event().wait()  # until the connection is ended
        elif trouble.deed is not Deed.GARBLE:
            raise _Cut(trouble.deed)
        writer.write(bytes([piece[offset] ^ 0x5A]) + piece[offset + 1 :])
        await writer.drain()

    @staticmethod
    def _reaches(trouble: Trouble, before: int, length: int) -> bool:
        if before > trouble.at:
            return trouble.lasting and trouble.deed is not Deed.GARBLE
        return before + length > trouble.at


class _Cut(OSError):
    def __init__(self, deed: Deed) -> None:
        super().__init__(deed.value)
        self.deed = deed


async def _end(writer: asyncio.StreamWriter, *, how: str) -> None:
    """Close one side; if only closed, what was written before still arrives."""
    if how == "reset":
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    if how == "closed":
        writer.close()
    else:
        writer.transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()

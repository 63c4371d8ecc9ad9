"""A TCP relay on loopback that counts what passes: bytes on the wire, headers and all."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from types import TracebackType
from typing import Final, Self

_PIECE: Final = 1 << 18
_PATIENCE_S: Final = 10


class Relay:
    """Context manager before one port of this machine; `bytes_passed` is of both ways together."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self.bytes_passed = 0
        self.port = 0

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        listening = asyncio.start_server(self._accepted, "127.0.0.1", 0)
        self._listener = asyncio.run_coroutine_threadsafe(listening, self._loop).result(_PATIENCE_S)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(_PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_S)
        self._loop.close()

    async def _end(self) -> None:
        self._listener.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        upper_reader, upper_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        pumps = asyncio.gather(self._pump(reader, upper_writer), self._pump(upper_reader, writer))
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await pumps
        finally:
            for one in (writer, upper_writer):
                one.close()
            self._tasks.discard(task)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            self.bytes_passed += len(piece)
            writer.write(piece)
            await writer.drain()
        writer.write_eof()

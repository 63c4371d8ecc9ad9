"""A receipt printer on the network: raw bytes on TCP port 9100."""

import errno
import socket
from typing import Final

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, HardwareError
from hardware.printer_line import Descriptor

PORT: Final = 9100
_CONNECT_S: Final = 3.0


class NetworkLine:
    """`host` is a name or an address.

    Not by python-escpos: its Network printer knows no IPv6 and leaves a socket behind at every refused try, and a
    printer that is off is tried all night.
    """

    def __init__(self, name: str, host: str, port: int = PORT) -> None:
        self._name = name
        self._host = host
        self._port = port
        self._socket: socket.socket | None = None
        self._line: Descriptor | None = None

    @property
    def place(self) -> str:
        return f"{self._host}:{self._port}"

    def open(self) -> None:
        if self._line is not None:
            return
        try:
            self._socket = socket.create_connection((self._host, self._port), _CONNECT_S)
        except OSError as exc:
            raise self._error(exc) from exc
        # A question of three bytes must not wait for the answer to the strip before it.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._line = Descriptor(self._socket.fileno(), self._name, ends=True)

    def write(self, content: bytes) -> None:
        self._opened().write(content)

    def read(self, timeout_s: float) -> bytes:
        return self._opened().read(timeout_s)

    def close(self) -> None:
        connection, self._socket, self._line = self._socket, None, None
        if connection is not None:
            connection.close()

    def _opened(self) -> Descriptor:
        if self._line is None:
            raise DeviceLost("is not open", device=self._name)
        return self._line

    def _error(self, exc: OSError) -> HardwareError:
        if exc.errno == errno.ECONNREFUSED:
            return DeviceBusy(
                f"{self.place} refuses; another host may be printing, or it is no printer's address", device=self._name
            )
        return DeviceMissing(
            f"no printer at {self.place} ({exc.strerror or exc}); is it on, its cable in, its address right?",
            device=self._name,
        )

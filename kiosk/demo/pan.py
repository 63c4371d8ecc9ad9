"""The demo's hand at the scale: what is laid on it, or what happens to it, goes to the lane's simulated scale."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final

SOCKET: Final = "scale.socket"
"""In the lane's data folder; the demo's configuration names it."""


def lay(data: Path, what: str) -> None:
    """Lay so many grams on the scale, or say a word of hardware.scale_socket. Raises OSError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as scale:
        scale.connect(str(data / SOCKET))
        scale.sendall(what.encode() + b"\n")

"""kiosk-hub as its own process, to be asked over HTTP and killed."""

from __future__ import annotations

import signal
import ssl
import subprocess
import sys
from collections.abc import Sequence
from typing import Self

import httpx

# No certificates are needed on loopback, and reading those of the machine takes a tenth of a second.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class HubProcess:
    """Context manager: a serving hub on a free port."""

    def __init__(self, where: Sequence[str], *options: str) -> None:
        """`where`: the hub's data, as `Databases.options` says it."""
        command = [sys.executable, "-m", "hub", *where, "serve", "--port", "0", *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith("kiosk-hub: serving on http://127.0.0.1:"), (line, self._process.communicate())
        self.url = line.split()[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def client(self, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=10, verify=_NO_TLS)

    def kill(self) -> None:
        """SIGKILL: no handler runs, no buffer is flushed."""
        self._process.kill()
        self._process.wait()

    def end(self) -> tuple[int, str]:
        """SIGTERM; the exit status and what was written to stderr."""
        self._process.send_signal(signal.SIGTERM)
        _, said = self._process.communicate(timeout=20)
        return self._process.returncode, said

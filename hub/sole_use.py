"""Tells whether a process is the only one that works with a data folder's payment gateways just now."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import Final

from hub.data_folder import folder_sentences

_FILE: Final = "in-use.lock"


class SoleUse:
    """A lock on a file of the folder that all who work there share; it ends with the process, however that ends."""

    def __init__(self, folder: Path) -> None:
        """Raises DataFolderUnusable."""
        with folder_sentences(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / _FILE).open("a", encoding="ascii")

    def is_ours(self) -> bool:
        """Whether nobody else is there. From now on others see that we are."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(self._file, fcntl.LOCK_SH)
            return False
        return True

    def share(self) -> None:
        """Let others in."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def close(self) -> None:
        """We are gone."""
        self._file.close()

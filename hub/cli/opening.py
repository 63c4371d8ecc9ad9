"""Opens the hub that the command line names."""

from __future__ import annotations

import os
from argparse import Namespace
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from hub.data_folder import DataFolder
from hub.errors import DataFolderUnusable
from hub.services import Hub, open_hub

DATA_VARIABLE: Final = "KIOSK_HUB_DATA"
DATABASE_VARIABLE: Final = "KIOSK_HUB_DATABASE"


def opened(args: Namespace, *, create: bool = False) -> AbstractContextManager[Hub]:
    """The hub in --data (or its variable), with its database there or at --database; HubError if it cannot be."""
    data = args.data or os.environ.get(DATA_VARIABLE)
    if not data:
        raise DataFolderUnusable(f"say where the hub keeps its data: --data DIR, or {DATA_VARIABLE} in the environment")
    address = args.database or os.environ.get(DATABASE_VARIABLE)
    return open_hub(DataFolder(Path(data)), address=address, create=create)

"""Opens the hub that the command line names."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError, Namespace
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Final

from hub.cli.parsing import positive
from hub.data_folder import DataFolder
from hub.errors import DataFolderUnusable
from hub.publishing.announcing import FRESH
from hub.services import Hub, open_hub
from hub.storage.opening import open_storage

DATA_VARIABLE: Final = "KIOSK_HUB_DATA"
DATABASE_VARIABLE: Final = "KIOSK_HUB_DATABASE"
STORAGE_VARIABLE: Final = "KIOSK_HUB_STORAGE"
OPTIONS_VARIABLE: Final = "KIOSK_HUB_STORAGE_OPTIONS"
FRESH_VARIABLE: Final = "KIOSK_HUB_FRESH_DAYS"


def opened(args: Namespace, *, create: bool = False) -> AbstractContextManager[Hub]:
    """The hub in --data (or its variable), with its database there or at --database; HubError if it cannot be."""
    data = args.data or os.environ.get(DATA_VARIABLE)
    if not data:
        raise DataFolderUnusable(f"say where the hub keeps its data: --data DIR, or {DATA_VARIABLE} in the environment")
    storage = args.storage or os.environ.get(STORAGE_VARIABLE)
    options = args.storage_options or os.environ.get(OPTIONS_VARIABLE)
    address = args.database or os.environ.get(DATABASE_VARIABLE)
    return open_hub(
        DataFolder(Path(data)),
        address=address,
        create=create,
        storage=open_storage(storage, None if options is None else Path(options)) if storage else None,
        fresh=timedelta(days=args.fresh_days or _days(os.environ.get(FRESH_VARIABLE))),
    )


def _days(text: str | None) -> int:
    if not text:
        return FRESH.days
    try:
        return positive(text)
    except ArgumentTypeError as exc:
        raise DataFolderUnusable(f"{FRESH_VARIABLE}: {exc}; it is how many days lanes trust a manifest") from exc

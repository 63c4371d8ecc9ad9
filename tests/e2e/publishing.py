"""A hub's publishing as a process that can be killed: changes a price and publishes, again and again.

`python -m tests.e2e.publishing DATA DATABASE STORAGE TIMES`: a line for each revision that is out, as soon as it is.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from hub.data_folder import DataFolder
from hub.services import open_hub
from hub.storage.folder import FolderStorage
from offline_cache.price_list.writer import PriceRow
from tests.hub.conftest import GOODS, MILK


def main() -> None:
    data, database, storage, times = sys.argv[1:]
    with open_hub(DataFolder(Path(data)), address=database, storage=FolderStorage(Path(storage))) as hub:
        for turn in range(int(times)):
            dearer = replace(MILK, prices=(PriceRow("list", 1000 + turn),))
            goods = [dearer, *(one for one in GOODS if one is not MILK)]
            hub.catalogues.replace_goods("demo", goods, currency="CNY", source="tests", approved_by="tests")
            print(hub.publisher.publish("demo").revision, flush=True)


if __name__ == "__main__":
    main()

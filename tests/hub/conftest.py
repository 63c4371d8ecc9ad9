"""A hub in a temporary folder, with a shop in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.catalogue import Catalogue, CatalogueItem, CategoryRow
from hub.data_folder import DataFolder
from hub.services import Hub, open_hub
from offline_cache.price_list.writer import OfferRow, PriceRow
from retail.product import Product, Unit
from tests.hub.databases import Databases
from tests.hub.offers import found
from tests.hub.postgres import PostgresServer

SHOP = Catalogue(
    store="demo",
    currency="CNY",
    time_zone="Asia/Shanghai",
    names={"en": "Demo", "zh-CN": "演示"},
    receipt={"en": {"header": "Demo shop", "footer": "Bye"}},
    bag_skus=("bag",),
    categories=(CategoryRow("fruit", {"en": "Fruit"}, "fruit.svg"), CategoryRow("dairy", {"en": "Dairy"}, sort=1)),
    label_templates=(("21{item:5}{price:5}{check}", "price"), ("22{item:5}{weight:5}{check}", "weight")),
    campaigns=(
        found(OfferRow("milk3", 3, 3000, {"en": "3 for 30"}, ("milk",), 1_700_000_000, 1_900_000_000)),
        found(OfferRow("mixed", 2, 100, {"en": "2 for 1"}, ("bag", "gone-soon"))),
    ),
    pictures={"fruit.svg": ("image/svg+xml", b"<svg/>")},
)
MILK = CatalogueItem(
    Product("milk", {"en": "Milk", "zh-CN": "牛奶"}, category="dairy", tax_rate_bp=900),
    {"6901234567892": 1, "16901234567899": 6},
    (PriceRow("list", 1280), PriceRow("special", 1190, 1_700_000_000, 1_900_000_000)),
)
APPLES = CatalogueItem(
    Product("apples", {"zh-CN": "苹果"}, Unit.KG, "fruit", 0, 0, True, "41", "fruit.svg", 5),
    {},
    (PriceRow("list", 1990),),
    ("苹果", "pg", "41"),
)
BAG = CatalogueItem(Product("bag", {"en": "Bag"}), {"42": 1}, (PriceRow("list", 50),))
WINE = CatalogueItem(Product("gone-soon", {"en": "Wine"}, min_age=18), {"43": 1}, (PriceRow("list", 8800),))
GOODS = (MILK, APPLES, BAG, WINE)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **by: int) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that a hub with the shop has left; tests copy it, as migrations take a third of a second."""
    folder = DataFolder(tmp_path_factory.mktemp("shop") / "hub")
    fill(folder)
    return folder.path


@pytest.fixture(scope="session")
def shop_template(running_postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same as a database on the server, for tests to copy; its name. Only for those who know that one runs."""
    name = running_postgres.create()
    fill(DataFolder(tmp_path_factory.mktemp("shop") / "hub"), running_postgres.address(name))
    return name


def fill(folder: DataFolder, address: str | None = None) -> None:
    with open_hub(folder, address=address, create=True) as hub:
        hub.catalogues.replace_all(SHOP, GOODS, source="tests")


@pytest.fixture
def data(shop_folder: Path, tmp_path: Path, databases: Databases, request: pytest.FixtureRequest) -> Path:
    folder = Path(shutil.copytree(shop_folder, tmp_path / "hub"))
    if not databases.embedded:
        DataFolder(folder).database.unlink()  # nothing may read there what is on the server
        databases.address(folder, template=request.getfixturevalue("shop_template"))
    return folder


@pytest.fixture
def hub(data: Path, databases: Databases, clock: Clock) -> Iterator[Hub]:
    with open_hub(DataFolder(data), address=databases.address(data), clock=clock) as opened:
        yield opened

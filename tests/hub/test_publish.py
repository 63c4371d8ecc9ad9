import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import delete

from hub.data_folder import DataFolder
from hub.errors import Busy, NothingToPublish, StoreUnknown
from hub.keys import signing_key
from hub.services import Hub
from hub.tables import PRICE, PRODUCT, PRODUCT_CODE, PUBLICATION
from offline_cache.price_list.manifest import Manifest, raw_public_key, verify
from offline_cache.price_list.reader import PriceList
from retail.product import PriceKind
from tests.hub.conftest import BAG, MILK, SHOP

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def announced(hub: Hub, store: str = "demo") -> Manifest:
    envelope = json.loads(hub.folder.manifest(store).read_bytes())
    return verify(envelope, raw_public_key(signing_key(hub.folder.keys)), store=store)


def fetched(hub: Hub, tmp_path: Path) -> PriceList:
    """The list as a lane gets it: manifest, file, hash, size."""
    snapshot = announced(hub).snapshot
    packed = hub.folder.snapshot(snapshot.sha256).read_bytes()
    assert hashlib.sha256(packed).hexdigest() == snapshot.sha256
    assert len(packed) == snapshot.size
    plain = zstandard.ZstdDecompressor().decompress(packed, max_output_size=snapshot.uncompressed_size)
    assert len(plain) == snapshot.uncompressed_size
    path = tmp_path / "price-list.sqlite"
    path.write_bytes(plain)
    return PriceList(path)


def test_a_lane_reads_what_the_shop_put_in(hub, tmp_path):
    publication = hub.publisher.publish("demo")
    prices = fetched(hub, tmp_path)
    assert (prices.meta.store, prices.meta.revision, prices.meta.currency) == ("demo", 1, "CNY")
    assert prices.meta.published_at == publication.published_at == NOW
    assert prices.meta.receipt == SHOP.receipt
    assert prices.meta.time_zone == "Asia/Shanghai"
    assert prices.count() == publication.products == 4
    milk = prices.find("16901234567899", NOW)
    assert milk is not None
    assert (milk.product, milk.pieces) == (MILK.product, 6)
    assert (milk.price.unit_minor, milk.price.kind, milk.price.list_minor) == (1190, PriceKind.SPECIAL, 1280)
    assert [offer.id for offer in milk.offers] == ["milk3"]
    assert [one.product.sku for one in prices.loose_goods(NOW, search="pg")] == ["apples"]
    assert [category.id for category in prices.loose_categories()] == ["fruit"]
    assert prices.picture("fruit.svg") == ("image/svg+xml", b"<svg/>")
    assert len(prices.templates) == 2
    prices.close()


def test_each_publication_is_a_new_revision_with_a_new_date(hub, clock):
    hub.publisher.publish("demo")
    clock.pass_time(hours=1)
    hub.publisher.publish("demo")
    manifest = announced(hub)
    assert manifest.revision == 2
    assert manifest.published_at == "2026-11-22T13:00:00+00:00"


def test_a_list_is_the_same_bytes_whoever_publishes_it(hub):
    first = hub.publisher.publish("demo")
    with hub.database.write() as connection:
        connection.execute(delete(PUBLICATION))
    hub.folder.manifest("demo").unlink()
    assert hub.publisher.publish("demo") == first


def test_stores_have_their_own_revisions(hub):
    hub.catalogues.replace_goods("second", [BAG], currency="CNY", source="x")
    hub.publisher.publish("demo")
    hub.publisher.publish("demo")
    assert hub.publisher.publish("second").revision == 1
    assert announced(hub, "second").revision == 1
    assert announced(hub).revision == 2


def test_an_offer_loses_products_that_the_list_no_longer_has(hub, tmp_path):
    hub.catalogues.replace_goods("demo", [BAG], currency="CNY", source="x")
    hub.publisher.publish("demo")
    prices = fetched(hub, tmp_path)
    bag = prices.find("42", NOW)
    assert bag is not None
    assert [offer.id for offer in bag.offers] == ["mixed"]
    prices.close()


def test_a_database_from_a_backup_does_not_go_behind_what_lanes_have_seen(hub):
    for _ in range(3):
        hub.publisher.publish("demo")
    with hub.database.write() as connection:
        connection.execute(delete(PUBLICATION).where(PUBLICATION.c.revision > 1))
    assert hub.publisher.publish("demo").revision == 4


def test_old_snapshots_go_after_a_while_and_the_newest_stays(hub):
    for _ in range(8):
        last = hub.publisher.publish("demo")
    kept = list(hub.folder.price_lists.glob("*.sqlite.zst"))
    assert len(kept) == 5
    assert hub.folder.snapshot(last.sha256) in kept


def test_nothing_half_done_stays_behind(hub):
    left = hub.folder.manifest("demo").parent / ".new"
    left.mkdir(parents=True)
    (left / "price-list.sqlite.part").write_text("of a hub that was killed")
    hub.publisher.publish("demo")
    assert [path.name for path in left.parent.iterdir()] == ["manifest.json"]


def test_a_store_without_products_is_not_published(hub):
    with hub.database.write() as connection:
        for table in (PRICE, PRODUCT_CODE, PRODUCT):
            connection.execute(delete(table))
    with pytest.raises(NothingToPublish, match="import"):
        hub.publisher.publish("demo")
    assert not hub.folder.manifest("demo").exists()


def test_an_unknown_store_is_told_with_those_there_are(hub):
    with pytest.raises(StoreUnknown, match="there are: demo"):
        hub.publisher.publish("domo")


def test_two_publications_of_one_store_do_not_meet(hub):
    with DataFolder(hub.folder.path).only_one("publish-demo"), pytest.raises(Busy, match="another publish-demo"):
        hub.publisher.publish("demo")

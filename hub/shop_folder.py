"""Reads a shop folder: shop.toml, products.csv, recalls.csv and pictures/, everything that a shop of one's own needs.

Unlike a feed, the folder is written by hand: any mistake in it refuses the whole, with its place and a remedy.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from hub.catalogue import Catalogue, CatalogueItem, CategoryRow
from hub.imports.errors import ImportRefused, ShopFolderError
from hub.imports.shop_products import ShopProducts, nearest
from hub.imports.shop_recalls import read_shop_recalls
from hub.promotions.feeds.own import own_campaigns
from hub.promotions.found import Found
from hub.promotions.goods import code_form
from hub.shops import Shop
from retail.labels import LabelTemplate, LabelTemplateError
from retail.payment_policy import PaymentPolicy, policy_from

_MEDIA_TYPES: Final = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
_MESSAGES: Final = {"extra_forbidden": "is no key that is known here; remove it", "missing": "is missing; add it"}
_LARGEST_PICTURE: Final = 1 << 20


def _as_text(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text)]
Names = Annotated[dict[str, str], BeforeValidator(lambda value: {"en": value} if isinstance(value, str) else value)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Category(_Table):
    id: str
    name: Names = {}
    picture: str = ""
    sort: int = 0


class _LabelTemplate(_Table):
    pattern: str
    name: str = ""

    @field_validator("pattern")
    @classmethod
    def _parses(cls, value: str) -> str:
        try:
            LabelTemplate.parse(value)
        except LabelTemplateError as exc:
            raise ValueError(str(exc)) from exc
        return value


class _Shop(_Table):
    store: str = Field(min_length=1)
    name: Names = {}
    currency: str = Field(pattern="^[A-Z]{3}$")
    time_zone: str = "UTC"
    receipt: dict[str, Names] = {}
    bag_skus: list[str] = []
    categories: list[_Category] = []
    label_templates: list[_LabelTemplate] = []
    offers: list[dict[str, Any]] = []  # multi-buys, as campaigns were written before there were others
    campaigns: list[dict[str, Any]] = []  # see hub.promotions.feeds.own
    payments: Any = None  # see retail.payment_policy
    counter: Any = None  # what the demo's counter window lays out; not the hub's affair

    @field_validator("categories", "label_templates")
    @classmethod
    def _once(cls, value: list[_Category | _LabelTemplate]) -> list[_Category | _LabelTemplate]:
        keys = [one.pattern if isinstance(one, _LabelTemplate) else one.id for one in value]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(f"{key!r} stands twice; give each its own")
        return value

    @field_validator("payments")
    @classmethod
    def _policy(cls, value: Any) -> PaymentPolicy | None:
        if value is None or isinstance(value, dict):
            return None if value is None else policy_from(value)
        raise ValueError("must be a table: write it as [payments]")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError) as exc:
            raise ValueError(f"{value!r} is no time zone; write one such as Asia/Shanghai") from exc
        return value


def read_shop_folder(path: Path) -> tuple[Catalogue, list[CatalogueItem]]:
    """The shop and its goods. Raises ShopFolderError: one sentence with file, row, column and remedy.

    A `special_until`, `valid_until` without a time of day includes that day.
    """
    if not path.is_dir():
        raise ShopFolderError(f"{path}: there is no such folder; name one with shop.toml and products.csv in it")
    shop = _read_shop(path / "shop.toml")
    items = ShopProducts(
        path / "products.csv",
        currency=shop.currency,
        time_zone=shop.time_zone,
        categories={category.id for category in shop.categories},
    ).read()
    skus = {item.product.sku for item in items}
    recalls = read_shop_recalls(path / "recalls.csv", ZoneInfo(shop.time_zone), skus)
    named = {item.product.picture for item in items} | {category.picture for category in shop.categories}
    catalogue = Catalogue(
        store=shop.store,
        currency=shop.currency,
        time_zone=shop.time_zone,
        names=shop.name,
        receipt=shop.receipt,
        bag_skus=tuple(shop.bag_skus),
        categories=tuple(CategoryRow(one.id, one.name, one.picture, one.sort) for one in shop.categories),
        label_templates=tuple((one.pattern, one.name) for one in shop.label_templates),
        campaigns=_campaigns(path / "shop.toml", shop),
        pictures={name: _picture(path / "pictures", name) for name in sorted(named - {""})},
        recalls=tuple(recalls),
        payments=shop.payments,
    )
    _check_skus(path / "shop.toml", "bag_skus", catalogue.bag_skus, skus)
    for found in catalogue.campaigns:
        _check_goods(path / "shop.toml", shop, found, items)
    return catalogue, items


def _read_shop(path: Path) -> _Shop:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=str)  # money is never a float
    except OSError as exc:
        raise ShopFolderError(f"{path}: cannot be read ({exc.strerror}); a shop folder needs it") from exc
    except UnicodeDecodeError as exc:
        raise ShopFolderError(f"{path}: is not UTF-8; save it as UTF-8") from exc
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise ShopFolderError(f"{path}: is not TOML: {exc}") from exc
    try:
        return _Shop.model_validate(content)
    except ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        what = _MESSAGES.get(first["type"]) or first["msg"].removeprefix("Value error, ")
        raise ShopFolderError(f"{path}: {place}: {what}") from exc


def _campaigns(path: Path, shop: _Shop) -> tuple[Found, ...]:
    place = Shop(shop.store, shop.currency, shop.time_zone, region="")
    tables = {"offers": shop.offers, "campaigns": shop.campaigns}
    try:
        found = [one for array, some in tables.items() for one in own_campaigns(path, some, place, array=array)]
    except ImportRefused as exc:
        raise ShopFolderError(str(exc)) from exc
    seen: dict[str, str] = {}
    for one in found:
        if seen.setdefault(one.campaign.id, one.place) != one.place:
            first = seen[one.campaign.id]
            raise ShopFolderError(f"{path}: {one.place}: its id stands in {first} already; give each its own")
    return tuple(found)


def _check_goods(path: Path, shop: _Shop, found: Found, items: list[CatalogueItem]) -> None:
    """What products.csv has not is a slip here, where a feed may know more than the store sells."""
    place = f"{found.place}:"
    categories = {category.id for category in shop.categories}
    codes = {code_form(code) for item in items for code in item.codes}
    for named in (*found.groups, found.excluded):
        _check_skus(path, place, named.skus, {item.product.sku for item in items})
        for code in named.codes:
            if code_form(code) not in codes:
                raise ShopFolderError(f"{path}: {place} names the code {code}, which products.csv has not")
        for category in named.categories:
            if category not in categories:
                known = nearest(category, categories)
                raise ShopFolderError(f"{path}: {place} names {category!r}, which is none of the categories{known}")


def _check_skus(path: Path, place: str, wanted: tuple[str, ...], known: set[str]) -> None:
    for sku in wanted:
        if sku not in known:
            raise ShopFolderError(f"{path}: {place} names {sku!r}, which products.csv has not{nearest(sku, known)}")


def _picture(folder: Path, name: str) -> tuple[str, bytes]:
    path = folder / (name if Path(name).suffix else f"{name}.svg")
    media_type = _MEDIA_TYPES.get(path.suffix.lower())
    if path.parent != folder or media_type is None:
        raise ShopFolderError(f"{path}: a picture is an .svg, .png, .jpg or .webp file in {folder.name}/")
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise ShopFolderError(f"{path}: cannot be read ({exc.strerror}); a product or category shows it") from exc
    if len(content) > _LARGEST_PICTURE:
        raise ShopFolderError(f"{path}: is larger than 1 MiB, which every lane would load; make it smaller")
    if media_type == "image/svg+xml" and b"<svg" not in content:
        raise ShopFolderError(f"{path}: is no SVG drawing; save it again")
    return media_type, content

"""The mapping file: how to read a CSV or XLSX of any make. Its keys are documented in docs/price-lists-in.md."""

from __future__ import annotations

import codecs
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from hub.imports.errors import MappingError


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Columns = Annotated[list[str], BeforeValidator(_as_list)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSection(_Section):
    """How the file is written."""

    encoding: str = ""
    delimiter: str = Field(default="", max_length=1)
    decimal_sign: str = Field(default="", pattern=r"^[.,·٫]?$")
    thousands_sign: str = Field(default="", pattern=r"^(?:[.,' \u00a0\u202f’])?$")
    skip_rows: int = Field(default=0, ge=0, le=1000)
    sheet: str = ""
    date_format: str = "%Y-%m-%d"

    @field_validator("encoding")
    @classmethod
    def _known(cls, value: str) -> str:
        if value:
            try:
                codecs.lookup(value)
            except LookupError as exc:
                raise ValueError("is no encoding that is known; try utf-8, gb18030, big5, cp1250, cp1252") from exc
        return value

    @model_validator(mode="after")
    def _signs_differ(self) -> FileSection:
        if self.thousands_sign and self.thousands_sign == (self.decimal_sign or "."):
            raise ValueError("decimal_sign and thousands_sign are the same")
        return self


class ColumnSection(_Section):
    """Which column of the list is what; a column is named by its header."""

    code: Columns = []
    sku: str = ""
    name: str = ""
    names: dict[str, str] = {}
    price: str = ""
    special_price: str = ""
    special_from: str = ""
    special_until: str = ""
    lowest_price: str = ""
    unit: str = ""
    tax: str = ""
    category: str = ""
    plu: str = ""
    min_age: str = ""
    loose: str = ""
    tare_grams: str = ""
    discountable: str = ""
    brand: str = ""
    currency: str = ""
    store: Columns = []


class UnitSection(_Section):
    """Which words of the unit column mean a kilogram and which a piece."""

    kg: Columns = []
    piece: Columns = []


class DefaultSection(_Section):
    """What holds for rows that do not say it."""

    tax: float | int | str = "0"
    unit: str = Field(default="piece", pattern=r"^(?:piece|kg)$")


class RowSection(_Section):
    """Which rows are no products."""

    ignore_codes: Columns = []

    @field_validator("ignore_codes")
    @classmethod
    def _patterns(cls, value: list[str]) -> list[str]:
        for pattern in value:
            try:
                re.compile(pattern)
            except re.error as exc:
                raise ValueError(f"{pattern!r} is no regular expression ({exc})") from exc
        return value


class Mapping(_Section):
    """The whole file."""

    currency: str = Field(default="", pattern=r"^(?:[A-Z]{3})?$")
    language: str = "en"
    time_zone: str = "UTC"
    file: FileSection = FileSection()
    columns: ColumnSection = ColumnSection()
    units: UnitSection = UnitSection()
    defaults: DefaultSection = DefaultSection()
    rows: RowSection = RowSection()

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError) as exc:
            raise ValueError("is no time zone; write one such as Asia/Shanghai") from exc
        return value


_SECTIONS: Final = {
    name: annotation
    for name, field in Mapping.model_fields.items()
    for annotation in (field.annotation, *get_args(field.annotation))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel)
}


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file; MappingError names the file, the key and the remedy."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as exc:
        raise MappingError(f"{path}: there is no such mapping file") from exc
    except OSError as exc:
        raise MappingError(f"{path}: the mapping file cannot be read ({exc.strerror})") from exc
    except UnicodeDecodeError as exc:
        raise MappingError(f"{path}: the mapping file is not UTF-8; save it as UTF-8") from exc
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise MappingError(f"{path}: is not TOML: {exc}") from exc
    try:
        return Mapping.model_validate(content)
    except ValidationError as exc:
        raise MappingError(f"{path}: {_sentence(exc.errors()[0])}") from exc


def _sentence(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        message = str(error["msg"]).removeprefix("Value error, ")
        return f"{place}: {message[:1].lower()}{message[1:]}" if place else message
    *parents, key = error["loc"]
    model: type[BaseModel] = _SECTIONS[parents[0]] if parents else Mapping
    near = get_close_matches(str(key), model.model_fields, n=1, cutoff=0.5)
    known = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(model.model_fields)}"
    elsewhere = [name for name, section in _SECTIONS.items() if not parents and key in section.model_fields]
    if elsewhere:
        known = f"it belongs into the section [{elsewhere[0]}]"
    return f"{place!r} is no key of a mapping file; {known}"

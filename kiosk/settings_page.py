"""Writes docs/configuration.md from the configuration's own types, so that the two cannot differ."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from kiosk.config import KioskConfig

_HEAD = """# Configuration of a lane

One TOML file, given to `kiosk run --config FILE` and `kiosk-sync run --config FILE`. An unknown or misspelt key is
refused by name with the nearest right one; the program then ends with status 2. This page is written by
`kiosk settings` from the types in `kiosk/config.py`; a test holds the two together.

The smallest file that sells (from a list that `kiosk-sync once` fetched):

```toml
[lane]
store = "demo"
name = "lane-1"

[data]
dir = "lane-1"

[hub]
url = "http://127.0.0.1:8800"
token_file = "lane-1.token"   # made by: kiosk-hub --data DIR lane --store demo --lane lane-1

[[payment]]
id = "wallet"
gateway = "hub"
```
"""


def settings_page() -> str:
    """The whole page, Markdown."""
    return _HEAD + "".join(f"\n{section}" for section in _sections())


def _sections() -> Iterator[str]:
    for name, field in KioskConfig.model_fields.items():
        model, many = _model(field.annotation)
        if model is None:
            continue
        heading = f"[[{name}]]" if many else f"[{name}]"
        needed = "" if not field.is_required() else " Required."
        intro = (model.__doc__ or "").strip()
        table = f"| key | type | default | meaning |\n|---|---|---|---|\n{_rows(model)}"
        yield f"## `{heading}`\n\n{intro}{needed}\n\n{table}"


def _rows(model: type[BaseModel]) -> str:
    return "".join(
        f"| `{key}` | {_type(field.annotation)} | {_default(field)} | {_cell(field.description or '')} |\n"
        for key, field in model.model_fields.items()
    )


def _model(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The section's type behind an annotation, and whether there may be many of it."""
    many = typing.get_origin(annotation) is list
    for candidate in (annotation, *typing.get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate, many
    return None, many


def _type(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return " or ".join(f"`{json.dumps(value, ensure_ascii=False)}`" for value in arguments)
    if origin is typing.Annotated:
        return _type(arguments[0])
    if origin in {typing.Union, types.UnionType}:
        return " or ".join(_type(part) for part in arguments if part is not type(None))
    if origin is list:
        return f"list of {_type(arguments[0])}"
    return _WORDS.get(getattr(annotation, "__name__", ""), "table")


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    return "none" if field.default is None else f"`{json.dumps(field.default, ensure_ascii=False)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


_WORDS = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "Path": "path",
    "SecretStr": "text",
}

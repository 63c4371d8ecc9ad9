"""Reads a TOML file into a pydantic model; says what is wrong in sentences that name file, key and remedy."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails

from offline_cache.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder")
    path = path.expanduser()
    return path if folder is None else Path(folder) / path


# A path in a configuration file: a relative one starts at the file's folder, `~` is the user's home.
ConfigPath = Annotated[Path, AfterValidator(_beside_the_file)]


def load_toml(path: Path) -> dict[str, Any]:
    """The file's content; ConfigError if it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError as exc:
        raise ConfigError(f"{path}: there is no such file; give the configuration's place with --config") from exc
    except IsADirectoryError as exc:
        raise ConfigError(f"{path}: is a folder; name the configuration file in it") from exc
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read ({exc.strerror}); check its permissions") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {exc.start + 1}); save it as UTF-8") from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"{path}: is not valid TOML: {_lower_first(str(exc))}") from exc


def parse_config(model: type[Model], path: Path, *, only: set[str] | None = None) -> Model:
    """The file as a model. Unknown keys are refused with the nearest right one; types are not converted.

    With `only`, other top-level sections are somebody else's and ignored. Raises ConfigError.
    """
    content = load_toml(path)
    known = content if only is None else {key: value for key, value in content.items() if key in only}
    strange = [_no_setting(path, prefix, key, names) for prefix, key, names in _unknown(model, known)]
    if strange:
        raise ConfigError("\n".join(strange))
    try:
        # Through JSON: its strict mode takes text for a path or a choice, but never "30" for 30.
        return model.model_validate_json(
            json.dumps(known, default=str), strict=True, context={"folder": path.resolve().parent}
        )
    except ValidationError as exc:
        foreign = [key for key in content if key not in known]
        raise ConfigError("\n".join(_sentence(path, error, foreign) for error in exc.errors())) from exc


def _unknown(
    model: type[BaseModel], values: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, str, list[str]]]:
    """Keys that the model has not: the dotted place, the key, and the names that there are."""
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for key, value in values.items():
        if key in fields:
            for inner, place, content in _models(fields[key], value, prefix + key):
                yield from _unknown(inner, content, place + ".")
        elif model.model_config.get("extra") != "allow":
            yield prefix, key, list(fields)


def _models(kind: Any, value: Any, place: str) -> Iterator[tuple[type[BaseModel], str, Mapping[str, Any]]]:
    """Models inside an annotation (optional, list, dictionary) with the tables that stand for them."""
    origin, inside = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if isinstance(value, Mapping):
            yield kind, place, value
    elif origin is Annotated:
        yield from _models(inside[0], value, place)
    elif origin in {Union, UnionType}:
        for choice in inside:
            yield from _models(choice, value, place)
    elif origin in {list, tuple} and isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _models(inside[0], item, f"{place}[{number}]")
    elif origin in {dict, Mapping} and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _models(inside[1], item, f"{place}.{key}")


def _no_setting(path: Path, prefix: str, key: str, names: list[str]) -> str:
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.6)
    remedy = f"did you mean {prefix}{near[0]}?" if near else f"there are: {', '.join(prefix + name for name in names)}"
    return f"{path}: {prefix}{key} is no setting; {remedy}"


# Words for pydantic's error types; {..} are its own context. Others keep pydantic's sentence.
_WORDS: Final[Mapping[str, str]] = {
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list in [ ]",
    "tuple_type": "must be a list in [ ]",
    "dict_type": "must be a table",
    "path_type": "must be a path in quotes",
    "model_type": "must be a section of its own",
    "model_attributes_type": "must be a section of its own",
    "literal_error": "must be one of {expected}",
    "enum": "must be one of {expected}",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must have at least {min_length}",
    "too_long": "must have at most {max_length}",
    "string_pattern_mismatch": "must look like {pattern}",
    "finite_number": "must be a finite number",
}


def _sentence(path: Path, error: ErrorDetails, foreign: list[str]) -> str:
    key, context = _dotted(error["loc"]), error.get("ctx", {})
    if error["type"] == "missing":
        what = f"needs {key}" if len(error["loc"]) > 1 else f"needs the section [{key}]"
        near = difflib.get_close_matches(key, foreign, n=1, cutoff=0.6)
        return f"{path}: {what}" + (f"; did you mean it by [{near[0]}]?" if near else "; add it")
    if error["type"] in {"value_error", "assertion_error"}:
        words = str(context.get("error", error["msg"]))
    else:
        template = _WORDS.get(error["type"])
        words = template.format(**context) if template else _lower_first(error["msg"])
    value = error["input"]
    given = f", not {value!r}" if isinstance(value, str | int | float | bool) and not _secret(key) else ""
    return f"{path}: {key} {words}{given}" if key else f"{path}: {words}"


def _dotted(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _secret(key: str) -> bool:
    """Whether the value must not be repeated in a message that lands in a log."""
    return any(word in key.rsplit(".", maxsplit=1)[-1] for word in ("token", "pin", "secret", "password"))


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]

"""Reads the file that names a hub's payment gateways; whatever is wrong becomes a sentence with place and remedy."""

from __future__ import annotations

import base64
import difflib
import logging
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from hub.data_folder import checked_name
from hub.errors import NameRefused, PaymentsFileRefused
from hub.payment_gateways import DEADLINE_S

log = logging.getLogger(__name__)

WAYS: Final = ("wallet", "wechat", "alipay", "card")  # what lanes call their ways to pay
_KNOWN: Final = ("name", "gateway", "ways", "deadline_s", "settings")
_LONGEST_DEADLINE_S: Final = 600.0
_OTHERS: Final = 0o077
_PUBLIC: Final = (b"-----BEGIN PUBLIC KEY-----", b"-----BEGIN CERTIFICATE-----")
_LARGEST_KEY: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Declared:
    """A gateway as it was declared; `where`: how a complaint about it begins. `ways` None: it takes every order."""

    name: str
    plug_in: str
    where: str
    ways: frozenset[str] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    deadline_s: float = DEADLINE_S


def read_payments_file(path: Path) -> list[Declared]:
    """All gateways of the file, in its order. Raises PaymentsFileRefused."""
    content = read_toml(path, "--payments")
    _refuse_unknown(str(path), content, ("gateway",), "the file")
    tables = content.get("gateway")
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise PaymentsFileRefused(
            f"{path}: names no gateway; begin each with [[gateway]], see docs/payments-at-the-hub.md"
        )
    declared = [_declared(f"{path}: gateway {number}", table) for number, table in enumerate(tables, 1)]
    for number, one in enumerate(declared):
        if any(one.name == other.name for other in declared[:number]):
            raise PaymentsFileRefused(f"{one.where}: is a second one of that name; give each a name of its own")
        warn_of_open_keys(one)
    return declared


def read_toml(path: Path, option: str) -> dict[str, Any]:
    """A TOML file that an option of the command line names. Raises PaymentsFileRefused."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise PaymentsFileRefused(f"{path}: {(exc.strerror or str(exc)).lower()}; {option} names a file") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise PaymentsFileRefused(f"{path}: is not TOML ({exc}); mend it") from exc


def warn_of_open_keys(declared: Declared) -> None:
    """A warning in the log for each secret key's file that others than its owner may read or write."""
    for key, value in declared.settings.items():
        if not key.endswith("_file") or not isinstance(value, str):
            continue
        path = Path(value).expanduser()
        try:
            mode, content = path.stat().st_mode, path.read_bytes()[:_LARGEST_KEY]
        except OSError:  # the gateway says what is wrong with it
            continue
        if mode & _OTHERS and not _is_public(content):
            log.warning("%s: %s: %s can be read by others than its owner; chmod 600 it", declared.where, key, path)


def _declared(where: str, table: Mapping[str, Any]) -> Declared:
    name = table.get("name")
    if not isinstance(name, str):
        raise PaymentsFileRefused(f'{where}: name is {name!r}; give it one, such as name = "wechat"')
    where = f"{where} ({name})"
    _refuse_unknown(where, table, _KNOWN, "a gateway")
    try:
        checked_name(name, "name")
    except NameRefused as exc:
        raise PaymentsFileRefused(f"{where}: {exc}") from exc
    plug_in, settings = table.get("gateway"), table.get("settings", {})
    if not isinstance(plug_in, str) or not plug_in:
        raise PaymentsFileRefused(f'{where}: gateway is {plug_in!r}; name its plug-in, such as gateway = "wechat"')
    if plug_in == "hub":
        raise PaymentsFileRefused(f"{where}: gateway 'hub' is for lanes; name the plug-in that asks the bank")
    if not isinstance(settings, dict):
        raise PaymentsFileRefused(f"{where}: settings is {settings!r}; write them below [gateway.settings]")
    return Declared(name, plug_in, where, _ways(where, table), settings, _deadline_s(where, table))


def _ways(where: str, table: Mapping[str, Any]) -> frozenset[str]:
    ways = table.get("ways")
    if not isinstance(ways, list):
        raise PaymentsFileRefused(f'{where}: ways is {ways!r}; list the ways that it takes, such as ways = ["wallet"]')
    for way in ways:
        if way not in WAYS:
            near = difflib.get_close_matches(str(way), WAYS, n=1, cutoff=0.5)
            remedy = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(WAYS)}"
            raise PaymentsFileRefused(f"{where}: ways has {way!r}, which is no way to pay; {remedy}")
    return frozenset(ways)


def _deadline_s(where: str, table: Mapping[str, Any]) -> float:
    value = table.get("deadline_s", DEADLINE_S)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST_DEADLINE_S:
        raise PaymentsFileRefused(
            f"{where}: deadline_s is {value!r}; it must be a number of seconds from 1 to {_LONGEST_DEADLINE_S:g}"
        )
    return float(value)


def _refuse_unknown(where: str, table: Mapping[str, Any], known: Collection[str], what: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            remedy = f"did you mean {near[0]!r}?" if near else f"{what} has: {', '.join(known)}"
            raise PaymentsFileRefused(f"{where}: there is no {key!r}; {remedy}")


def _is_public(content: bytes) -> bool:
    """Whether a file of that content may be seen by everybody: a bank's public key or certificate."""
    if any(begin in content for begin in _PUBLIC):
        return b"PRIVATE KEY" not in content
    try:
        load_der_public_key(base64.b64decode(content, validate=False))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True

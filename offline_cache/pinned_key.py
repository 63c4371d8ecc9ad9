"""The hub's public key that this lane trusts: given by a person, or the first one seen."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from offline_cache.errors import ConfigError
from offline_cache.folder import LaneFolder, replace_file
from offline_cache.price_list.errors import ManifestError
from offline_cache.price_list.manifest import decode_public_key, encode_public_key, key_id

_LONGEST: Final = 4096
_log = logging.getLogger(__name__)


def key_in(path: Path) -> bytes:
    """The raw public key that a file holds; ConfigError if it holds none."""
    try:
        return decode_public_key(path.read_bytes()[:_LONGEST].decode("ascii"))
    except FileNotFoundError as exc:
        raise ConfigError(f"{path}: there is no such key file; `kiosk-hub key` prints the key") from exc
    except OSError as exc:
        raise ConfigError(f"{path}: the hub's key cannot be read ({exc.strerror}); check its permissions") from exc
    except (UnicodeDecodeError, ManifestError) as exc:
        raise ConfigError(f"{path}: is not the hub's key; put the line there that `kiosk-hub key` prints") from exc


def trusted_key(folder: LaneFolder, given: Path | None) -> bytes | None:
    """The given key, else the pinned one; None if the hub must be asked. ConfigError for a file that is no key."""
    if given is not None:
        return key_in(given)
    return key_in(folder.key) if folder.key.exists() else None


def pin(folder: LaneFolder, key: bytes, *, first_seen: bool) -> None:
    """Keep a key that just proved itself on a manifest. OSError if the folder cannot be written."""
    text = encode_public_key(key) + "\n"
    if folder.key.exists() and folder.key.read_text("ascii", errors="replace") == text:
        return
    replace_file(folder.key, text.encode())
    how = "the first seen; give --key FILE to pin one that you know" if first_seen else "given"
    _log.warning("%s: pinned the hub's key %s (%s)", folder.key, key_id(key), how)

"""hub-key.pub: the hub's public keys that this lane trusts; given by a person or first seen, then as manifests say.

A line each: a key in base64; `revoked KEYID`: never to be trusted again; `anchor KEYID`: given by a person; `#` and a
comment.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from offline_cache.errors import ConfigError
from offline_cache.folder import LaneFolder, replace_file
from offline_cache.price_list.errors import ManifestError
from offline_cache.price_list.keys import KeyRing, decode_public_key, encode_public_key

_LONGEST: Final = 1 << 20
_NAMED: Final = re.compile(r"(revoked|anchor) ([0-9a-f]{16})")
_HEAD: Final = "# The hub's keys that this lane trusts. kiosk-sync keeps them; to start anew, delete this file.\n"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a key file says. `anchors`: ids of the keys that a person gave, empty if the first was just seen."""

    ring: KeyRing
    anchors: frozenset[str] = frozenset()


class TrustStore:
    """The keys of one lane. `given`: a file with those that a person vouches for, or None to trust the first seen.

    Raises ConfigError for a file that holds no keys.
    """

    def __init__(self, folder: LaneFolder, given: Path | None = None) -> None:
        self.place = folder.key
        self.named = given or folder.key  # the file that a person would change
        self._given = given

    def ring(self, ask: Callable[[], str]) -> KeyRing:
        """Whom to trust now; `ask` is for the hub's key when nobody gave one and none was seen before.

        Raises ManifestError if what the hub says is no key.
        """
        kept = _read(self.place) if self.place.exists() else None
        if self._given is not None:
            return self._anchored(kept or _Kept(KeyRing()), self._given)
        return KeyRing.of([decode_public_key(ask())]) if kept is None else kept.ring

    def learn(self, ring: KeyRing) -> None:
        """Keep what a manifest that proved itself said. OSError if the folder cannot be written."""
        anchors = self._anchors()
        lines = [f"anchor {name}\n" for name in sorted(anchors)]
        lines += [f"{encode_public_key(key)}\n" for _, key in sorted(ring.trusted.items())]
        lines += [f"revoked {name}\n" for name in sorted(ring.revoked)]
        text = _HEAD + "".join(lines)
        if self.place.exists() and self.place.read_text("ascii", errors="replace") == text:
            return
        replace_file(self.place, text.encode())
        how = f"given in {self._given}" if anchors else "the first seen; give --key FILE to name one that you know"
        _log.warning("%s: trusts the hub's keys %s (%s)", self.place, ", ".join(sorted(ring.trusted)), how)

    def _anchored(self, kept: _Kept, given: Path) -> KeyRing:
        """The ring that grew from the keys that are given, or a new one if other keys are given now."""
        anchors = _read(given).ring
        if frozenset(anchors.trusted) == kept.anchors:
            return kept.ring
        ring = KeyRing.of(anchors.trusted.values(), kept.ring.revoked)
        if not ring.trusted:
            raise ConfigError(
                f"{given}: its key {', '.join(anchors.trusted)} was revoked by the hub; put the new one there, "
                "as `kiosk-hub key` prints it"
            )
        return ring

    def _anchors(self) -> frozenset[str]:
        if self._given is not None:
            return frozenset(_read(self._given).ring.trusted)
        return _read(self.place).anchors if self.place.exists() else frozenset()


def trusted_keys(folder: LaneFolder) -> tuple[str, ...]:
    """The ids of the keys that a lane trusts; none if it has none yet or they cannot be read."""
    try:
        return tuple(sorted(_read(folder.key).ring.trusted))
    except ConfigError:
        return ()


def _read(path: Path) -> _Kept:
    try:
        kept = _parse(path.read_bytes()[:_LONGEST].decode("ascii").splitlines())
    except FileNotFoundError as exc:
        raise ConfigError(f"{path}: there is no such key file; `kiosk-hub key` prints the key") from exc
    except OSError as exc:
        raise ConfigError(f"{path}: the hub's key cannot be read ({exc.strerror}); check its permissions") from exc
    except (UnicodeDecodeError, ManifestError) as exc:
        raise ConfigError(f"{path}: is not the hub's key; put the line there that `kiosk-hub key` prints") from exc
    if not kept.ring.trusted:
        raise ConfigError(f"{path}: is not the hub's key; put the line there that `kiosk-hub key` prints")
    return kept


def _parse(lines: Iterable[str]) -> _Kept:
    names: dict[str, set[str]] = {"revoked": set(), "anchor": set()}
    keys = []
    for line in (one.strip() for one in lines):
        if not line or line.startswith("#"):
            continue
        if match := _NAMED.fullmatch(line):
            names[match[1]].add(match[2])
        else:
            keys.append(decode_public_key(line))
    return _Kept(KeyRing.of(keys, names["revoked"]), frozenset(names["anchor"]))

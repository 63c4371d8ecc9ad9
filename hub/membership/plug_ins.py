"""What a shop's membership file names and other packages may bring: loaded by entry point, with one word of refusal."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from hub.errors import HubError


def load_plug_in(
    group: str, what: str, name: str, settings: Mapping[str, Any], folder: Path, missing: type[HubError]
) -> Any:
    """The `what` of that name, made from its own settings and a folder that it may keep files in. Raises `missing`, or
    the HubError with which it refuses its settings itself."""
    matches = tuple(entry_points(group=group, name=name))
    if len(matches) != 1:
        raise missing(f"{what} {name!r}: {len(matches)} installed (there are: {known_plug_ins(group)})")
    try:
        return matches[0].load()(settings, folder)
    except HubError:
        raise
    except Exception as exc:  # a plug-in is not ours; its words could hold a key
        raise missing(f"{what} {name!r} fails with {type(exc).__name__}; see its manual") from exc


def known_plug_ins(group: str) -> str:
    """The names that are installed, for people."""
    return ", ".join(sorted({point.name for point in entry_points(group=group)})) or "none"

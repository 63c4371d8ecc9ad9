"""Draws templates: everything that is put into one is escaped, and a name that it lacks is a fault of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"


def draw(template: str, values: Mapping[str, object]) -> str:
    """The HTML of a template."""
    return _environment().get_template(template).render(values)


def qr_code(text: str) -> Markup:
    """A QR code as a drawing that scales; a screen that scratches still reads at 15 %."""
    drawn = segno.make_qr(text, error="m", boost_error=False)
    return Markup(drawn.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 - figures only


@cache
def static_files() -> Mapping[str, tuple[str, bytes]]:
    """By name with a mark of its content: media type and content."""
    kinds = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
    return {_marked(path): (kinds[path.suffix], path.read_bytes()) for path in sorted(STATIC.iterdir())}


def static_path(name: str) -> str:
    """Where a file is served, by a path that changes with it."""
    return f"/m/static/{_marked(STATIC / name)}"


def _marked(path: Path) -> str:
    mark = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"{path.stem}.{mark}{path.suffix}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static"] = cache(static_path)
    return environment

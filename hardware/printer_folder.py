"""A folder as a printer: every picture becomes a file. For the demo, and for lanes that hand receipts on by file."""

import io
import os
import re
from pathlib import Path
from typing import Final

from hardware.errors import DeviceRefused, HardwareError
from hardware.printer import Paper, PrinterState

OUT_OF_PAPER: Final = "out-of-paper"
"""A file of this name in the folder takes the paper away, so that a demo can show it."""
_NAME: Final = re.compile(r"[^\w.-]+", re.ASCII)


class FolderPrinter:
    """The picture's PNG text fields 'Title' and 'Description' name the file and become a text beside it."""

    def __init__(self, name: str, folder: Path, *, dots: int = 576) -> None:
        self._name = name
        self._folder = folder
        self._dots = dots

    @property
    def name(self) -> str:
        return self._name

    @property
    def dots(self) -> int:
        return self._dots

    def state(self) -> PrinterState:
        """DeviceRefused where the folder cannot be made or written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            out = (self._folder / OUT_OF_PAPER).exists()
        except OSError as exc:
            raise self._refused(exc) from exc
        if not os.access(self._folder, os.W_OK):
            raise DeviceRefused(f"may not write to {self._folder}; check its owner and mode", device=self._name)
        return PrinterState(Paper.OUT if out else Paper.OK)

    def print_picture(self, png: bytes) -> None:
        """Whoever waits for the file finds it whole."""
        if not self.state().can_print:
            raise DeviceRefused(f"is out of paper; remove {self._folder / OUT_OF_PAPER}", device=self._name)
        title, text = self._read(png)
        try:
            path = self._free(_NAME.sub("-", title).strip(".-") or "receipt")
            if text:
                path.with_suffix(".txt").write_text(text + "\n", encoding="utf-8")
            part = path.with_name(f".{path.name}")
            part.write_bytes(png)
            part.replace(path)
        except OSError as exc:
            # Refused and not lost: the file is whole or not there, so the next try needs no mark of a copy.
            raise DeviceRefused(
                f"{self._folder} took no more ({exc.strerror}); free some space", device=self._name
            ) from exc

    def check(self) -> str:
        standing = next(place for place in (self._folder, *self._folder.parents) if place.exists())
        if standing != self._folder and standing.is_dir() and os.access(standing, os.W_OK | os.X_OK):
            return f"prints {self._dots} dots as files to {self._folder}, which it will make"
        if standing != self._folder:  # a look makes nothing, also where it could not
            raise DeviceRefused(f"may not make {self._folder}; give {standing} to the lane's user", device=self._name)
        if not self.state().can_print:
            raise DeviceRefused(f"is out of paper; remove {self._folder / OUT_OF_PAPER}", device=self._name)
        return f"prints {self._dots} dots as files to {self._folder}"

    def close(self) -> None:
        """Nothing is open."""

    def _free(self, title: str) -> Path:
        """A name that is not taken: a copy lies beside its original."""
        path = self._folder / f"{title}.png"
        number = 2
        while path.exists():
            path = self._folder / f"{title}-{number}.png"
            number += 1
        return path

    def _read(self, png: bytes) -> tuple[str, str]:
        from PIL import Image  # noqa: PLC0415 - on the printer's own thread

        try:
            with Image.open(io.BytesIO(png)) as picture:
                fields = {str(key): str(value) for key, value in picture.info.items()}
                width = picture.width
        except OSError as exc:
            raise DeviceRefused(f"cannot print this picture: {exc}", device=self._name) from exc
        if width != self._dots:
            raise DeviceRefused(
                f"cannot print this picture: it is {width} dots wide, the paper {self._dots}", device=self._name
            )
        return fields.get("Title", ""), fields.get("Description", "")

    def _refused(self, exc: OSError) -> HardwareError:
        return DeviceRefused(f"cannot use the folder {self._folder}: {exc.strerror}", device=self._name)

"""The lane's one configuration file: every key, its meaning, its default; docs/configuration.md is made from it."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hardware.camera_controls import TorchMode
from hardware.scan import SYMBOLOGIES
from offline_cache.config import ConfigPath, DataSection, HubSection, LaneSection, parse_config
from retail.labels import LabelTemplate

_READABLE: Final = tuple(sorted(SYMBOLOGIES - {"UNKNOWN"}))


class Section(BaseModel):
    """Unknown keys are refused: a misspelt one must not be silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ScreenSection(Section):
    """What the screen looks like."""

    languages: list[str] = Field(
        default=["zh-CN", "zh-TW", "en"], min_length=1, description="Languages offered; the first is shown at idle."
    )
    fullscreen: bool = Field(default=True, description="Fill the screen without a frame; false: a window.")
    width: int = Field(default=1080, ge=320, description="Window width in pixels when not fullscreen.")
    height: int = Field(default=1920, ge=320, description="Window height in pixels when not fullscreen.")
    brand_color: str = Field(
        default="#0B6B4E",
        pattern=r"^#[0-9A-Fa-f]{6}$",
        description="The shop's colour for the main act; must have a contrast of 4.5:1 with white or black text.",
    )
    calm: bool = Field(default=False, description="No motion.")


class VisitSection(Section):
    """How long the lane waits for people."""

    idle_after_s: int = Field(default=90, ge=10, description="Seconds without touch or scan before the lane asks.")
    idle_warning_s: int = Field(default=30, ge=10, description="Seconds the shopper then has; never while paying.")
    done_for_s: int = Field(default=20, ge=3, description="Seconds the last screen stays.")


class PricesSection(Section):
    """How old the price list may be, since it was published or the hub last signed that it is the newest."""

    old_after_hours: float = Field(default=24, gt=0, description="Show 'prices as of' when the list is older.")
    too_old_after_hours: float = Field(default=168, gt=0, description="Begin no new basket when the list is older.")


class ScannerSection(Section):
    """One device that reads codes."""

    name: str = Field(description="Name of the device in logs and on the staff panel.")
    kind: Literal["keyboard", "camera", "socket"] = Field(
        description="keyboard: a hand scanner that types; camera: webcam, video file or folder of pictures; "
        "socket: codes by line on a Unix socket (demo counter, test rigs)."
    )
    source: str = Field(
        default="",
        description="camera: device number, path or a part of its name, video file or folder; "
        "socket: path of the socket.",
    )
    prefix: str = Field(default="", description="keyboard: characters that the scanner puts before each code.")
    suffix: str = Field(default="", description="keyboard: characters after each code other than Enter or Tab.")
    min_length: int = Field(default=4, ge=1, description="keyboard: shorter bursts are typing.")
    max_gap_ms: int = Field(default=35, ge=5, le=200, description="keyboard: keys further apart are typing.")
    symbologies: list[str] = Field(
        default=[], description=f"camera: kinds of code to read, of {', '.join(_READABLE)}; empty: those of shops."
    )
    zone: list[float] = Field(
        default=[0.15, 0.12, 0.85, 0.88],
        min_length=4,
        max_length=4,
        description="camera: the aiming zone as left, top, right, bottom of the picture, each from 0 to 1; "
        "of several codes the one in it counts.",
    )
    exposure_ms: float = Field(default=0, ge=0, le=1000, description="camera: exposure time; 0: as the camera chooses.")
    torch: TorchMode = Field(
        default="off", description="camera: its lamp, where it has one; auto: while something is held up in the dark."
    )

    @field_validator("symbologies")
    @classmethod
    def _known(cls, names: list[str]) -> list[str]:
        for name in names:
            if name not in _READABLE:
                near = get_close_matches(name.upper(), _READABLE, n=1, cutoff=0.4)
                raise ValueError(f"there is no {name!r}" + (f"; do you mean {near[0]}?" if near else ""))
        return names

    @field_validator("zone")
    @classmethod
    def _has_room(cls, zone: list[float]) -> list[float]:
        left, top, right, bottom = zone
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise ValueError("must be left, top, right, bottom, each from 0 to 1, left before right, top above bottom")
        return zone


class CodesSection(Section):
    """The shop's own codes."""

    badge_prefix: str = Field(default="SGB-", min_length=3, description="What every staff badge begins with.")
    member_prefix: str = Field(default="SGM-", min_length=3, description="What every member code begins with.")
    label_templates: list[str] = Field(
        default=[],
        description="Price and weight labels of this shop, after those of its price list: digits, `{item:N}`, "
        "`{price:N}` in minor units, `{weight:N}` in grams, `{any:N}`, `{check}`; "
        "e.g. `21{item:5}{price:5}{check}`.",
    )

    @field_validator("label_templates")
    @classmethod
    def _readable(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            LabelTemplate.parse(pattern)
        return patterns


class WaySection(Section):
    """One way to pay."""

    id: Literal["wallet", "card"] = Field(description="Which button and words: wallet or card.")
    gateway: str = Field(description="Name of an installed gateway, e.g. hub or simulated.")
    usual_s: int = Field(default=5, ge=1, description="How many seconds it usually takes, shown while waiting.")
    settings: dict[str, Any] = Field(default={}, description="The gateway's own settings, see its documentation.")


class PatienceSection(Section):
    """How long a payment may stay open."""

    doubt_after_s: int = Field(default=30, ge=5, description="No answer for so long: tell the shopper, ask the bank.")
    cancel_after_s: int = Field(default=60, ge=15, description="Still open after so long: ask the gateway to end it.")


class BadgeSection(Section):
    """One badge."""

    name: str = Field(min_length=1, description="Who carries the badge; stands in the journal.")
    badge_sha256: str = Field(
        pattern=r"^[0-9A-Fa-f]{64}$", description="SHA-256 of the badge's code; `kiosk badge` makes both."
    )


class ReceiptSection(Section):
    """What the shopper may take along."""

    folder: ConfigPath | None = Field(
        default=None, description="Where 'print' leaves text and picture; none: no paper."
    )
    url: str = Field(
        default="", description="Web address in the receipt's code, with {sale}; empty: the code holds the receipt."
    )

    @field_validator("url")
    @classmethod
    def _only_the_sale(cls, url: str) -> str:
        try:
            url.format(sale="")
        except (KeyError, IndexError, ValueError) as exc:
            raise ValueError("may hold {sale} and no other {braces}") from exc
        return url


class KioskConfig(Section):
    """All sections of a lane's file."""

    lane: LaneSection
    data: DataSection
    hub: HubSection | None = None
    screen: ScreenSection = ScreenSection()
    visit: VisitSection = VisitSection()
    prices: PricesSection = PricesSection()
    codes: CodesSection = CodesSection()
    patience: PatienceSection = PatienceSection()
    receipt: ReceiptSection = ReceiptSection()
    scanners: list[ScannerSection] = Field(default=[ScannerSection(name="keyboard", kind="keyboard")])
    payment: list[WaySection] = Field(min_length=1, description="Ways to pay, in the order shown.")
    staff: list[BadgeSection] = Field(default=[], description="Badges that open the attendant's panel.")


def load_config(path: Path) -> KioskConfig:
    """Read and check a lane's file. Raises ConfigError with a sentence that names file, key and remedy."""
    return parse_config(KioskConfig, path)

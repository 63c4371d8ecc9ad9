"""The lane's one configuration file: every key, its meaning, its default; docs/configuration.md is made from it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from hardware.camera_controls import TorchMode
from hardware.scan import SYMBOLOGIES
from offline_cache.config import ConfigPath, DataSection, HubSection, LaneSection, parse_config
from retail.label_presets import LABEL_PRESETS
from retail.labels import LabelTemplate
from retail.scan_rules import ScanRules

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
    kind: Literal["hid", "hidpos", "serial", "keyboard", "camera", "socket"] = Field(
        description="hid: a hand scanner that types, held so that its keys reach nothing else; hidpos: one in USB "
        "HID-POS mode; serial: one on a serial line; keyboard: one that types into the window, told from a person by "
        "its speed; camera: webcam, video file or folder of pictures; socket: codes by line on a Unix socket (demo "
        "counter, test rigs). See docs/scanners.md."
    )
    source: str = Field(
        default="",
        description="hid, hidpos: path, `vendor:product` in hex or a part of the name; empty: the one device that says "
        "it is a scanner; serial: path, best one below /dev/serial/by-id, or `vendor:product`; "
        "camera: device number, path or a part of its name, video file or folder; socket: path of the socket.",
    )
    prefix: str = Field(default="", description="hand scanners: characters that the scanner puts before each code.")
    suffix: str = Field(default="", description="hand scanners: characters after each code other than Enter or Tab.")
    group_separator: str = Field(
        default="",
        max_length=8,
        description="hand scanners: what this one sends for GS1's separator, e.g. `|`, if not the separator itself.",
    )
    silence_ms: int = Field(
        default=100, ge=20, le=2000, description="hid, serial: silence that ends a code without Enter or the like."
    )
    baud_rate: int = Field(default=9600, ge=300, le=4_000_000, description="serial: speed of the line.")
    data_bits: Literal[7, 8] = Field(default=8, description="serial: bits of a character.")
    parity: Literal["none", "even", "odd"] = Field(default="none", description="serial: parity of the line.")
    stop_bits: Literal[1, 2] = Field(default=1, description="serial: stop bits.")
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
    mirrored: bool = Field(
        default=True, description="camera: show its picture as a mirror does, as for one that faces the shopper."
    )

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if self.kind == "serial" and not self.source:
            raise ValueError(
                "source of a serial scanner is its port, such as /dev/serial/by-id/..., see `kiosk doctor`"
            )
        return self

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
    """The shop's own codes, see docs/codes.md. No prefix may begin another one."""

    badge_prefix: str = Field(default="SGB-", min_length=3, description="What every staff badge begins with.")
    member_prefix: str = Field(default="SGM-", min_length=3, description="What every member code begins with.")
    coupon_prefix: str = Field(default="SGC-", min_length=3, description="What every voucher of the shop begins with.")
    guide_prefix: str = Field(default="SGG-", min_length=3, description="What the code of every guide begins with.")
    basket_prefix: str = Field(
        default="SGP-", min_length=3, description="What the code of every basket begins with that is handed over."
    )
    label_templates: list[str] = Field(
        default=[],
        description="Price, weight and count labels of this shop, after those of its price list: digits, `{item:N}`, "
        "`{price:N}` in minor units, `{weight:N}` in grams, `{count:N}`, `{price_check}`, `{any:N}`, `{check}`, e.g. "
        f"`21{{item:5}}{{price:5}}{{check}}`; or presets: {', '.join(f'`{name}`' for name in sorted(LABEL_PRESETS))}.",
    )

    @field_validator("label_templates")
    @classmethod
    def _readable(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            LabelTemplate.parse(pattern)
        return patterns

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        prefixes = self.rules.prefixes
        for one, other in itertools.permutations(prefixes, 2):
            if one.startswith(other):
                raise ValueError(f"no prefix may begin another one, as {other!r} does {one!r}: take different ones")
        return self

    @property
    def rules(self) -> ScanRules:
        """The prefixes, as the router takes them."""
        return ScanRules(
            self.badge_prefix, self.member_prefix, self.coupon_prefix, self.guide_prefix, self.basket_prefix
        )

    @property
    def templates(self) -> tuple[LabelTemplate, ...]:
        """The label templates, read."""
        return tuple(LabelTemplate.parse(pattern) for pattern in self.label_templates)


class WaySection(Section):
    """One way to pay."""

    id: Literal["wallet", "wechat", "alipay", "card"] = Field(
        description="Which button and words: wechat, alipay, wallet for any of them, or card. A payment code goes to "
        "the first way whose gateway takes it."
    )
    gateway: str = Field(description="Name of an installed gateway, e.g. hub or simulated.")
    usual_s: int = Field(default=5, ge=1, description="How many seconds it usually takes, shown while waiting.")
    settings: dict[str, Any] = Field(default={}, description="The gateway's own settings, see its documentation.")


class PatienceSection(Section):
    """How long a payment may stay open."""

    doubt_after_s: int = Field(default=30, ge=5, description="No answer for so long: tell the shopper, ask the bank.")
    cancel_after_s: int = Field(
        default=45,
        ge=15,
        description="Still open after so long: look once more, then ask the gateway to end it. 45, as WeChat "
        "itself revokes what was not paid by then; with more, what is unknown is settled later than a minute after the "
        "line is back. A gateway that gives its shopper a time of its own, as for a code on our screen, keeps that.",
    )
    give_up_after_s: float = Field(
        default=60,
        ge=1,
        description="A gateway's call that has not returned after so long hangs: it is given up, the gateway is opened "
        "anew and the payment looked up. More than every gateway's own time limits.",
    )


class BadgeSection(Section):
    """One badge."""

    name: str = Field(min_length=1, description="Who carries the badge; stands in the journal.")
    badge_sha256: str = Field(
        pattern=r"^[0-9A-Fa-f]{64}$", description="SHA-256 of the badge's code; `kiosk badge` makes both."
    )


class ReceiptSection(Section):
    """What the shopper may take along."""

    folder: ConfigPath | None = Field(
        default=None,
        description="Where 'print' leaves text and picture on a lane without [printer]; none: no paper.",
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


class ScaleSection(Section):
    """The lane's own scale, see docs/scale.md; without this section weighed goods need a label of the counter's."""

    name: str = Field(default="scale", min_length=1, description="Name of the device in logs and on the staff panel.")
    kind: Literal["8217", "lines", "socket"] = Field(
        description="8217: a checkout scale on a serial line that speaks Mettler Toledo's 8217 protocol; "
        "lines: one that goes on sending lines such as `ST,GS,+  0.842kg`; "
        "socket: a simulated one, weights by line on a Unix socket (demo, test rigs)."
    )
    source: str = Field(
        min_length=1,
        description="8217, lines: path of the port, best one below /dev/serial/by-id; socket: path of the socket.",
    )
    baud_rate: int = Field(default=9600, ge=300, le=115200, description="8217, lines: speed of the line.")
    data_bits: Literal[7, 8] | None = Field(
        default=None, description="Bits of a character; none: as the protocol has it, 7 for 8217, 8 for lines."
    )
    parity: Literal["none", "even", "odd"] | None = Field(
        default=None, description="Parity; none: as the protocol has it, even for 8217, no parity for lines."
    )
    stop_bits: Literal[1, 2] = Field(default=1, description="8217, lines: stop bits.")
    poll_ms: int = Field(default=200, ge=50, le=400, description="8217: how long to wait between two questions.")
    min_grams: int = Field(
        default=20, ge=4, le=10_000, description="Smallest load it may weigh, as on its plate (Min); less is refused."
    )

    @property
    def line_data_bits(self) -> int:
        """Bits of a character on the line."""
        return self.data_bits or (7 if self.kind == "8217" else 8)

    @property
    def line_parity(self) -> str:
        """Parity of the line."""
        return self.parity or ("even" if self.kind == "8217" else "none")


class PrinterSection(Section):
    """The receipt printer, see docs/printer.md. Without this section, receipts go to the folder of `[receipt]`."""

    name: str = Field(default="printer", min_length=1, description="Name of the device in logs and on the staff panel.")
    kind: Literal["network", "usb", "serial", "device", "simulated"] = Field(
        description="How it is connected; device: a file of the kernel such as /dev/usb/lp0; simulated: prints nowhere."
    )
    source: str = Field(
        default="",
        description="network: its address, with `:port` if that is not 9100; usb: `vendor:product` as `lsusb` prints "
        "them; serial, device: the path of the device.",
    )
    dots: int = Field(
        default=576,
        ge=256,
        le=832,
        multiple_of=8,
        description="Width of its print: 576 for 80 mm paper, 384 for 58 mm.",
    )
    baud: int = Field(default=115200, ge=1200, description="serial: speed of the line.")
    flow: Literal["none", "rtscts", "xonxoff"] = Field(default="none", description="serial: flow control of the line.")
    old_after_min: float = Field(
        default=10, gt=0, description="A receipt that waited longer comes out only when staff ask for it."
    )

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if self.kind == "usb" and not re.fullmatch(r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}", self.source):
            raise ValueError("source of a usb printer is vendor:product in hex, such as 04b8:0e15; see lsusb")
        if self.kind == "network" and (not self.address[0] or not 0 < self.address[1] < 1 << 16):
            raise ValueError("source of a network printer is its address, such as 192.0.2.7 or printer.local:9100")
        if self.kind in {"serial", "device"} and not self.source.startswith("/"):
            raise ValueError(f"source of a {self.kind} printer is the path of its device, such as /dev/usb/lp0")
        return self

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of a network printer; an IPv6 address with a port is written in brackets."""
        found = re.fullmatch(r"(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?", self.source, re.ASCII)
        if found is None:
            return self.source, 9100
        return found[1] or found[2], int(found[3] or 9100)


class LightSection(Section):
    """The signal light over the lane, see docs/light.md; without this section there is none."""

    name: str = Field(default="light", min_length=1, description="Name of the device in logs and on the staff panel.")
    kind: Literal["tower", "simulated"] = Field(
        description="tower: green, yellow and red on a USB serial line (CH340), one byte a command; "
        "simulated: says in the log what it would show."
    )
    source: str = Field(default="", description="tower: path of the device, best one below /dev/serial/by-id.")

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if self.kind == "tower" and not self.source.startswith("/"):
            raise ValueError("source of a tower is the path of its device, such as /dev/serial/by-id/...")
        return self


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
    scale: ScaleSection | None = None
    printer: PrinterSection | None = None
    light: LightSection | None = None
    scanners: list[ScannerSection] = Field(default=[ScannerSection(name="keyboard", kind="keyboard")])
    payment: list[WaySection] = Field(min_length=1, description="Ways to pay, in the order shown.")
    staff: list[BadgeSection] = Field(default=[], description="Badges that open the attendant's panel.")

    @model_validator(mode="after")
    def _each_device_once(self) -> Self:
        """A fault is told by its device's name, and of two sections for one device the second never gets it."""
        others = [one for one in (self.scale, self.printer, self.light) if one is not None]
        devices = [*self.scanners, *others]
        if name := _twice(one.name for one in devices):
            raise ValueError(f"two devices have the name {name!r}: give each its own")
        if source := _twice(one.source for one in devices if one.source):
            raise ValueError(f"two devices have the source {source!r}: leave one of them out, or correct its source")
        alone = (one.kind for one in self.scanners if not one.source)
        if kind := _twice(alone):
            raise ValueError(f"two scanners of kind {kind!r} have no source: leave one out, or say which is which")
        return self


def _twice(words: Iterable[str]) -> str:
    """One that is there more than once; empty if none is."""
    return next((word for word, many in Counter(words).items() if many > 1), "")


def load_config(path: Path) -> KioskConfig:
    """Read and check a lane's file. Raises ConfigError with a sentence that names file, key and remedy."""
    return parse_config(KioskConfig, path)

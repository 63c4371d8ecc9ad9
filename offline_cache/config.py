"""The sections of lane.toml that agent and kiosk share, and the agent's view of the file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from offline_cache.config_file import ConfigPath, load_toml, parse_config
from offline_cache.errors import ConfigError
from offline_cache.price_list.manifest import LANE_CHANNEL

__all__ = [
    "ConfigError",
    "ConfigPath",
    "DataSection",
    "HubSection",
    "LaneSection",
    "SyncConfig",
    "load_toml",
    "parse_config",
    "read_token",
]

# Store and lane stand in addresses and file names.
NAME_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_LONGEST_TOKEN: Final = 4096


class LaneSection(BaseModel):
    """Which lane this is."""

    store: str = Field(description="The store's id at the hub.", examples=["demo"])
    name: str = Field(description="The lane's name, unique in the store.", examples=["lane-1"])
    channel: str = Field(default=LANE_CHANNEL, description="The channel whose prices the lane sells at.")

    @field_validator("store", "name", "channel")
    @classmethod
    def _plain(cls, value: str) -> str:
        return check_name(value)


class DataSection(BaseModel):
    """Where the lane keeps its files."""

    dir: ConfigPath = Field(
        description="Folder for the price list, the journal and the sync status; relative to this file.",
        examples=["/var/lib/scan-and-go"],
    )
    journal_keep_days: int = Field(
        default=90,
        ge=2,
        le=3650,
        description="Days that the journal keeps what the hub has confirmed. What it has not confirmed, the latest "
        "sale and the newest 10,000 events always stay.",
    )


class HubSection(BaseModel):
    """How to reach the hub."""

    url: str = Field(description="The hub's address.", examples=["http://127.0.0.1:8080"])
    lists_url: str | None = Field(
        default=None,
        description="Where price lists are, if not at the hub: a web server, CDN or bucket that holds what it "
        "published. Its address up to, and without, the store's id.",
    )
    token: SecretStr | None = Field(
        default=None, description="The lane's token, as `kiosk-hub lane` printed it once. Better kept in `token_file`."
    )
    token_file: ConfigPath | None = Field(
        default=None, description="File that holds the lane's token and nothing else; relative to this file."
    )
    key_file: ConfigPath | None = Field(
        default=None,
        description="File with the hub's public keys, a line each, as `kiosk-hub key` prints them; without it the "
        "first seen is trusted.",
    )
    poll_s: float = Field(
        default=30,
        gt=0,
        le=86400,
        allow_inf_nan=False,
        description="Seconds between two looks for a newer price list.",
    )

    @field_validator("url", "lists_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return None if value is None else check_url(value)

    @model_validator(mode="after")
    def _one_token(self) -> HubSection:
        if self.token is not None and self.token_file is not None:
            raise ValueError("has token and token_file; keep one")
        return self

    @property
    def lists(self) -> str:
        """The address that price lists are under."""
        return self.lists_url or f"{self.url}/v1/price-lists"

    def read_token(self) -> str:
        """The lane's token, "" if there is none; ConfigError if its file cannot be used."""
        if self.token is not None:
            return self.token.get_secret_value()
        return "" if self.token_file is None else read_token(self.token_file)


class SyncConfig(BaseModel):
    """What the agent reads of lane.toml; the kiosk's own sections are not its business."""

    lane: LaneSection = Field(description="Which lane this is.")
    data: DataSection = Field(description="Where the lane keeps its files.")
    hub: HubSection = Field(description="How to reach the hub.")

    @classmethod
    def load(cls, path: Path) -> SyncConfig:
        """Read the file; ConfigError says what is wrong with it."""
        return parse_config(cls, path, only=set(cls.model_fields))


def read_token(path: Path) -> str:
    """The token in a file; ConfigError if there is none."""
    try:
        text = path.read_bytes()[:_LONGEST_TOKEN].decode("ascii").strip()
    except OSError as exc:
        raise ConfigError(f"{path}: the lane's token cannot be read ({exc.strerror}); see `kiosk-hub lane`") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path}: is not a token; put the line there that `kiosk-hub lane` printed") from exc
    if not text or len(text.split()) != 1:
        raise ConfigError(f"{path}: must hold the lane's token and nothing else; see `kiosk-hub lane`")
    return text


def check_name(value: str) -> str:
    """The name of a store or lane as it is; ValueError if it cannot stand in an address."""
    if not re.fullmatch(NAME_PATTERN, value):
        raise ValueError(
            "must be letters, digits, dots, dashes and underscores, 64 at most, and start with a letter or digit"
        )
    return value


def check_url(value: str) -> str:
    """The address without a slash at its end; ValueError if it is none."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or any(sign.isspace() for sign in value):
        raise ValueError("must be an address like http://hub.local:8080")
    return value.rstrip("/")

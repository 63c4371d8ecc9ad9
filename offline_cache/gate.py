"""What a manifest must pass before a lane acts on it: a trusted signature, freshness, and order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from offline_cache.errors import DownloadRefused
from offline_cache.folder import LaneFolder
from offline_cache.hub_time import HubTime, span
from offline_cache.lists_source import ListSource
from offline_cache.price_list.errors import ManifestError
from offline_cache.price_list.keys import KeyRing
from offline_cache.price_list.manifest import Manifest, ring_after, verify
from offline_cache.trust import TrustStore


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is known to have been here: no list goes back behind it, not even in place of a damaged one."""

    revision: int = 0
    state: str = ""
    signed_at: str = ""


class ManifestGate:
    """Judges the manifests of one source for one lane. `ask_key` gives the hub's key, for a lane that knows none.

    Raises DownloadRefused with what is wrong, ConfigError for an unusable key file, OSError from the disk.
    """

    def __init__(
        self, folder: LaneFolder, source: ListSource, trust: TrustStore, *, ask_key: Callable[[], str], time: HubTime
    ) -> None:
        self._folder = folder
        self._source = source
        self._trust = trust
        self._ask_key = ask_key
        self._time = time
        self.offered = 0  # the revision of the last manifest that proved itself

    def admit(self, envelope: object, accepted: Accepted) -> Manifest:
        """The manifest in it; its keys are trusted from now on, and its times known."""
        self.offered = 0
        manifest, ring = self._proved(envelope)
        self.offered = manifest.revision
        problem = self._staleness(manifest) or self._disorder(manifest, accepted)
        if problem:
            raise DownloadRefused(f"{self._source.url}: {problem}; the old price list stays")
        self._trust.learn(ring)
        if accepted == Accepted():
            self._time.forget()
        self._time.signed(_moment(manifest.signed_at), _moment(manifest.fresh_until))
        return manifest

    def stale(self, manifest: Manifest) -> bool:
        """Whether the hub should have signed a newer one by now."""
        return _moment(manifest.fresh_until) < self._time.now()

    def _proved(self, envelope: object) -> tuple[Manifest, KeyRing]:
        """The manifest, and the keys to trust after it."""
        source = self._source
        try:
            ring = self._trust.ring(self._ask_key)
            manifest = verify(envelope, ring, store=source.store, channel=source.channel)
            return manifest, ring_after(manifest, ring)
        except ManifestError as exc:
            raise DownloadRefused(
                f"{source.url}: {exc} (keys in {self._trust.named}); the old price list stays"
            ) from exc

    def _staleness(self, manifest: Manifest) -> str:
        if not self.stale(manifest):
            return ""
        late = span((self._time.now() - _moment(manifest.fresh_until)).total_seconds())
        return (
            f"the manifest of revision {manifest.revision} was to be renewed by {manifest.fresh_until}, {late} ago: "
            "the hub no longer signs, or an old one is shown to this lane, or this lane's clock is wrong"
        )

    def _disorder(self, manifest: Manifest, accepted: Accepted) -> str:
        anew = f"if the hub was set up anew, delete {self._folder.price_list}"
        if manifest.revision < accepted.revision:
            return (
                f"the hub offers revision {manifest.revision} of store {manifest.store}, this lane has "
                f"{accepted.revision}, and a price list never goes back; {anew}"
            )
        if accepted.state and (manifest.revision == accepted.revision) != (manifest.state == accepted.state):
            return (
                f"the hub offers revision {manifest.revision} of store {manifest.store} with another content than "
                f"its number says; publish again, or {anew}"
            )
        if accepted.signed_at and _moment(manifest.signed_at) < _moment(accepted.signed_at):
            return (
                f"the manifest was signed at {manifest.signed_at}, this lane has one of {accepted.signed_at}: an old "
                f"one is shown to it; if the hub's clock was set back, delete {self._folder.price_list}"
            )
        return ""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)

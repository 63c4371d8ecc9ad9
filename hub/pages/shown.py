"""What the pages show, ready to be drawn: offers in words, amounts in the store's currency, days in its time zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from zoneinfo import ZoneInfo

from hub.membership.coupon_book import Coupon, State
from hub.membership.known import ConsentState
from offline_cache.price_list.offer_words import OfferWords
from retail.figures import tag_money_text, tag_weight_text
from retail.membership.programme import ConsentText, Programme, text_digest
from retail.promotions.body import campaign_of
from retail.promotions.sentences import offer_label, offer_title
from retail.promotions.speech import Speech


@dataclass(frozen=True, slots=True)
class Place:
    """How somebody reads amounts and days: the store's currency and time zone, their own language."""

    currency: str
    time_zone: str
    language: str

    def speech(self) -> Speech:
        """How offers are said."""
        money = partial(tag_money_text, currency=self.currency, language=self.language)
        return _offer_words().speech(self.language, money, partial(tag_weight_text, language=self.language))

    def day(self, at: int | str) -> str:
        """A day, of epoch seconds or ISO 8601."""
        return f"{self._local(at):%Y-%m-%d}"

    def minute(self, at: int | str) -> str:
        """Day and time of day."""
        return f"{self._local(at):%Y-%m-%d %H:%M}"

    def _local(self, at: int | str) -> datetime:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else datetime.fromtimestamp(at, UTC)
        return moment.astimezone(ZoneInfo(self.time_zone))


@dataclass(frozen=True, slots=True)
class CouponShown:
    """A coupon that can be used. `until` empty: for ever; `reserved`: it lies on a basket."""

    offer: str
    name: str
    until: str
    reserved: bool


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """What was agreed to, or may be, in the words that were shown. `text_sha256`: of what may be agreed to now."""

    purpose: str
    granted: bool
    text: str
    language: str
    since: str
    text_sha256: str = ""


@dataclass(frozen=True, slots=True)
class ClubShown:
    """A club with its consents; `number` tells it from the others on the page."""

    number: int
    id: str
    name: str
    member: bool
    consents: tuple[ConsentShown, ...]


def coupons_shown(coupons: Iterable[Coupon], place: Place, now: int) -> list[CouponShown]:
    """Those that can be used, what ends first first."""
    usable = [
        one
        for one in coupons
        if one.campaign
        and one.state in {State.FREE, State.RESERVED}
        and (one.expires_at is None or one.expires_at > now)
    ]
    usable.sort(key=lambda one: float("inf") if one.expires_at is None else one.expires_at)
    return [_coupon(one, place) for one in usable]


def clubs_shown(
    programme: Programme, clubs: Sequence[str], consents: Sequence[ConsentState], place: Place
) -> list[ClubShown]:
    """The clubs that one is a member of, then those of which consents are known."""
    ids = dict.fromkeys([*clubs, *(one.club for one in consents)])
    return [_club(number, club, programme, club in clubs, consents, place) for number, club in enumerate(ids, 1)]


def club_name(programme: Programme, club: str, language: str) -> str:
    """A club's name; its id where this store does not know it."""
    found = programme.find(club)
    return found.name(language) if found else club


def _coupon(coupon: Coupon, place: Place) -> CouponShown:
    campaign = campaign_of(coupon.campaign)
    offer, title = offer_label(campaign, place.speech(), place.language), offer_title(campaign.names, place.language)
    name = "" if title in offer else title
    # The last day on which it is worth something.
    until = "" if coupon.expires_at is None else place.day(coupon.expires_at - 1)
    return CouponShown(offer, name, until, coupon.state == State.RESERVED)


def _club(
    number: int, club: str, programme: Programme, member: bool, consents: Sequence[ConsentState], place: Place
) -> ClubShown:
    known, told = programme.find(club), {one.purpose: one for one in consents if one.club == club}
    asked = {one.purpose.value: one for one in known.asks} if known and member else {}
    shown = [_consent(asked.get(purpose), told.get(purpose), place) for purpose in dict.fromkeys([*told, *asked])]
    return ClubShown(number, club, club_name(programme, club, place.language), member, tuple(filter(None, shown)))


def _consent(asked: ConsentText | None, told: ConsentState | None, place: Place) -> ConsentShown | None:
    """What was agreed to, as it was shown then; what may be agreed to, as it reads today."""
    if told is not None and (told.granted or asked is None):
        return ConsentShown(told.purpose, told.granted, told.text, told.language, place.day(told.at))
    if asked is None:
        return None
    text, since = asked.text(place.language), place.day(told.at) if told else ""
    digest = text_digest(text)
    return ConsentShown(asked.purpose.value, False, text, asked.language(place.language), since, digest)


@cache
def _offer_words() -> OfferWords:
    return OfferWords.load()

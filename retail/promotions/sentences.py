"""Offers and hints as sentences that a shopper understands, made from what the campaign does, not from a feed's words.

The words are those of `retail/promotions/words/`, one catalogue a language; whoever reads them fills in a `Speech`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final
from unicodedata import east_asian_width

from retail.promotions.campaign import Campaign, Hours, Kind
from retail.promotions.goods import Hint
from retail.promotions.mechanics import mechanics
from retail.promotions.speech import Speech

MEMBER: Final = "member"  # the shop's own club
_KNOWN_WAYS: Final = frozenset({"card", "wallet", "wechat", "alipay"})
_BY_PIECE: Final = frozenset({Kind.SPECIAL_PRICE, Kind.PERCENT, Kind.TIERS})  # their uses are pieces
_RUN: Final = 3  # so many days in a row are written from the first to the last
_DAY: Final = 1440
_LONGEST_TITLE: Final = 24  # columns: what the offer gives must not be pushed out of sight


def offer_sentence(campaign: Campaign, speech: Speech, *, price: int | None = None, kg: bool = False) -> str:
    """What an offer gives and on what conditions: 'Any 2 for ¥10.00 (members only, Sat, Sun)'.

    `price` is what these goods cost by it, where the campaign has no one price for all; `kg`: goods sold by weight.
    """
    conditions = list(_conditions(campaign, speech))
    clause = _clause(campaign, speech, price, kg=kg)
    if conditions:
        clause = speech.say("conditional", offer=clause, conditions=speech.join(conditions))
    return _begun(clause)


def offer_label(
    campaign: Campaign, speech: Speech, language: str, *, price: int | None = None, kg: bool = False
) -> str:
    """What a discount is called that was given, its conditions being met: 'Milk week: any 2 for ¥22.00'.

    The shop's own name comes first where it is one that the shopper can read, and short. A name with figures is the
    same sentence in other words, often those of a feed: it is left out.
    """
    clause = _clause(campaign, speech, price, kg=kg)
    title = offer_title(campaign.names, language).strip()
    figures = any(sign.isdigit() for sign in title)
    if not title or figures or _columns(title) > _LONGEST_TITLE or title.casefold() in clause.casefold():
        return _begun(clause)
    return speech.say("titled", title=title, offer=clause)


def is_off_the_basket(campaign: Campaign) -> bool:
    """Whether it takes something off a sum: that is said once for the basket, as its parts tell a shopper nothing."""
    return campaign.terms.kind is Kind.BASKET and not campaign.terms.counts


def offer_title(names: Mapping[str, str], language: str) -> str:
    """The shop's own name of an offer in the shopper's language; empty where it has none that the shopper can read."""
    base = language.partition("-")[0]
    return names.get(language) or ("" if base == "zh" else names.get(base, ""))


def hint_lead(hint: Hint, speech: Speech) -> str:
    """What to do, and what it saves: 'Add 1 more and save ¥3.60'."""
    saving = speech.money(hint.saving_minor)
    if hint.way:
        return speech.say("hint.way", way=_way(hint.way, speech), saving=saving)
    if hint.club:
        return speech.say("hint.member" if hint.club == MEMBER else "hint.club", saving=saving)
    if hint.grams:
        return speech.say("hint.grams", weight=speech.weight(hint.grams), saving=saving)
    if hint.amount_minor:
        return speech.say("hint.amount", amount=speech.money(hint.amount_minor), saving=saving)
    goes_with = hint.group or hint.campaign.terms.kind in {Kind.MIX_AND_MATCH, Kind.BUY_A_GET_B}
    return speech.say("hint.other_pieces" if goes_with else "hint.pieces", n=hint.pieces, saving=saving)


def hint_sentence(hint: Hint, speech: Speech) -> str:
    """The hint with the offer that it is about: 'Add 1 more and save ¥3.60: any 2 for ¥22.00'."""
    offer = _clause(hint.campaign, speech, None, kg=bool(hint.grams))
    return speech.say("titled", title=hint_lead(hint, speech), offer=offer)


def _clause(campaign: Campaign, speech: Speech, price: int | None, *, kg: bool) -> str:
    """What it gives, as it begins inside a sentence."""
    terms = campaign.terms
    if terms.price is None and price is not None:
        terms = replace(terms, price=price)
    return mechanics(terms, speech, kg=kg, member=_is_member_price(campaign))


def _is_member_price(campaign: Campaign) -> bool:
    """Whether the clause says of itself that it is for members."""
    terms = campaign.terms
    plain = terms.kind is Kind.SPECIAL_PRICE and terms.quantity <= 1 and not terms.grams
    return plain and campaign.clubs == (MEMBER,)


def _conditions(campaign: Campaign, speech: Speech) -> Iterator[str]:
    if campaign.clubs and not _is_member_price(campaign):
        yield speech.say("members" if MEMBER in campaign.clubs else "clubs")
    if campaign.coupon:
        yield speech.say("own_coupon" if campaign.personal else "coupon")
    if campaign.terms.kind is Kind.BASKET and not campaign.everything:
        yield speech.say("selected")
    if campaign.ways:
        yield speech.say("ways", ways=speech.join((_way(way, speech) for way in campaign.ways), "or"))
    yield from _times(campaign, speech)
    yield from _limits(campaign, speech)
    if campaign.points:
        yield speech.say("points", n=campaign.points)


def _times(campaign: Campaign, speech: Speech) -> Iterator[str]:
    when = campaign.when
    if when.weekdays and set(when.weekdays) != set(range(7)):
        yield speech.join(_days(sorted(set(when.weekdays)), speech), "days")
    if when.hours:
        yield speech.join((_hours(hours, speech) for hours in when.hours), "days")


def _days(days: list[int], speech: Speech) -> Iterator[str]:
    """'Mon–Fri' for a run, else each for itself."""
    while days:
        run = 1
        while run < len(days) and days[run] == days[0] + run:
            run += 1
        names = [speech.say(f"weekday.{day}") for day in days[:run]]
        if run >= _RUN:
            yield speech.say("span", first=names[0], last=names[-1])
        else:
            yield from names
        days = days[run:]


def _hours(hours: Hours, speech: Speech) -> str:
    return speech.say("span", first=_clock(hours.begins), last=_clock(hours.ends))


def _clock(minute: int) -> str:
    hour, rest = (24, 0) if minute == _DAY else divmod(minute % _DAY, 60)
    return f"{hour}:{rest:02d}"


def _limits(campaign: Campaign, speech: Speech) -> Iterator[str]:
    terms = campaign.terms
    gift = terms.kind is Kind.BASKET and bool(terms.counts)
    what = "items" if gift or terms.kind in _BY_PIECE else "times"
    at_most_once = terms.kind is Kind.BASKET and not (terms.repeat or gift)
    if campaign.per_receipt is not None and not at_most_once:
        yield speech.say(f"receipt_{what}", n=campaign.per_receipt)
    if campaign.per_member is not None:
        yield speech.say(f"person_{what}", n=campaign.per_member)


def _way(way: str, speech: Speech) -> str:
    return speech.say(f"way.{way}") if way in _KNOWN_WAYS else way


def _begun(clause: str) -> str:
    return clause[:1].upper() + clause[1:]


def _columns(text: str) -> int:
    """How wide a text is set; a Chinese character takes two columns."""
    return sum(2 if east_asian_width(sign) in {"W", "F"} else 1 for sign in text)

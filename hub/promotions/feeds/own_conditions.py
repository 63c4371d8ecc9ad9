"""For whom, when, where and how often a campaign of our own holds, and what it stands beside."""

from __future__ import annotations

import re
from typing import Any, Final

from hub.imports.errors import RowRefused
from hub.pricing import ANY_CHANNEL, CHANNELS
from hub.promotions.feeds.own_cells import Cells, unknown_word
from hub.rules_file import moment_of
from hub.shops import Shop
from retail.promotions.campaign import Hours, Share, When

SHARED: Final = (
    "valid_from", "valid_until", "weekdays", "hours", "clubs", "member", "ways", "channels", "stores", "funding",
)  # fmt: skip
CONDITIONS: Final = (
    *SHARED, "coupon", "single", "personal", "per_receipt", "per_member", "layer", "stack", "alone", "exclusive_group",
    "points",
)  # fmt: skip
MEMBER: Final = "member"  # the shop's own club
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS: Final = {word: number for words in (_DAYS, _LONG) for number, word in enumerate(words)}
_HOURS: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", re.ASCII)
_MINUTES_PER_DAY: Final = 1440
_MOST_USES: Final = 10_000
_MOST_LAYERS: Final = 9
_MOST_POINTS: Final = 1_000_000
_ALL_BP: Final = 10_000
_LONGEST: Final = 64
_LANE_CHANNELS: Final = tuple(one for one in CHANNELS if one != ANY_CHANNEL)


def conditions_of(cells: Cells, shop: Shop) -> dict[str, Any]:
    """Fields of a Campaign."""
    return {
        "when": _when(cells, shop),
        **_shopper(cells),
        "channels": _channels(cells),
        "stores": cells.texts("stores"),
        "per_receipt": _uses(cells, "per_receipt"),
        "per_member": _uses(cells, "per_member"),
        "layer": _layer(cells),
        "alone": cells.flag("alone"),
        "group": _word(cells, "exclusive_group"),
        "funding": _funding(cells),
        "points": cells.whole("points", least=0, most=_MOST_POINTS) if cells.has("points") else 0,
    }


def _when(cells: Cells, shop: Shop) -> When:
    begins = moment_of(cells.text("valid_from"), lambda: shop.zone, end=False)
    ends = moment_of(cells.text("valid_until"), lambda: shop.zone, end=True)
    if begins is not None and ends is not None and ends <= begins:
        raise RowRefused("bad_validity", "its valid_until is not after its valid_from; swap them")
    days = [_weekday(word) for word in cells.texts("weekdays")]
    return When(begins, ends, tuple(sorted(set(days))), tuple(_hours(one) for one in _spans(cells)))


def _weekday(text: str) -> int:
    word = text.lower().rstrip(",")
    if word not in _WEEKDAYS:
        raise unknown_word("weekday", text, _DAYS)
    return _WEEKDAYS[word]


def _spans(cells: Cells) -> tuple[str, ...]:
    value = cells.texts("hours", ";")
    return tuple(part for one in value for part in ([one] if _HOURS.fullmatch(one) else one.replace(",", " ").split()))


def _hours(text: str) -> Hours:
    match = _HOURS.fullmatch(text)
    begins, ends = (_minute(match[1], match[2]), _minute(match[3], match[4])) if match else (-1, -1)
    if begins < 0 or ends < 0 or begins in {ends, _MINUTES_PER_DAY}:
        raise RowRefused("bad_hours", f"its hours {text!r} are none; write them as '17:00-19:00'")
    return Hours(begins, ends)


def _minute(hour: str, minute: str) -> int:
    """Minutes since midnight, or -1 if the clock has no such time; 24:00 is the end of the day."""
    found = int(hour) * 60 + int(minute)
    return found if int(minute) < 60 and found <= _MINUTES_PER_DAY else -1  # noqa: PLR2004 - minutes of an hour


def _shopper(cells: Cells) -> dict[str, Any]:
    clubs = cells.texts("clubs")
    if cells.flag("member") and MEMBER not in clubs:
        clubs = (*clubs, MEMBER)
    coupon, single, personal = _word(cells, "coupon"), cells.flag("single"), cells.flag("personal")
    if (single or personal) and not coupon:
        key = "single" if single else "personal"
        raise RowRefused("bad_coupon", f"its {key} goes with a coupon; write the coupon's code")
    if "*" in coupon[:-1] or coupon == "*":
        raise RowRefused("bad_coupon", f"its coupon {coupon!r} may have a * at its end only, after a beginning")
    return {
        "clubs": clubs,
        "coupon": coupon,
        "coupon_single": single,
        "personal": personal,
        "ways": tuple(word.lower() for word in cells.texts("ways")),
    }


def _channels(cells: Cells) -> tuple[str, ...]:
    found = tuple(word.lower() for word in cells.texts("channels"))
    for word in found:
        if word not in CHANNELS:
            raise unknown_word("channel", word, _LANE_CHANNELS)
    return () if ANY_CHANNEL in found else found


def _uses(cells: Cells, key: str) -> int | None:
    return cells.whole(key, least=1, most=_MOST_USES) if cells.has(key) else None


def _layer(cells: Cells) -> int:
    """`stack`: on top of all that does not stack; `layer` says which comes first of several that do."""
    stack = cells.flag("stack")
    layer = cells.whole("layer", least=0, most=_MOST_LAYERS) if cells.has("layer") else int(stack)
    if stack and layer == 0:
        raise RowRefused(
            "bad_layer", "it stacks and is of layer 0, which is what others stack on; write layer 1 or more"
        )
    return layer


def _word(cells: Cells, key: str) -> str:
    text = cells.text(key)
    if len(text) > _LONGEST or not text.isprintable():
        raise RowRefused(
            f"bad_{key}", f"its {key} {text[:_LONGEST]!r} is longer than {_LONGEST} signs or not printable"
        )
    return text


def _funding(cells: Cells) -> tuple[Share, ...]:
    shares = []
    for payer, value in cells.pairs("funding"):
        if not payer:
            raise RowRefused("bad_funding", f'its funding {value!r} names nobody; write it as {{ "Brand" = 50 }}')
        shares.append(Share(payer, Cells({"funding": value}, cells.amounts).percent("funding")))
    if sum(share.share_bp for share in shares) > _ALL_BP:
        raise RowRefused("bad_funding", "the shares of its funding are more than 100 % together")
    return tuple(shares)

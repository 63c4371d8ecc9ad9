"""Rules between application identifiers: what contradicts itself, and what lacks its partner.

From GS1's syntax dictionary (ref.gs1.org, keys `ex` and `req`), of the AIs that a shop's goods, vouchers and
deliveries carry; rules of transport, health care and payment slips are left out, as they change nothing at a lane.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from retail.gs1 import Pairs

_GOODS: Final = ("01", "02", "8006", "8026")
_MEASURES: Final = ("30", "31", "32", "35", "36")
# An AI, and those that must not stand beside it.
_EXCLUDES: Final = {
    "01": ("02", "255", "37"),
    "21": ("235",),
    "255": ("02", "415", "8006", "8020", "8026"),
    "8006": ("01", "37"),
    "8026": ("02", "8006"),
    "390": ("391", "394", "8111"),
    "392": ("393",),
    "394": ("8111",),
    "395": ("392", "393", "8005"),
    "8017": ("8018",),
}
# An AI, and of each group the ones of which it needs one.
_NEEDS: Final = {
    "02": (("37",),),
    "37": (("00",), ("02", "8026")),
    "10": (_GOODS,),
    "11": (_GOODS,),
    "13": (_GOODS,),
    "15": (_GOODS,),
    "16": (_GOODS,),
    "17": ((*_GOODS, "255"),),
    "21": (("01", "03", "8006"),),
    "22": (("01",),),
    "235": (("01",),),
    "250": (("01", "8006"), ("21",)),
    "254": (("414",),),
    "30": (("01", "02"),),
    "310": (("01", "02"),),
    "320": (("01", "02"),),
    "392": (("01",), _MEASURES),
    "393": (_MEASURES,),
    "394": (("255",),),
    "395": (_MEASURES,),
    "8005": (("01", "02"),),
    "8011": (("8010",),),
    "8020": (("415",),),
    "8111": (("255",),),
    "8200": (("01",),),
    "8030": (("00", "21", "253", "255", "8003", "8004", "8011", "8017", "8018"),),
}
# A signature (8030) needs a key that names one single thing: longer than the key alone.
_SERIALISED: Final = {"253": 13, "255": 13, "8003": 14}


def contradictions(pairs: Pairs) -> Iterator[str]:
    """AIs that say two things: twice with two values, in two units at once, or beside one that excludes it."""
    values: dict[str, str] = {}
    for identifier, value in pairs:
        if values.setdefault(identifier, value) != value:
            yield identifier
    families: dict[str, str] = {}
    for identifier in values:
        # 3102 and 3103 would be two net weights; the last digit is where the point stands.
        if identifier[0] == "3" and families.setdefault(identifier[:3], identifier) != identifier:
            yield identifier
        excluded = _EXCLUDES.get(_family(identifier), ())
        if excluded and any(other.startswith(excluded) for other in values):
            yield identifier


def lacking(pairs: Pairs) -> Iterator[str]:
    """AIs that mean nothing without another one, which is not there."""
    values = dict(pairs)
    for identifier in values:
        for group in _NEEDS.get(_family(identifier), ()):
            if not any(other.startswith(group) for other in values if other != identifier):
                yield identifier
    if "8030" in values and any(len(values.get(key, "")) == length for key, length in _SERIALISED.items()):
        yield "8030"


def _family(identifier: str) -> str:
    """Four-digit AIs of amounts have their point in the last digit, which no rule asks for."""
    return identifier[:3] if identifier[0] == "3" else identifier

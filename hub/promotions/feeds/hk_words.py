"""What an offer of a Hong Kong supermarket says, from its wording alone: English, Traditional or Simplified Chinese.

A wording is understood as a whole or not at all; there is no guessing at what stands between known words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from retail.promotions.campaign import Kind, Terms

Match = re.Match[str]

_ALL_BP: Final = 10_000
_TEN: Final = 10
_LONGEST: Final = 200  # the longest of 6,300 has 97 signs; each is tried from every sign on
_DIGITS: Final = str.maketrans("一二兩三四五六七八九", "1223456789")
# The words of offers in Simplified characters as they are in Traditional ones, each sign for one.
_TRADITIONAL: Final = str.maketrans("买拣选悭节减优价费钱两个购满产线请输", "買揀選慳節減優價費錢兩個購滿產線請輸")

_N: Final = r"(?P<n>\d{1,3}|[一二兩三四五六七八九十])"
_M: Final = r"(?P<m>\d{1,2}|[一二兩三四五])"
_X: Final = r"(?:hk)?\$(?P<x>\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,6}(?:\.\d{1,2})?)"
_P: Final = r"(?P<p>\d{1,3}(?:\.\d{1,2})?)%\s*"
_FOLD: Final = r"(?P<fold>\d{1,2}(?:\.\d{1,2})?|[一二三四五六七八九]{1,2})折(?:優惠)?"  # what is left to pay, in tenths
_PC: Final = "[件個]"
_OFF: Final = rf"(?:{_P}(?:折扣|off)|{_FOLD})"
_OFF_OR_HALF: Final = rf"(?:{_P}(?:折扣|off)|{_FOLD}|(?P<half>半價))"
_PICK: Final = "(?:任揀|任選|任購|任何|任意)"
_BUY: Final = f"(?:買滿|購滿|購買|買|{_PICK})"
_ITEMS: Final = r"(?: ?(?:item\(s\)|items?|pcs?|pieces?))?"
_SECOND: Final = r"(?P<nth>2nd|second|3rd|third)(?: (?:item|pc|piece))?"
_NTH: Final = {"2nd": 2, "second": 2, "3rd": 3, "third": 3}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a wording says. `of`: words for the goods beside it, such as 精選護膚產品; empty if it names none."""

    terms: Terms
    of: str = ""


def read_offer(text: str) -> Reading | None:
    """One offer's wording; None if it is not understood."""
    if len(text) > _LONGEST:
        return None
    plain = plain_words(text)
    terms = _whole(plain)
    if terms is not None:
        return Reading(terms)
    return next(_beside_goods(plain), None)


def plain_words(text: str) -> str:
    """Words in one form: small letters, signs of half width, and Traditional characters for those of offers."""
    plain = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL).lower()
    return " ".join(plain.split()).rstrip(" .。!")


def offers_in(text: str) -> list[str]:
    """The offers of one text: ' / ' parts them; what is left empty, as after 'Buy 2 item(s) for $12.00 /', is none."""
    return [part for part in re.split(r"\s+[/／]\s*|[/／]\s+|[/／]$", text.strip()) if part.strip()]


def _whole(plain: str) -> Terms | None:
    compact = plain.replace(" ", "")
    for form, meaning in _FORMS:
        match = form.fullmatch(plain) or form.fullmatch(compact)
        if match is not None:
            return meaning(match)
    return None


def _beside_goods(plain: str) -> Iterator[Reading]:
    """Readings of a wording that names goods before, after or within it."""
    for form in _OF_GOODS:
        match = form.fullmatch(plain)
        if match is not None and (terms := _percent(match)) is not None:
            yield Reading(terms, match["of"].strip())
    for place in range(1, len(plain)):
        if not _cuts_a_word(plain, place) and (terms := _whole(plain[place:].strip())) is not None:
            yield Reading(terms, plain[:place].strip())
    for place in range(len(plain) - 1, 0, -1):
        if not _cuts_a_word(plain, place) and (terms := _whole(plain[:place].strip())) is not None:
            yield Reading(terms, plain[place:].strip())


def _cuts_a_word(plain: str, place: int) -> bool:
    """Whether a cut there leaves other words than were written: '12件' is no '2件', 'x2' no '2', '第2件' no '2件'."""
    before, after = plain[place - 1], plain[place]
    if before in "第每十一二兩三四五六七八九" or (before.isdigit() and after in ".,%"):
        return True
    return before in "$.,+%" or (before.isascii() and before.isalnum() and after.isascii() and after.isalnum())


def _number(text: str) -> int:
    return _TEN if text == "十" else int(text.translate(_DIGITS))


def _minor(text: str) -> int | None:
    """Cents; None for nothing."""
    return int(Decimal(text.replace(",", "")) * 100) or None


def _off_bp(match: Match) -> int | None:
    """What comes off: '20%折扣' is 20 %, '8折' and '80折' leave 80 %; None where that is nothing or more than all."""
    found = match.groupdict()
    if found.get("half"):
        return _ALL_BP // 2
    if found.get("p"):
        off = Decimal(found["p"])
    else:
        left = Decimal(found["fold"].translate(_DIGITS))
        if left in {0, _TEN}:
            return None
        off = 100 - (left * 10 if left < _TEN else left)
    basis_points = off * 100
    return int(basis_points) if 0 < basis_points <= _ALL_BP and basis_points == int(basis_points) else None


def _n_for_x(match: Match) -> Terms | None:
    pieces, price = _number(match["n"]), _minor(match["x"])
    if price is None or pieces < 1:
        return None
    return Terms(Kind.SPECIAL_PRICE, price=price) if pieces == 1 else Terms(Kind.N_FOR_X, pieces, price=price)


def _each(match: Match) -> Terms | None:
    price = _minor(match["x"])
    pieces = _number(match.groupdict().get("n") or "1")
    return None if price is None or pieces < 1 else Terms(Kind.SPECIAL_PRICE, pieces, price=price)


def _n_save_x(match: Match) -> Terms | None:
    pieces, off = _number(match.groupdict().get("n") or "1"), _minor(match["x"])
    return None if off is None or pieces < 1 else Terms(Kind.N_SAVE_X, pieces, off=off)


def _percent(match: Match) -> Terms | None:
    pieces, off = _number(match.groupdict().get("n") or "1"), _off_bp(match)
    return None if off is None or pieces < 1 else Terms(Kind.PERCENT, pieces, percent_bp=off)


def _nth(match: Match) -> Terms | None:
    """The second at half its price, for a dollar; or one more for a dollar, which is the same."""
    word = match.groupdict().get("nth") or "2"
    pieces = _NTH.get(word) or _number(word)
    if pieces < 2:  # noqa: PLR2004 - the first is no nth
        return None
    if match.groupdict().get("x"):
        price = _minor(match["x"])
        return None if price is None else Terms(Kind.NTH_ITEM, pieces, price=price)
    off = _off_bp(match)
    return None if off is None else Terms(Kind.NTH_ITEM, pieces, percent_bp=off)


def _n_plus_m(match: Match) -> Terms | None:
    paid, free = _number(match["n"]), _number(match["m"])
    in_basket = match.groupdict().get("all")
    if not paid or not free or (in_basket and int(in_basket) != paid + free):
        return None
    return Terms(Kind.N_PLUS_M, paid, free=free, dearest=match.groupdict().get("who") == "高")


def _of_which_free(match: Match) -> Terms | None:
    """'任揀3件，其中1件免費(優先送最高價錢)': three are in the basket, and the dearest of them is free."""
    pieces, free = _number(match["n"]), _number(match["m"])
    if not 0 < free < pieces:
        return None
    return Terms(Kind.N_PLUS_M, pieces - free, free=free, dearest=match["who"] in {"高", "most expensive"})


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[Match], Terms | None]], ...]] = tuple(
    (re.compile(form), meaning)
    for form, meaning in (
        # $16任揀2件; $10/2件; 買2件$29.90; 買2件只需$14
        (rf"{_X}(?:{_PICK}|買|/){_N}{_PC}", _n_for_x),
        (rf"{_BUY}?{_N}{_PC},?(?:只需|只售|共|共售|特價|優惠價)?{_X}", _n_for_x),
        (rf"(?:buy )?(?:any )?{_N}{_ITEMS} (?:for|at) {_X}", _n_for_x),
        # 買3件每件$10
        (rf"{_BUY}?{_N}{_PC}(?:或以上)?,?每{_PC}(?:只需|只售)?{_X}", _each),
        (rf"(?:buy )?{_N}{_ITEMS}(?: or more)? (?:for|at) {_X} each", _each),
        (rf"(?:特價|優惠價|special price:? ?){_X}", _each),
        # 買2件慳$4.00
        (rf"{_BUY}?{_N}{_PC},?(?:或以上)?(?:可|即|立)?(?:慳|節省|減){_X}", _n_save_x),
        (rf"(?:即|立)?(?:慳|節省|減){_X}", _n_save_x),
        (rf"{_X} off", _n_save_x),
        (rf"(?:buy {_N}{_ITEMS},? (?:to |and )?)?save {_X}", _n_save_x),
        (rf"buy {_N}{_ITEMS},? (?:to |and )?get {_X} off", _n_save_x),
        # 買2件享10%折扣; 買2件或以上75折; 9.00折
        (rf"{_BUY}?{_N}{_PC}(?:或以上)?,?(?:可|即)?(?:享)?{_OFF}", _percent),
        (rf"buy {_N}{_ITEMS}(?: or more)?(?: to get| and get| get|,)? ?{_P}off", _percent),
        (rf"{_N} (?:or more|for) ?{_P}off", _percent),
        (rf"(?:buy {_N}{_ITEMS}(?: or more)?,? (?:to |and )?)?save {_P}", _percent),
        (_OFF_OR_HALF, _percent),
        (r"(?P<half>half price)", _percent),
        # 第2件半價; 買第二件享50%折扣; 買第2件$1; 加$1多1件
        (
            rf"(?:買[1一2二兩]{_PC},?)?買?第(?P<nth>[二三四2-4]){_PC},?(?:可|即)?(?:享|只需)?(?:{_OFF_OR_HALF}|{_X})",
            _nth,
        ),
        (rf"(?:加|\+){_X}多[一1]{_PC}", _nth),
        (rf"(?:buy )?{_SECOND} (?:(?:for|at) )?(?:{_P}off|(?P<half>half price)|{_X})", _nth),
        (rf"{_P}(?:off )?for {_SECOND}", _nth),
        (rf"buy 1 get (?:1|{_SECOND}) (?:at |for )?(?:{_P}off|(?P<half>half price))", _nth),
        # 買2送1; 買1送1, with (請輸入2件) and (送價低者) after it
        (
            rf"買{_N}{_PC}?送{_M}{_PC}?(?:\(請輸入(?P<all>\d{{1,2}}){_PC}\))?(?:\(送價(?P<who>[低高])者\))?",
            _n_plus_m,
        ),
        (rf"buy {_N}{_ITEMS},? get {_M}{_ITEMS} free", _n_plus_m),
        (rf"{_PICK}{_N}{_PC},?其中{_M}{_PC}免費(?:\(優先送最(?P<who>[低高])價錢\))?", _of_which_free),
        (
            rf"add {_N}{_ITEMS} to cart and get {_M} free ?(?:\(free the (?P<who>most expensive|cheapest) one\))?",
            _of_which_free,
        ),
    )
)
_OF_GOODS: Final = tuple(
    re.compile(form)
    for form in (
        rf"(?P<of>.+?) ?x{_N}, ?{_P}off",
        rf"purchase {_N} ?(?:pcs?|pieces?|items?) of (?P<of>.+?),? (?:can )?enjoy {_P}off",
    )
)

"""Offers of Hong Kong's supermarkets as campaigns, from the Online Price Watch: what its wordings say, and no more.

Each of the three languages is read by itself, and what is read must be the same: docs/promotion-feeds.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from hub.imports.errors import ImportRefused
from hub.imports.hk import CURRENCY
from hub.imports.hk_file import WatchedProduct, chosen_chain, read_watched
from hub.promotions.feeds.hk_words import Reading, offers_in, plain_words, read_offer
from hub.promotions.feeds.reader import FeedOptions, Understood
from hub.promotions.found import Found, Named, NotUnderstood
from hub.shops import Shop
from retail.promotions.campaign import Campaign, Kind, Terms

UNKNOWN: Final = "wording_unknown"
DISAGREE: Final = "languages_disagree"
SELECTION: Final = "selection_not_listed"
_SELECTED: Final = re.compile(
    r"(?:sel|selected|any|all)\b.*|(?:全線|精選|指定).*|.*(?:產品|系列)|.*\b(?:full range|products?|items?)"
)
_GOODS: Final = re.compile(r"全線.*產品|精選.*產品|.+\b(?:products?|items?)")  # no 'selected credit cards'
_EXCEPT: Final = re.compile(r"exclu|except|不包括|除外")
_NO_LETTERS: Final = re.compile(r"[\W_]+")

Texts = Mapping[str, str]


def read_hk(path: Path, shop: Shop, options: FeedOptions) -> Iterator[Understood]:
    """The offers of one chain, product by product. Raises ImportRefused for another file, FeedStoreNeeded."""
    if shop.currency != CURRENCY:
        raise ImportRefused(f"{path}: its offers are in {CURRENCY}, the store sells in {shop.currency}")
    products = read_watched(path)
    chain = chosen_chain(path, products, options.feed_store)
    return (found for product in products for found in _of_product(product, chain))


def _of_product(product: WatchedProduct, chain: str) -> Iterator[Understood]:
    number, seen = 0, set[Terms]()
    for offer in product.offers:
        if offer.chain != chain:
            continue
        for texts in _parted(offer.texts):
            number += 1
            id_ = f"{chain.lower()}-{product.code}" + (f"#{number}" if number > 1 else "")
            found = _understood(product, id_, texts)
            if isinstance(found, Found):
                if found.campaign.terms in seen:
                    continue  # the same offer twice is one
                seen.add(found.campaign.terms)
            yield found


def _parted(texts: Texts) -> Sequence[Texts]:
    """The offers of a text one by one, each in its languages; the text as it is where they are not equally many."""
    parts = {tag: offers_in(text) for tag, text in texts.items()}
    if {len(found) for found in parts.values()} != {len(next(iter(parts.values()), ()))} or not all(parts.values()):
        return [texts]
    return [dict(zip(parts, one, strict=True)) for one in zip(*parts.values(), strict=True)]


def _understood(product: WatchedProduct, id_: str, texts: Texts) -> Understood:
    readings = {tag: _of_the_product_itself(read_offer(text), product) for tag, text in texts.items()}
    place, said = f"product {product.code}", " | ".join(texts.values())

    def refused(reason: str, why: str) -> NotUnderstood:
        return NotUnderstood(product.number, place, id_, said, reason, why)

    if any(len(offers_in(text)) > 1 for text in texts.values()):
        return refused(DISAGREE, "its languages have not equally many offers")
    unread = [tag for tag, reading in readings.items() if reading is None]
    found = [reading for reading in readings.values() if reading is not None]
    if unread or not found:
        return refused(UNKNOWN, f"its wording in {', '.join(unread) or 'all languages'} is not known")
    terms = found[0].terms
    if any(reading.terms != terms for reading in found):
        return refused(DISAGREE, "its languages say different things: " + _differences(readings))
    beside = [reading.of for reading in found if reading.of]
    if beside and not any(_SELECTED.fullmatch(words) for words in beside):
        return refused(UNKNOWN, f"its words {beside[0]!r} are not known")
    if beside and not _for_each_by_itself(terms, beside, said):
        return refused(SELECTION, f"it is for {beside[0]!r}, and the feed does not say which products these are")
    campaign = Campaign(id=id_, terms=terms, names=dict(texts))
    remarks = (("selection", f"one piece of {beside[0]!r} is enough, so it holds for this product"),) if beside else ()
    return Found(product.number, place, campaign, (Named(codes=(product.code,)),), text=said, remarks=remarks)


def _for_each_by_itself(terms: Terms, beside: Sequence[str], said: str) -> bool:
    """Whether an offer for a selection holds for a product whatever else is in it: one piece is enough, none is out."""
    one = terms.kind in {Kind.PERCENT, Kind.SPECIAL_PRICE, Kind.N_SAVE_X} and terms.quantity == 1
    return one and all(_GOODS.fullmatch(words) for words in beside) and _EXCEPT.search(said.casefold()) is None


def _of_the_product_itself(reading: Reading | None, product: WatchedProduct) -> Reading | None:
    """The reading without the words for its goods, if these are the product's own brand and name."""
    if reading is None or not reading.of:
        return reading
    named = {_letters(f"{brand}{name}") for name in product.name.values() for brand in ("", *product.brand.values())}
    return Reading(reading.terms) if _letters(reading.of) in named else reading


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", plain_words(text))


def _differences(readings: Mapping[str, Reading | None]) -> str:
    return "; ".join(f"{tag} {_short(reading.terms)}" for tag, reading in readings.items() if reading is not None)


def _short(terms: Terms) -> str:
    amounts = {"price": terms.price, "off": terms.off, "percent": terms.percent_bp}
    said = [f"{name} {value // 100}.{value % 100:02d}" for name, value in amounts.items() if value is not None]
    return " ".join([f"{terms.kind} {terms.quantity}", *said, *([f"free {terms.free}"] if terms.free else [])])

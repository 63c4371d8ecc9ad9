"""What a shopper may type to find loose goods: names, pinyin in full and by initials, numbers."""

from __future__ import annotations

from retail.product import Product


def search_terms(product: Product) -> tuple[str, ...]:
    """Lower-case terms of a product, each once. The screen looks for what is typed anywhere inside a term."""
    terms: dict[str, None] = {}
    for language, name in product.names.items():
        terms[name.lower()] = None
        if language.split("-", maxsplit=1)[0] == "zh":
            terms.update(dict.fromkeys(_pinyin(name)))
    terms.update(dict.fromkeys(text.lower() for text in (product.plu, product.sku)))
    return tuple(term for term in terms if term)


def _pinyin(name: str) -> tuple[str, str]:
    # Its tables take 0.3 s to load: only for a list that has Chinese loose goods.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    full = "".join(lazy_pinyin(name)).lower()
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
    return full.replace(" ", ""), initials.replace(" ", "")

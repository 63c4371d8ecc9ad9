"""What an import changes, in words: counts and the first examples of each kind."""

from __future__ import annotations

from typing import Any

from hub.cli.amounts import plain_amount
from hub.plausibility import Difference


def difference_text(difference: Difference, currency: str) -> str:
    """Lines for people; amounts are in the store's currency."""
    one = difference
    lines = [f"  {one.before:,} products before, {one.after:,} after: {one.added:,} new, {one.gone:,} gone"]
    lines.append(f"  list prices that move: {one.moved:,}; prices that double or fall under half: {one.moved_far:,}")
    if one.offers_before or one.offers_added:
        changes = f"{one.offers_added:,} new, {one.offers_gone:,} gone, {one.offers_changed:,} changed"
        lines.append(f"  {one.offers_before:,} offers before: {changes}")
    for kind in ("gone", "added", "moved"):
        lines += [f"    {kind:<6}{_example(example, currency)}" for example in one.examples.get(kind, ())]
    return "\n".join(lines)


def _example(example: dict[str, Any], currency: str) -> str:
    text = f"{example['code'] or example['sku']}  {example['name']}"
    if "from_minor" in example:
        text += f": {plain_amount(example['from_minor'], currency)} -> {plain_amount(example['to_minor'], currency)}"
    return text

"""What is asked of a source's rules, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.plausibility import Difference
from hub.pricing import Rule
from hub.scopes import Scope

Placed = tuple[int, Rule]  # a product and a rule of it; a rule that is not stored yet has the id 0


@dataclass(frozen=True, slots=True)
class RulesOrder:
    """Rules that are to stand in place of a source's own; `scope`, if given, leaves those of other scopes alone.

    `change` is the number of the change; `approved_by` names the person who lets it through whatever speaks against it.
    """

    source: str
    rules: Sequence[Placed]
    change: int
    at: int
    scope: Scope | None = None
    dry_run: bool = False
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class RulesReport:
    """What became of a source's rules. `differences` and `currencies` are by store, of those concerned."""

    source: str
    rules: int
    added: int = 0
    removed: int = 0
    products: int = 0
    differences: dict[str, Difference] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)
    objections: list[str] = field(default_factory=list)
    dry_run: bool = False
    approved_by: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "source": self.source,
            "rules": self.rules,
            "added": self.added,
            "removed": self.removed,
            "products": self.products,
            "differences": {store: one.as_dict() for store, one in self.differences.items()},
            "objections": self.objections,
            "dry_run": self.dry_run,
            "approved_by": self.approved_by,
        }

"""Puts the rules of one source in place, inside a transaction: writes what differs, judges what it does to prices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from hub.changes import log_touched
from hub.errors import ImplausibleImport
from hub.limits_store import read_limits
from hub.plausibility import Difference, objections
from hub.price_effects import PriceEffects, RuleChange
from hub.pricing import Rule
from hub.rule_orders import Placed, RulesOrder, RulesReport
from hub.rule_rows import chunks, rule_values, rules_from
from hub.scopes import ALL, Scope
from hub.shops import Shops, read_shops
from hub.tables import IMPORT_LOG, PRICE_RULE

_AFTER_ALL: Final = 2**62  # rules that are to be written are later than all that are


def replace_rules(connection: Connection, order: RulesOrder) -> RulesReport:
    """Write the difference between the source's rules and the order's; rules that stay keep their id, and their age.

    Raises ImplausibleImport before it writes. After a dry run it has written: the caller rolls back.
    """
    stored = [one for one in rules_from(connection, order.source) if order.scope in {None, _scope(one[1])}]
    have, want = {_content(one): one for one in stored}, {_content(one): one for one in order.rules}
    stale = [one for key, one in have.items() if key not in want]
    fresh = [one for key, one in want.items() if key not in have]
    shops = read_shops(connection)
    differences = _differences(connection, shops, order, stale, fresh)
    against = _against(connection, differences)
    if against and not order.approved_by and not order.dry_run:
        raise ImplausibleImport(
            f"{order.source}: {'; '.join(against)}; nothing was changed: look at the difference with "
            "--dry-run, or let it through with --override and the name of who answers for it"
        )
    _write(connection, order, stale, fresh)
    if stale or fresh:
        _record(connection, order, [*stale, *fresh], differences, against)
    return RulesReport(
        source=order.source,
        rules=len(want),
        added=len(fresh),
        removed=len(stale),
        products=len({product for product, _ in (*stale, *fresh)}),
        differences=differences,
        currencies={shop.id: shop.currency for shop in shops.covered(ALL) if shop.id in differences},
        objections=against,
        dry_run=order.dry_run,
        approved_by=order.approved_by if against and not order.dry_run else "",
    )


def _content(placed: Placed) -> tuple[object, ...]:
    """All that a rule says: two of the same content are one."""
    product, rule = placed
    return (product, *(getattr(rule, name) for name in Rule.__slots__ if name != "id"))


def _scope(rule: Rule) -> Scope:
    return Scope(rule.scope_kind, rule.scope_id)


def _differences(
    connection: Connection, shops: Shops, order: RulesOrder, stale: Sequence[Placed], fresh: Sequence[Placed]
) -> dict[str, Difference]:
    """By store; those where nothing changes are left out."""
    products: dict[str, set[int]] = {}
    for product, rule in (*stale, *fresh):
        for shop in shops.covered(_scope(rule)):
            products.setdefault(shop.id, set()).add(product)
    coming: dict[int, list[Rule]] = {}
    for number, (product, rule) in enumerate(fresh, start=_AFTER_ALL):
        coming.setdefault(product, []).append(replace(rule, id=number))
    change = RuleChange({rule.id for _, rule in stale}, coming)
    effects = {shop.id: PriceEffects(connection, shop, at=order.at) for shop in shops.covered(ALL)}
    found = {store: effects[store].difference(some, change) for store, some in products.items()}
    return {store: one for store, one in found.items() if not one.changes_nothing}


def _write(connection: Connection, order: RulesOrder, stale: Sequence[Placed], fresh: Sequence[Placed]) -> None:
    for chunk in chunks(rule.id for _, rule in stale):
        connection.execute(delete(PRICE_RULE).where(PRICE_RULE.c.id.in_(chunk)))
    if fresh:
        connection.execute(insert(PRICE_RULE), [rule_values(product, rule, order.change) for product, rule in fresh])
    touched: dict[Scope, set[int]] = {}
    for product, rule in (*stale, *fresh):
        touched.setdefault(_scope(rule), set()).add(product)
    for scope, products in touched.items():
        log_touched(connection, order.change, scope, products)


def _against(connection: Connection, differences: dict[str, Difference]) -> list[str]:
    found = []
    for store, difference in differences.items():
        limits = read_limits(connection, store)
        found += [f"store {store}: {sentence}" for sentence in objections(difference, limits)]
    return found


def _record(
    connection: Connection,
    order: RulesOrder,
    changed: Sequence[Placed],
    differences: dict[str, Difference],
    against: list[str],
) -> None:
    scopes = {_scope(rule) for _, rule in changed} or {order.scope or ALL}
    scope = scopes.pop() if len(scopes) == 1 else ALL
    connection.execute(
        insert(IMPORT_LOG).values(
            change=order.change,
            scope_kind=scope.kind,
            scope_id=scope.id,
            source=order.source,
            feed_store="",
            at=order.at,
            difference=json.dumps({store: one.as_dict() for store, one in differences.items()}, ensure_ascii=False),
            objections=json.dumps(against, ensure_ascii=False),
            approved_by=order.approved_by if against else "",
        )
    )


def sources(connection: Connection) -> list[str]:
    """Who has rules."""
    query = select(PRICE_RULE.c.source).group_by(PRICE_RULE.c.source).order_by(PRICE_RULE.c.source)
    return list(connection.execute(query).scalars())

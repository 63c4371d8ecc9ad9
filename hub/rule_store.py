"""Price rules that the shop writes beside its lists: taken in and taken away source by source, and listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from hub.changes import next_change
from hub.code_lookup import products_by_code
from hub.data_folder import checked_name
from hub.database import Database
from hub.errors import RulesRefused
from hub.list_comparison import SOURCE as FEED
from hub.list_source import product_ids
from hub.pricing import ANY_CHANNEL, Rule
from hub.rows_file import Mistakes
from hub.rule_orders import Placed, RulesOrder, RulesReport
from hub.rule_rows import rules_from
from hub.rule_writing import replace_rules, sources
from hub.rules_file import FileRule, read_rules
from hub.scopes import Scope, in_any
from hub.shops import Shop, Shops, known_shop, read_shops
from hub.tables import PRICE_RULE, PRODUCT

_RESERVED: Final = (FEED, "campaigns")  # the lists' own; and earlier versions' special prices of campaigns

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule with its product's SKU."""

    sku: str
    rule: Rule


class RuleStore:
    """The rules of a hub; each source replaces its own and no other."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def take(
        self, path: Path, *, source: str, dry_run: bool = False, approved_by: str = "", channel_prices: bool = False
    ) -> RulesReport:
        """Make a file the whole of a source's rules.

        Raises ImportRefused for any mistake in it, RulesRefused for prices by channel that nobody asked for, and
        ImplausibleImport if a store's limits are passed and nobody has approved it: nothing has changed then.
        """
        _check_source(source)
        with self._database.read() as connection:
            found = read_rules(path, read_shops(connection))
        if not channel_prices:
            _check_channels(path, found)
        with self._database.write() as connection:
            change = next_change(connection)
            rules = _placed(connection, path, source, found)
            return self._replace(connection, RulesOrder(source, rules, change, self._now(), None, dry_run, approved_by))

    def remove(self, source: str, *, dry_run: bool = False, approved_by: str = "") -> RulesReport:
        """Take a source's rules away; RulesRefused if it has none."""
        _check_source(source)
        with self._database.write() as connection:
            change = next_change(connection)
            if not rules_from(connection, source):
                known = ", ".join(one for one in sources(connection) if one not in _RESERVED) or "none"
                raise RulesRefused(f"there are no rules of source {source!r} (sources there are: {known})")
            return self._replace(connection, RulesOrder(source, [], change, self._now(), None, dry_run, approved_by))

    def of_store(self, store: str) -> tuple[Shop, list[StoredRule]]:
        """A store, and the rules that cover it, but those of its lists: by SKU, then as they were written."""
        with self._database.read() as connection:
            shop = known_shop(connection, store)
            query = (
                select(PRODUCT.c.sku, *(PRICE_RULE.c[name] for name in Rule.__slots__))
                .join(PRODUCT, PRODUCT.c.id == PRICE_RULE.c.product_id)
                .where(in_any(PRICE_RULE, shop.scopes), PRICE_RULE.c.source != FEED)
                .order_by(PRODUCT.c.sku, PRICE_RULE.c.id)
            )
            return shop, [StoredRule(sku, Rule(*values)) for sku, *values in connection.execute(query)]

    def _replace(self, connection: Connection, order: RulesOrder) -> RulesReport:
        report = replace_rules(connection, order)
        transaction = connection.get_transaction()
        if order.dry_run and transaction is not None:
            transaction.rollback()
        return report

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _check_source(source: str) -> None:
    checked_name(source, "source")
    if source in _RESERVED:
        raise RulesRefused(f"source {source!r}: the hub writes these rules itself; take another name with --source")


def _check_channels(path: Path, rules: Sequence[FileRule]) -> None:
    named = [rule for rule in rules if rule.channel != ANY_CHANNEL]
    if named:
        raise RulesRefused(
            f"{path}: {named[0].place} is for channel {named[0].channel} alone ({len(named):,} of {len(rules):,} rules "
            "name a channel): a product has one price everywhere, so that no shopper pays another at the till than was "
            "shown on the phone; if you want prices by channel, say --channel-prices"
        )


def _placed(connection: Connection, path: Path, source: str, rules: Sequence[FileRule]) -> list[Placed]:
    """The rules with their products; ImportRefused names those whose product is not there, and rules that clash."""
    mistakes = Mistakes(path)
    products = _Products(connection, rules)
    seen: dict[tuple[object, ...], str] = {}
    placed: list[Placed] = []
    for rule in rules:
        product = products.of(rule)
        if isinstance(product, str):
            mistakes.add(rule.place, product)
            continue
        key = (product, rule.scope, rule.channel, rule.kind, rule.currency, rule.valid_from, rule.priority)
        first = seen.setdefault(key, rule.place)
        if first != rule.place:
            mistakes.add(rule.place, f"says the same product, scope, kind and beginning as {first}; remove one of them")
            continue
        placed.append((product, _rule(rule, source)))
    mistakes.refuse()
    return placed


class _Products:
    """The products that rules of a file name."""

    def __init__(self, connection: Connection, rules: Sequence[FileRule]) -> None:
        self._by_sku = product_ids(connection, {rule.sku for rule in rules if rule.sku})
        codes: dict[Scope, set[str]] = {}
        for rule in rules:
            if not rule.sku:
                codes.setdefault(rule.scope, set()).add(rule.code)
        shops = read_shops(connection)
        self._by_code = {
            scope: products_by_code(connection, found, _listings(shops, scope)) for scope, found in codes.items()
        }

    def of(self, rule: FileRule) -> int | str:
        """The product, or what is wrong."""
        if rule.sku:
            missing = f"no store has a product {rule.sku!r}; correct its sku, or import the list first"
            return self._by_sku.get(rule.sku, missing)
        products = self._by_code[rule.scope].get(rule.code, set())
        if not products:
            return f"no product of its scope has the code {rule.code}; correct it, or import the list first"
        if len(products) > 1:
            return f"code {rule.code} is of {len(products)} products, in different stores; write the sku instead"
        return next(iter(products))


def _listings(shops: Shops, scope: Scope) -> Sequence[Scope] | None:
    """Where a rule's code is looked up: in the lists of its store; for a wider scope in all there are."""
    return shops.covered(scope)[0].scopes if scope.kind == "store" else None


def _rule(rule: FileRule, source: str) -> Rule:
    return Rule(
        id=0,
        scope_kind=rule.scope.kind,
        scope_id=rule.scope.id,
        channel=rule.channel,
        kind=rule.kind,
        minor=rule.minor,
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
        priority=rule.priority,
        source=source,
        label=rule.label,
        currency=rule.currency,
    )

"""Reckons every book of membership again from what really happened, by docs/membership.md alone, and compares.

| | promise |
|---|---|
| B1 | a sale belongs to its claim's member, else to who paid; to nobody else, and to nobody twice |
| B2 | points are those of the sales and of what joining brings, less what refunds take back, to the unit |
| B3 | no single coupon is used by two sales; each stands as the sales say |
| B4 | each benefit is given once for its event, and to nobody else |
| B5 | a pool's draws can be drawn again, and never cost more than its budget |
| B6 | parking is granted once a sale, to those who asked and bought enough |
| B7 | clubs and consents are those that sales said, with the very text |
| B8 | no payer is kept |
"""

from __future__ import annotations

import hashlib
import hmac
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bench.membership import goods
from bench.membership.books import AnyRow, BookRows
from bench.membership.truth import TrueSale, Truth
from retail.membership.programme import Purpose
from retail.membership.visit import BY_CLAIM, BY_PHONE, BY_WALLET

Consented = dict[int, set[tuple[str, str]]]  # by member, clubs and purposes


@dataclass(slots=True)
class Audit:
    """What was compared, and what is wrong."""

    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def audit(truth: Truth, books: BookRows, texts: Mapping[str, str]) -> Audit:
    """Everything. `texts`: by its SHA-256, what lanes showed."""
    one = _Auditor(truth, books, texts)
    found = Audit(one.counted)
    for check in (one.whose, one.points, one.coupons, one.benefits, one.packets, one.parking, one.consents, one.payers):
        found.wrong += check()
    return found


class _Auditor:
    def __init__(self, truth: Truth, books: BookRows, texts: Mapping[str, str]) -> None:
        self.truth = truth
        self.books = books
        self.texts = texts
        self.counted: Counter[str] = Counter()
        self.completed = [sale for sale in truth.sales.values() if sale.is_completed]
        self.joined_at = self._joined_at()

    def member(self, sale: TrueSale) -> int | None:
        """Whose it is by the book."""
        return self.books.sale_member.get(sale.id)

    # --- B1 -------------------------------------------------------------------------------------------------------

    def whose(self) -> Iterator[str]:
        """Each completed sale, and no other."""
        for sale in self.completed:
            self.counted["sales"] += 1
            found, lawful = self.member(sale), self._lawful(sale)
            self.counted["sales of members"] += found is not None
            if found not in lawful:
                yield f"B1: sale {sale.id} is of member {found}, lawful would be {sorted(map(str, lawful))}"
        for sale_id in self.books.sale_member.keys() - {sale.id for sale in self.completed}:
            yield f"B1: sale {sale_id} has a member, and was never completed"

    def _lawful(self, sale: TrueSale) -> set[int | None]:
        visit = sale.sale.visit
        claim = self.truth.claims.get(visit.claim)
        by_claim = self.books.behind(claim) if claim else None
        if by_claim is not None:
            return {by_claim}
        payer = self.books.who("wallet", sale.wallet) if sale.wallet else None
        if payer is None:
            # Who joins by a wallet that told is a member, whatever else went wrong.
            return {-1} if sale.wallet and _joins_by_wallet(sale) else {None}
        first = min(sale.events.tried, sale.payer.tried)
        if _joins_by_wallet(sale) or self.joined_at.get(sale.wallet, self.truth.clock) < first:
            return {payer}
        return {payer, None}  # it was settled while the wallet was nobody's, or after it had become somebody's

    def _joined_at(self) -> dict[str, int]:
        """By wallet, from when on the hub knew its member for certain: a sweep after both notes had come."""
        found: dict[str, int] = {}
        for sale in self.truth.sales.values():
            if sale.is_completed and sale.wallet and _joins_by_wallet(sale):
                place = bisect_left(self.truth.sweeps, max(sale.events.had, sale.payer.had))
                if place < len(self.truth.sweeps):
                    at = self.truth.sweeps[place]
                    found[sale.wallet] = min(at, found.get(sale.wallet, at))
        return found

    # --- B2 -------------------------------------------------------------------------------------------------------

    def points(self) -> Iterator[str]:
        """Sale by sale, and member by member."""
        balance: Counter[int] = Counter()
        for rows in self.books.points.values():
            for row in rows.values():
                balance[row.member_id] += row.points
        wanted: Counter[int] = Counter()
        credited = self.books.points["sale"]
        for sale in self.completed:
            member, earned = self.member(sale), int(sale.sale.completion.get("points") or 0)
            found = credited.get(sale.id)
            if member is None:
                if found is not None:
                    yield f"B2: points of sale {sale.id} are credited, and it is nobody's"
                continue
            wanted[member] += _kept(earned, sale)
            self.counted["points"] += _kept(earned, sale)
            if (found.points if found else 0) != earned or (found is not None and found.member_id != member):
                yield f"B2: sale {sale.id} earned {earned} for {member}, credited is {found}"
        for member, clubs in self.books.clubs.items():
            wanted[member] += goods.WELCOME_POINTS if "lark" in clubs else 0
        for member in balance.keys() | wanted.keys():
            if balance[member] != wanted[member]:
                yield f"B2: member {member} has {balance[member]} points, and should have {wanted[member]}"

    # --- B3 -------------------------------------------------------------------------------------------------------

    def coupons(self) -> Iterator[str]:
        """Each code that any sale used or that the hub knows."""
        users: dict[str, list[TrueSale]] = defaultdict(list)
        for sale in self.completed:
            for code in sale.used:
                users[code].append(sale)
        for code in users.keys() | self.books.coupons.keys():
            yield from self._coupon(code, users.get(code, []))

    def _coupon(self, code: str, users: list[TrueSale]) -> Iterator[str]:
        """Sales that were given back whole have given the coupon back."""
        self.counted["coupons"] += 1
        self.counted["coupons used"] += bool(users)
        row = self.books.coupons.get(code)
        left = [sale for sale in users if not sale.is_all_back]
        checked = [sale for sale in left if (code, sale.id) not in self.truth.unchecked]
        if len(checked) > 1:
            yield f"B3: coupon {code} was used by {[sale.id for sale in checked]}"
        for sale in checked:
            if sale.id not in self.truth.reserved.get(code, ()):
                yield f"B3: sale {sale.id} used coupon {code}, which it never had"
        if row is None:
            yield f"B3: coupon {code} was used, and the hub does not know it"
            return
        yield from self._stands(row, left)
        if '"personal":true' in row.campaign:
            for sale in users:
                if self.member(sale) != row.member_id:
                    yield f"B3: coupon {code} is member {row.member_id}'s, and sale {sale.id} used it"

    def _stands(self, row: AnyRow, left: list[TrueSale]) -> Iterator[str]:
        """A coupon's state; more than one sale may have taken it unchecked, of which somebody is told."""
        self.counted["coupons used twice, unchecked"] += len(left) > 1
        told = {one.key for one in self.books.problems if one.key.startswith(f"coupon:{row.code}:")}
        double = {f"coupon:{row.code}:{sale.id}" for sale in left if sale.id != row.sale_id}
        if told != double:
            yield f"B3: coupon {row.code} was used by {[sale.id for sale in left]}, and told of that is {told}"
        if left:
            if row.state != "used" or row.sale_id not in {sale.id for sale in left}:
                yield f"B3: coupon {row.code} was used by {left[0].id}, the book says {row.state} by {row.sale_id!r}"
        elif row.state == "used":
            yield f"B3: coupon {row.code} is used by {row.sale_id!r}, and no sale says so"
        elif row.state == "reserved" and self.truth.sales[row.sale_id].is_over:
            yield f"B3: coupon {row.code} is kept for sale {row.sale_id}, which is over"

    # --- B4 -------------------------------------------------------------------------------------------------------

    def benefits(self) -> Iterator[str]:
        """What joining and buying bring; the book's sources are what they were given for."""
        wanted = {f"hello:{member}" for member, clubs in self.books.clubs.items() if "member" in clubs}
        wanted |= {f"{name}:{sale.id}" for sale in self.completed for name in self._of_sale(sale)}
        gone = {f"{name}:{sale.id}" for sale in self.completed if sale.is_all_back for name in self._of_sale(sale)}
        given = {_short(source): row for source, row in self.books.by_source.items() if _short(source)}
        self.counted["benefits"] += len(given)
        for missing in wanted - given.keys() - gone:
            yield f"B4: {missing} was not given"
        for more in given.keys() - wanted:
            yield f"B4: {more} was given for nothing"
        for source, row in given.items():
            if source in gone and row.state == "free":
                yield f"B4: {source} is free, and its sale was given back"
            if source not in gone and row.state == "void":
                yield f"B4: {source} is void, and its sale stands"

    def _of_sale(self, sale: TrueSale) -> Iterator[str]:
        member = self.member(sale)
        if sale.paid_minor >= goods.GIFT_OVER_MINOR and member is not None:
            yield "gift"
        if sale.paid_minor >= goods.SHARE_OVER_MINOR:
            yield "share"

    # --- B5 -------------------------------------------------------------------------------------------------------

    def packets(self) -> Iterator[str]:
        """Each pool, drawn again from its seed."""
        due = {
            sale.id
            for sale in self.completed
            if sale.paid_minor >= goods.PACKET_OVER_MINOR and self.member(sale) is not None
        }
        for pool in self.books.pools.values():
            draws = sorted(self.books.draws[pool.id], key=lambda row: row.number)
            left = pool.budget_minor
            if hashlib.sha256(pool.seed.encode()).hexdigest() != pool.commitment:
                yield f"B5: pool {pool.id} was not drawn from the seed that was promised"
            if [row.number for row in draws] != list(range(1, len(draws) + 1)):
                yield f"B5: pool {pool.id} has draws that are missing or double"
            for row in draws:
                self.counted["red packets"] += row.amount_minor > 0
                wanted = drawn(pool.seed, row.sale_id, pool.least_minor, pool.most_minor, left)
                left -= wanted
                if row.amount_minor != wanted:
                    yield f"B5: draw {row.number} of {pool.id} is {row.amount_minor}, and should be {wanted}"
                yield from self._paid(row.pool, row.sale_id, row.amount_minor)
            if left != pool.left_minor or left < 0:
                yield f"B5: pool {pool.id} has {pool.left_minor} left, and should have {left}"
            found = {row.sale_id for row in draws}
            for sale_id in found ^ due:
                sale = self.truth.sales.get(sale_id)
                if sale is None or sale_id in found or not sale.is_all_back:
                    yield f"B5: sale {sale_id} drew {sale_id in found}, and should have {sale_id in due}"

    def _paid(self, pool: str, sale_id: str, amount_minor: int) -> Iterator[str]:
        coupon = self.books.by_source.get(f"red_packet:{pool}:{sale_id}")
        if (coupon is None) != (amount_minor == 0):
            yield f"B5: the red packet of sale {sale_id} is {amount_minor}, and its coupon {coupon}"
        elif coupon is not None and f'"off":{amount_minor}' not in coupon.campaign.replace(" ", ""):
            yield f"B5: the red packet of sale {sale_id} is {amount_minor}, and its coupon is over another amount"

    # --- B6 -------------------------------------------------------------------------------------------------------

    def parking(self) -> Iterator[str]:
        """Who was told minutes has them; nobody has them who was told no."""
        granted = {key: row for key, row in self.books.parking.items() if row.state == "granted"}
        self.counted["parking"] += len(granted)
        for sale_id, row in granted.items():
            sale = self.truth.sales[sale_id]
            if not sale.is_completed or sale.paid_minor < goods.PARKING_OVER_MINOR:
                yield f"B6: sale {sale_id} parks, and is not worth it"
            if row.minutes != goods.PARKING_MINUTES:
                yield f"B6: sale {sale_id} parks for {row.minutes} minutes"
        for sale_id in self.truth.parked.keys() - granted.keys():
            yield f"B6: the shopper of sale {sale_id} was told that they may park, the book does not say so"

    # --- B7 -------------------------------------------------------------------------------------------------------

    def consents(self) -> Iterator[str]:
        """Clubs and consents by member, from the sales and from numbers that were proved."""
        said, maybe = self._said()
        kept: dict[int, set[tuple[str, str]]] = defaultdict(set)
        for row in self.books.consents:
            kept[row.member_id].add((row.club, row.purpose))
            if row.text_sha256 not in self.texts or row.text_sha256 not in self.books.consent_texts:
                yield f"B7: consent {row.id} is to a text that nobody showed or that is not kept"
        for digest, row in self.books.consent_texts.items():
            if row.text != self.texts.get(digest):
                yield f"B7: the text {digest} is not the one that was shown"
        for member in said.keys() | kept.keys():
            if not said[member] <= kept[member] <= said[member] | maybe[member]:
                yield f"B7: member {member} consented to {sorted(said[member])}, kept is {sorted(kept[member])}"
            wanted = {club for club, purpose in kept[member] if purpose == Purpose.MEMBERSHIP}
            if self.books.clubs[member] != wanted:
                yield f"B7: member {member} is in {self.books.clubs[member]}, and joined {wanted}"

    def _said(self) -> tuple[Consented, Consented]:
        """What members consented to for certain, and what they may have: no answer came."""
        said: Consented = defaultdict(set)
        maybe: Consented = defaultdict(set)
        for sale in self.completed:
            joining, member = sale.sale.visit.joining, self._joiner(sale)
            typed = joining is not None and joining.by == BY_CLAIM and sale.sale.visit.by == BY_PHONE
            if joining is not None and member is not None and not typed:  # nobody proved that it is their number
                self.counted["joined"] += 1
                said[member] |= {(one.club, one.purpose.value) for one in joining.given}
        for told, where in ((self.truth.proved, said), (self.truth.maybe_proved, maybe)):
            for number, consented in told.items():
                if (proved := self.books.who("phone", number)) is not None:
                    where[proved] |= consented
        return said, maybe

    def _joiner(self, sale: TrueSale) -> int | None:
        """Whom a sale makes a member: by a wallet only if the payment told of it."""
        return self.member(sale) if sale.wallet or not _joins_by_wallet(sale) else None

    # --- B8 -------------------------------------------------------------------------------------------------------

    def payers(self) -> Iterator[str]:
        """Every payer has gone with its sale."""
        over = {attempt.key for sale in self.completed for attempt in sale.sale.attempts}
        for row in self.books.payers:
            if row.payment_key in over:
                yield f"B8: who paid {row.payment_key} is still kept"


def drawn(seed: str, sale_id: str, least: int, most: int, left: int) -> int:
    """What a sale draws from what is left of a budget."""
    number = int.from_bytes(hmac.digest(seed.encode(), sale_id.encode(), "sha256"))
    amount = least + number % (most - least + 1)
    if amount <= left:
        return amount
    return left if left >= least else 0


def _joins_by_wallet(sale: TrueSale) -> bool:
    joining = sale.sale.visit.joining
    return joining is not None and joining.by == BY_WALLET


def _kept(earned: int, sale: TrueSale) -> int:
    """The share of what was paid and not given back, rounded down."""
    if not sale.given_back or not sale.paid_minor:
        return earned
    return earned * (sale.paid_minor - sale.back_minor) // sale.paid_minor


def _short(source: str) -> str:
    """'gift:SALE' and 'hello:MEMBER' of 'sale:gift:SALE' and 'welcome:hello:member:MEMBER'; '' for others."""
    kind, _, rest = source.partition(":")
    return f"{rest.partition(':')[0]}:{rest.rpartition(':')[2]}" if kind in {"sale", "welcome"} else ""

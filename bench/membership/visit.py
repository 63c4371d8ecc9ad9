"""One visit, step by step: other lanes may act between any two of them. What is written follows docs/membership.md."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bench.membership import goods
from bench.membership.hub_side import HubSide
from bench.membership.lane import SimLane, started
from bench.membership.truth import Claim, Truth
from bench.membership.wire import Lost
from hub.errors import HubError
from kiosk.services.payment_record import completion
from retail.events import EventKind
from retail.line import line_body
from retail.membership.consent import Given, given_body, given_by
from retail.membership.member_code import MemberCode, read_member_code
from retail.membership.points import points_for
from retail.membership.programme import Programme
from retail.pricing import price_basket
from retail.sale import Sale, shopper_paying
from retail.sale_pricing import reckoned

_DECLINES: Final = 0.06
_DOUBTS: Final = 0.06
_LEAVES: Final = 0.07


@dataclass(slots=True)
class Person:
    """A shopper; `member` once their own page has told them."""

    number: int
    wallet: str
    phone: str
    plate: str
    card: str = ""
    member: int | None = None
    pouch: list[str] = field(default_factory=list)  # the codes of coupons


@dataclass(slots=True)
class Mall:
    """What a visit needs of the world."""

    rng: random.Random
    hub: HubSide
    truth: Truth
    programme: Programme
    people: list[Person]
    seen: int = 0

    def word(self) -> str:
        """A random number, as lanes make claims, sales and keys of."""
        return f"{self.rng.getrandbits(128):032x}"


class Visit:
    """`steps` runs it; each pause is where time may pass."""

    def __init__(self, mall: Mall, lane: SimLane, person: Person) -> None:
        self.mall = mall
        self.lane = lane
        self.person = person
        self.hub = mall.hub
        self.id = mall.word()
        self.claim = ""

    def steps(self) -> Iterator[None]:
        """From the first scan to the receipt, or to leaving."""
        rng = self.mall.rng
        self._open_page()
        self.write(EventKind.BASKET_STARTED, **started(self.lane))
        self.mall.truth.sales[self.id].person = self.person.number
        for number in range(rng.randint(1, 4)):
            self._add(number + 1)
        yield
        if rng.random() < 0.45:
            self._identify()
            yield
        for step in (self._show_coupons, self._join):
            if rng.random() < 0.6:
                yield from step()
        if rng.random() < _LEAVES:
            self.write(
                EventKind.BASKET_CANCELLED if rng.random() < 0.7 else EventKind.BASKET_HANDED_OVER, **self._over()
            )
            return
        yield from self._pay()

    def _open_page(self) -> None:
        """Members look at their page now and then: it has their number, and codes."""
        person = self.person
        if person.member is None and self.mall.rng.random() < 0.5:
            kind = self.mall.rng.choice(("wallet", "phone"))
            found = self.hub.card_of(kind, person.wallet if kind == "wallet" else person.phone)
            if found is not None:
                person.member, person.card = found

    # --- what is written ------------------------------------------------------------------------------------------

    def write(self, kind: EventKind, **body: Any) -> Sale:
        """One event of this sale."""
        return self.lane.write(kind, self.id, **body)

    @property
    def sale(self) -> Sale:
        """As it stands."""
        return self.mall.truth.sales[self.id].sale

    def _over(self) -> dict[str, Any]:
        return {"number": self.id[:6], "total_minor": reckoned(self.sale).total_minor, "lines": len(self.sale.lines)}

    def _add(self, number: int) -> None:
        listing = self.mall.rng.choice(goods.LISTINGS)
        known = self.mall.truth.sales[self.id].sale.campaigns
        self.write(EventKind.LINE_ADDED, **line_body(listing, number=number, known=known))

    # --- recognised -----------------------------------------------------------------------------------------------

    def _identify(self) -> None:
        kind = self.mall.rng.choice(("code", "card", "phone"))
        claim = self.mall.word()
        {"code": self._by_code, "card": self._by_card, "phone": self._by_phone}[kind](claim)

    def _by_code(self, claim: str) -> None:
        if self.person.member is None:
            return
        code = self.hub.members.code_of(self.person.member, goods.STORE)
        found = read_member_code(code.removeprefix("SGM-"), self.programme_keys, int(self.lane.clock().timestamp()))
        assert isinstance(found, MemberCode), found
        self.mall.truth.claims[claim] = Claim("code", code, self.person.member)
        self._identified(claim, "code", found.clubs)
        self._tell(claim, "code", code)

    def _by_card(self, claim: str) -> None:
        if not self.person.card:
            return
        self.mall.truth.claims[claim] = Claim("card", self.person.card)
        self._identified(claim, "card", ("member",))
        self._tell(claim, "card", self.person.card)

    def _by_phone(self, claim: str) -> None:
        """Only the hub knows numbers: without its answer nobody is recognised."""
        if not self.lane.online:
            return
        try:
            known, _ = self.lane.wire.ask(lambda: self._claim(claim, "phone", self.person.phone))
        except Lost:
            return
        if known is not None:
            self.mall.truth.claims[claim] = Claim("phone", self.person.phone)
            self._identified(claim, "phone", known.clubs, known.used)

    def _identified(self, claim: str, by: str, clubs: Any, used: Any = None) -> None:
        self.claim = claim
        body = {"clubs": sorted(clubs), "claim": claim, "by": by, "used": dict(used or {})}
        self.write(EventKind.MEMBER_IDENTIFIED, **body)

    def _claim(self, claim: str, kind: str, value: str) -> Any:
        """Their coupons come with the answer, as the API sends them."""
        known = self.hub.claim(self.lane.row, claim, kind, value)
        if known is None or not known.proved:
            return known, ()
        return known, self.hub.books.free_coupons(known.member_id, goods.STORE)

    def _tell(self, claim: str, kind: str, value: str) -> None:
        """Sealed and kept by the lane; told at once if the hub is there, and told again until it has answered."""
        told = self.mall.truth.claim_told[claim]
        if self.lane.online and self.mall.rng.random() < 0.7:
            try:
                known, coupons = self.lane.wire.ask(lambda: self._claim(claim, kind, value))
            except Lost:
                known, coupons = None, ()
            else:
                told.had = self.mall.truth.tick()
            if known is not None:
                self._identified(claim, kind, known.clubs, known.used)
                self._pocket(coupons)
        if not told.had:
            self.lane.note(told, lambda: self._claim(claim, kind, value))

    def _pocket(self, coupons: Any) -> None:
        """What the hub says is theirs and free."""
        held = set(self.person.pouch)
        self.person.pouch += [one.code for one in coupons if one.code not in held]

    @property
    def programme_keys(self) -> tuple[bytes, ...]:
        """By which the lane checks codes."""
        return self.hub.hub.member_secrets.code_keys

    # --- coupons --------------------------------------------------------------------------------------------------

    def _show_coupons(self) -> Iterator[None]:
        """Some that they hold; and now and then a leaflet, of which several people have a copy."""
        rng = self.mall.rng
        shown = rng.sample(self.person.pouch, min(len(self.person.pouch), rng.randint(1, 2)))
        if rng.random() < 0.25:
            shown.append(f"{goods.SINGLE_PREFIX}{self.mall.seen // 3:06d}")
        for code in shown:
            if code not in self.sale.coupons:
                self._reserve(code)
                yield
                if code in self.sale.coupons and rng.random() < 0.08:
                    self.write(EventKind.COUPON_WITHDRAWN, code=code)
                    self._release(code)

    def _reserve(self, code: str) -> None:
        """Without the hub a lane knows those of its list alone, and takes them unchecked if the shop says so."""
        lane = self.lane
        if not lane.online:
            if self.programme.coupons_offline and code.startswith(goods.SINGLE_PREFIX):
                self.mall.truth.unchecked.add((code, self.id))
                self.write(EventKind.COUPON_PRESENTED, code=code)
            return
        try:
            answer = lane.wire.ask(lambda: self.hub.books.reserve(lane.row, code, self.id, self.claim))
        except (Lost, HubError):
            return
        self.mall.truth.reserved.setdefault(code, set()).add(self.id)
        body: dict[str, Any] = {"code": code}
        if answer.own:
            body["own"] = True
        if answer.campaign is not None:
            body["campaigns"] = [dict(answer.campaign)]
        self.write(EventKind.COUPON_PRESENTED, **body)

    def _release(self, code: str) -> None:
        """Told at once or never: the journal tells it again."""
        if self.lane.online:
            try:
                self.lane.wire.ask(lambda: self.hub.books.release(self.lane.row, code, self.id))
            except Lost:
                return

    # --- joining --------------------------------------------------------------------------------------------------

    @property
    def programme(self) -> Programme:
        """As the lane's list has it."""
        return self.mall.programme

    def _join(self) -> Iterator[None]:
        rng, visit = self.mall.rng, self.sale.visit
        if rng.random() < 0.3:
            self.write(EventKind.MEMBER_REFUSED)
            return
        clubs = [club for club in self.programme.clubs if club.id not in visit.clubs and rng.random() < 0.7]
        if not visit.by and self.programme.club not in clubs:
            clubs.insert(0, self.programme.club)
        if not clubs:
            return
        ticked = {(club.id, one.purpose) for club in clubs for one in club.asks if rng.random() < 0.3}
        given = given_by(clubs, ticked, "en")
        by, claim = ("claim", visit.claim) if visit.by else ("wallet", self.mall.word())
        if by == "wallet" and self.lane.online and rng.random() < 0.2:
            yield from self._join_by_phone(given)
            return
        self.claim = claim
        consents = [given_body(one) for one in given]
        self.write(EventKind.MEMBER_JOINING, claim=claim, by=by, clubs=[club.id for club in clubs], consents=consents)
        yield

    def _join_by_phone(self, given: Sequence[Given]) -> Iterator[None]:
        lane, claim, said = self.lane, self.mall.word(), {(one.club, one.purpose.value) for one in given}
        try:
            lane.wire.ask(lambda: self.hub.members.send_code(lane.row, self.person.phone, "en"))
            code = self.hub.code_sent()
            yield
            known = lane.wire.ask(lambda: self.hub.join_by_phone(lane.row, claim, self.person.phone, code, given))
        except (Lost, HubError):
            self.mall.truth.maybe_proved[self.person.phone] |= said
            return
        self.claim = claim
        self.mall.truth.proved[self.person.phone] |= said
        self.mall.truth.claims[claim] = Claim("phone", self.person.phone)
        self._identified(claim, "phone", known.clubs, known.used)

    # --- paying ---------------------------------------------------------------------------------------------------

    def _pay(self) -> Iterator[None]:
        rng = self.mall.rng
        while True:
            tells = rng.random() < 0.75
            key = self._intend(tells)
            yield
            outcome = "declined" if rng.random() < _DECLINES else "approved"
            if rng.random() < _DOUBTS:
                self.write(EventKind.PAYMENT_RESOLVED, key=key, outcome="unknown", reason="", reference="")
                if rng.random() < 0.5:
                    self.write(EventKind.PAYMENT_SET_ASIDE, key=key)
                for _ in range(rng.randint(1, 12)):
                    yield
            self.write(EventKind.PAYMENT_RESOLVED, key=key, outcome=outcome, reason="", reference="R")
            if outcome == "approved":
                break
            if rng.random() < 0.3:
                self.write(EventKind.BASKET_CANCELLED, **self._over())
                return
        self._complete(key, tells)
        yield from self._afterwards()

    def _intend(self, tells: bool) -> str:
        key = self.mall.word()
        way, gateway = ("wallet", "bank") if tells else ("card", "terminal")
        shopper = shopper_paying(self.sale, way, tells_payer=tells)
        amount = price_basket(self.sale.lines, self.sale.campaigns, shopper, hints=False).total_minor
        body: dict[str, Any] = {"key": key, "way": way, "gateway": gateway, "amount_minor": amount}
        self.write(EventKind.PAYMENT_INTENDED, **body, **({"tells_payer": True} if tells else {}))
        self.write(EventKind.PAYMENT_SUBMITTED, key=key)
        return key

    def _complete(self, key: str, tells: bool) -> None:
        truth, sale = self.mall.truth, self.sale
        priced = reckoned(sale, hints=False)
        body = completion(sale, priced)
        body["points"] = points_for(self.programme.points, priced.total_minor, priced.points)
        self.write(EventKind.SALE_COMPLETED, **body)
        if tells:
            true = truth.sales[self.id]
            true.wallet = self.person.wallet
            wallet, lane = self.person.wallet, self.lane.row
            self.lane.note(true.payer, lambda: self.hub.payer(lane, key, wallet))

    def _afterwards(self) -> Iterator[None]:
        """The last screen: what came of it, and a car."""
        rng = self.mall.rng
        for _ in range(rng.randint(0, 3)):
            yield
        if not self.lane.online or rng.random() < 0.4:
            return
        lane, person = self.lane, self.person
        try:
            told = lane.wire.ask(lambda: self.hub.books.rewards(lane.row, self.id))
            for one in told.rewards:
                friend = rng.choice(self.mall.people) if rng.random() < 0.3 else person
                friend.pouch += [one.code] if one.code else []
            if told.parking_minutes and rng.random() < 0.5:
                lane.wire.ask(lambda: self.hub.books.park(lane.row, self.id, "plate", person.plate))
                self.mall.truth.parked[self.id] = self.person.plate
        except (Lost, HubError):
            return
        yield

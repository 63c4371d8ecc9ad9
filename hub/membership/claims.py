"""Whose the claims of lanes are, and who paid: the only links from a journal to a member, kept at the hub alone."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, Connection, Row, delete, select, update

from hub.errors import MemberRefused
from hub.membership.identities import WALLET, held_member, is_member, member_of
from hub.membership.once import insert_once
from hub.membership.problems import note_problems
from hub.membership.tables import CLAIM, PAYER, SALE_MEMBER
from hub.tables import SALE

CODE: Final = "code"
CARD: Final = "card"
PHONE: Final = "phone"  # a number that anybody may have typed
PROVED: Final = "proved"  # one that was proved by a code
PROBLEM: Final = "payer"
ERASED: Final = "erased"  # whose it was is nobody now, and stays so whatever comes late


def claim_row(connection: Connection, claim: str, *, hold: bool = False) -> Row[Any] | None:
    """What was told of a claim; None: nothing yet."""
    query = select(CLAIM).where(CLAIM.c.claim == claim)
    return connection.execute(query.with_for_update() if hold else query).one_or_none()


def owner_of(connection: Connection, claim: str) -> int | None:
    """The member whose claim it is."""
    return connection.execute(select(CLAIM.c.member_id).where(CLAIM.c.claim == claim)).scalar()


def is_typed(connection: Connection, claim: str) -> bool:
    """Whether its shopper is known by a number alone that they typed, which may be anybody's."""
    row = claim_row(connection, claim) if claim else None
    return row is not None and row.kind == PHONE


def tell(connection: Connection, lane_id: int, claim: str, kind: str, member_id: int | None, *, now: int) -> int | None:
    """Keep whose a claim is, once: who was told first remains. MemberRefused for a claim of another lane or member.

    A number that is nobody's is not kept. Its sales are looked at again.
    """
    member_id = held_member(connection, member_id)
    if member_id is None and kind == PHONE:
        return None
    values = {"claim": claim, "lane_id": lane_id, "kind": kind, "member_id": member_id, "at": now}
    if insert_once(connection, CLAIM, **values):
        look_again(connection, SALE.c.claim, claim)
        return member_id
    row = claim_row(connection, claim, hold=True)
    assert row is not None  # noqa: S101 - for the type checker: claims are never deleted
    if row.lane_id != lane_id or (member_id is not None and row.member_id not in {None, member_id}):
        raise MemberRefused("taken", "this claim is another lane's or another shopper's; make up a new one")
    if row.kind == ERASED or member_id is None:
        return None
    if row.member_id is None or (row.kind == PHONE and kind != PHONE):
        connection.execute(update(CLAIM).where(CLAIM.c.claim == claim).values(member_id=member_id, kind=kind))
        look_again(connection, SALE.c.claim, claim)
    return member_id


def keep_payer(connection: Connection, payment_key: str, digest: str, *, now: int) -> None:
    """Keep who paid until the sale is settled."""
    insert_once(connection, PAYER, payment_key=payment_key, digest=digest, at=now)
    look_again(connection, SALE.c.payment_key, payment_key)


def look_again(connection: Connection, column: Column[str], name: str) -> None:
    """The books have to settle the sales of that claim or payment once more, whoever is told of it: the sweep finds
    them."""
    named = (column == name) & (column != "")  # as its index has it, or SQLite reads all sales
    connection.execute(update(SALE).where(named).values(settled_at=0))


def payer_digest(connection: Connection, payment_key: str) -> str | None:
    """Who made a payment, if it was told and its sale is not settled."""
    if not payment_key:
        return None
    return connection.execute(select(PAYER.c.digest).where(PAYER.c.payment_key == payment_key)).scalar()


def member_of_sale(connection: Connection, sale: Row[Any], visit: dict[str, Any], now: int) -> int | None:
    """Whose a completed sale was: kept once it is known, and then its payer is forgotten.

    None, and the payer kept, while something has not been told that may still say: an identified claim, or who pays
    in a join by the wallet. So it is all the same what comes first.
    """
    query = select(SALE_MEMBER.c.member_id).where(SALE_MEMBER.c.sale_id == sale.id)
    member_id = connection.execute(query).scalar()
    if member_id is None:
        row = claim_row(connection, sale.claim) if sale.claim else None
        if sale.claim and row is None and not is_wallet_join(visit):
            return None
        member_id = _named(connection, sale, row)
        waits = member_id is None and row is None and is_wallet_join(visit)
        if is_wallet_join(visit):
            _tell_of_missing_payer(connection, sale, waits=waits, now=now)
        if waits:
            return None
        if member_id is not None:
            insert_once(connection, SALE_MEMBER, sale_id=sale.id, member_id=member_id, at=now)
    if payer_digest(connection, sale.payment_key) is not None:
        connection.execute(delete(PAYER).where(PAYER.c.payment_key == sale.payment_key))
    return member_id


def is_wallet_join(visit: dict[str, Any]) -> bool:
    """Whether the shopper joins by what the payment tells."""
    return bool((visit.get("joining") or {}).get("by") == WALLET)


def _tell_of_missing_payer(connection: Connection, sale: Row[Any], *, waits: bool, now: int) -> None:
    """A problem for as long as it is one: a price was given for a joining that nobody can be found for."""
    missing = waits and payer_digest(connection, sale.payment_key) is None
    sentence = (
        f"sale {sale.id}: its shopper joined by the wallet, and nobody has told who paid; "
        "if the lane sends what it has, look whether its payment gateway tells payers"
    )
    key = f"{PROBLEM}:{sale.id}:"
    note_problems(connection, PROBLEM, key, {key: sentence} if missing else {}, now)


def _named(connection: Connection, sale: Row[Any], claim: Row[Any] | None) -> int | None:
    if claim is not None and (claim.member_id is not None or claim.kind == ERASED):
        return held_member(connection, claim.member_id)
    digest = payer_digest(connection, sale.payment_key)
    paid_by = None if digest is None else member_of(connection, WALLET, digest)
    return held_member(connection, paid_by) if paid_by is not None and is_member(connection, paid_by) else None

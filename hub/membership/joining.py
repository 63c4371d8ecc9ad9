"""Runs the steps of joining, in each club's order, each once for its claim; what failed is tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from hub.database import Database
from hub.membership.claims import ERASED, claim_row
from hub.membership.secrets import MemberSecrets
from hub.membership.steps import (
    DONE,
    FAILED,
    IDENTIFY,
    JOIN,
    SKIPPED,
    WAITING,
    BookStep,
    Joining,
    Order,
    StepFailed,
    StepSkipped,
    book_steps,
    take_plug_in,
)
from hub.membership.tables import JOIN_STEP, MEMBER, OPEN_STEP
from hub.membership.writing import repeated

RETRY_S: Final = 600
_OVER: Final = frozenset({DONE, SKIPPED})
DEFAULT: Final = ("identify", "consent", "join", "follow", "welcome")


class _Step(NamedTuple):
    club: str
    name: str


class Joiner:
    """Takes the steps of orders. Any number may run at once, also for the same claim."""

    def __init__(self, database: Database, keys: MemberSecrets, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._ours = book_steps(keys)
        self._clock = clock

    def run(self, order: Order, *, only_join: bool = False) -> None:
        """Take all steps that are due; `only_join`: those up to `join`, while somebody waits, and leave the others."""
        plan = [step for club in order.clubs for step in _plan(order, club)]
        now_due = [step for step in plan if not only_join or _up_to_join(order, step)]
        later = [step for step in plan if step not in now_due]
        for is_ours, some in groupby(now_due, key=lambda step: step.name in self._ours):
            if is_ours:
                self._take_ours(order, list(some), later)
            else:
                for step in some:
                    self._take_plug_in(order, step)

    def _take_ours(self, order: Order, steps: list[_Step], later: list[_Step]) -> None:
        def take(connection: Connection) -> None:
            if _is_erased(connection, order.claim):
                return
            rows = _rows(connection, order.claim)
            for step in steps:
                if self._is_due(rows.get(step)):
                    outcome = _taken(connection, self._ours[step.name], order, step)
                    self._note(connection, order.claim, step, outcome, rows.get(step))
            for step in later:
                if step not in rows:
                    self._note(connection, order.claim, step, (WAITING, ""), None)
            for club in order.clubs:
                self._drop_undeclared(connection, order, club)

        repeated(self._database, take)

    def _take_plug_in(self, order: Order, step: _Step) -> None:
        with self._database.read() as connection:
            row = _rows(connection, order.claim).get(step)
            due = self._is_due(row) and not _is_erased(connection, order.claim)
            joining = _joining(connection, order, step.club) if due else None
        if not due:
            return
        outcome = (FAILED, "nobody has said who joins") if joining is None else take_plug_in(step.name, joining)

        def note(connection: Connection) -> None:
            self._note(connection, order.claim, step, outcome, _rows(connection, order.claim).get(step))

        repeated(self._database, note)

    def _drop_undeclared(self, connection: Connection, order: Order, club: str) -> None:
        names = [step.name for step in _plan(order, club)]
        gone = (JOIN_STEP.c.claim == order.claim) & (JOIN_STEP.c.club == club) & JOIN_STEP.c.step.not_in(names)
        said = {"outcome": SKIPPED, "detail": "is declared no more", "at": self._now()}
        connection.execute(update(JOIN_STEP).where(gone, OPEN_STEP).values(**said))

    def _is_due(self, row: Row[Any] | None) -> bool:
        if row is None or row.outcome == WAITING:
            return True
        return row.outcome not in _OVER and row.at <= self._now() - RETRY_S

    def _note(
        self, connection: Connection, claim: str, step: _Step, outcome: tuple[str, str], row: Row[Any] | None
    ) -> None:
        """`row`: what was noted before. Two may have taken it at once: what is done stays done."""
        key = {"claim": claim, "club": step.club, "step": step.name}
        said = {"outcome": outcome[0], "detail": outcome[1], "at": self._now()}
        if row is None:
            connection.execute(insert(JOIN_STEP).values(**key, **said))
        elif row.outcome not in _OVER:
            connection.execute(update(JOIN_STEP).filter_by(**key).values(**said))

    def _now(self) -> int:
        return int(self._clock().timestamp())


def clubs_joined(connection: Connection, claim: str) -> tuple[str, ...]:
    """The clubs that the shopper has become a member of under a claim."""
    query = select(JOIN_STEP.c.club).where(JOIN_STEP.c.claim == claim, JOIN_STEP.c.step == JOIN)
    return tuple(connection.execute(query.where(JOIN_STEP.c.outcome == DONE).order_by(JOIN_STEP.c.club)).scalars())


def _plan(order: Order, club: str) -> Iterable[_Step]:
    declared = order.file.steps.get(club, DEFAULT) if order.file is not None else DEFAULT
    # Without it there is nobody for the others to work on.
    names = declared if IDENTIFY in declared else (IDENTIFY, *declared)
    return (_Step(club, name) for name in names)


def _up_to_join(order: Order, step: _Step) -> bool:
    names = [one.name for one in _plan(order, step.club)]
    return JOIN not in names or names.index(step.name) <= names.index(JOIN)


def _taken(connection: Connection, ours: BookStep, order: Order, step: _Step) -> tuple[str, str]:
    try:
        with connection.begin_nested():  # what a failing step has begun is undone, and nothing else
            ours.take(connection, order, step.club)
    except StepSkipped as exc:
        return SKIPPED, str(exc)
    except StepFailed as exc:
        return FAILED, str(exc)
    return DONE, ""


def _rows(connection: Connection, claim: str) -> dict[_Step, Row[Any]]:
    rows = connection.execute(select(JOIN_STEP).where(JOIN_STEP.c.claim == claim))
    return {_Step(row.club, row.step): row for row in rows}


def _is_erased(connection: Connection, claim: str) -> bool:
    row = claim_row(connection, claim)
    return row is not None and row.kind == ERASED


def _joining(connection: Connection, order: Order, club: str) -> Joining | None:
    row = claim_row(connection, order.claim)
    if row is None or row.member_id is None:
        return None
    card = connection.execute(select(MEMBER.c.card).where(MEMBER.c.id == row.member_id)).scalar_one()
    return Joining(
        order.claim,
        club,
        order.store,
        order.lane,
        order.language,
        order.at,
        order.purposes(club),
        member_id=row.member_id,
        card=card,
    )

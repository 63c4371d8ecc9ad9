"""One payment whose answer is late or lost, in virtual time: what the lane says of it must become what the bank did."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bench.simulation.auditor import Auditor
from bench.simulation.bank import Account, Answer, Bank, Terminal, Word
from bench.simulation.counter import Counter
from bench.simulation.disk import Disk
from bench.simulation.fittings import SimTill
from bench.simulation.gateway import SimGateway
from bench.simulation.goods import CODES
from bench.simulation.lane import Counts, Faults, SimLane, Surroundings, Tended
from bench.simulation.network import CALM, LIMIT_MS, NO_REPLY, Counted, Line, Trip
from bench.simulation.profiles import PROFILES, Profile
from bench.simulation.timeline import Timeline
from kiosk.services.lane_view import Screen

PAID_AFTER_S = (0, 1, 14, 16, 29, 31, 44, 46, 50, 59, 61, 75)
WALLETS = {"wechat": "130000000000000", "alipay": "280000000000000"}
RESTS = {Screen.DONE, Screen.PAY, Screen.IDLE, Screen.BASKET}


@dataclass(frozen=True)
class Story:
    """What is true at the bank, and what becomes of the messages. Times in milliseconds after the start was sent."""

    profile: Profile
    paid_after_ms: int | None  # None: never
    declined: bool = False
    paid_before_cancel: bool = False  # between the last look and the cancel
    still_paying: int = 0  # so many cancels are refused
    start: str = "fine"  # or answer_lost, question_lost, late
    start_late_ms: int = 0
    away: tuple[int, int] = (0, 0)  # the network, from and to
    cancels_lost: int = 0  # so many answers to cancels
    killed_ms: int = 0  # the lane, 0: it is not

    @classmethod
    def from_seed(cls, seed: int) -> Story:
        rng = random.Random(seed)  # noqa: S311 - a story that can be told again
        profile = rng.choice(PROFILES)
        if rng.random() < 0.5:
            profile = replace(profile, ends_itself_ms=0)
        truth = rng.choice(("paid", "paid", "paid", "never", "declined", "before_cancel"))
        begins = rng.randrange(20_000)
        return cls(
            profile,
            rng.choice(PAID_AFTER_S) * 1000 if truth == "paid" else None,
            declined=truth == "declined",
            paid_before_cancel=truth == "before_cancel",
            still_paying=rng.randrange(3) if profile.still_paying else 0,
            start=rng.choice(("fine", "answer_lost", "answer_lost", "question_lost", "late")),
            start_late_ms=rng.randrange(2_000, 800 if profile.local else 44_000) if not profile.local else 500,
            away=(begins, begins + rng.randrange(5_000, 240_000)) if rng.random() < 0.5 else (0, 0),
            cancels_lost=rng.choice((0, 0, 0, 1, 3)),
            killed_ms=rng.randrange(1, 70_000) if rng.random() < 0.2 else 0,
        )


class StoryBank(Bank):
    """A bank that does as told."""

    story: Story
    refused = 0

    def _decide(self, account: Account) -> None:
        story = self.story
        if story.declined:
            account.word, account.declined = Word.ENDED, True
        elif story.paid_after_ms == 0 and not self._on_their_phone:
            self._take(account)
        else:
            account.asked = True
            account.pays_at_ms = None if story.paid_after_ms is None else story.paid_after_ms + FIRST_MS

    def shopper_pays_after_ms(self) -> int | None:
        return self.story.paid_after_ms

    def cancel(self, key: str) -> Answer:
        if self.story.paid_before_cancel and key in self.accounts:
            self.pay(key)
        if self.refused < self.story.still_paying and key in self.accounts and not self.is_over(self.accounts[key]):
            self.refused += 1
            return Answer(Word.STILL_PAYING)
        return super().cancel(key)


class StoryTerminal(StoryBank, Terminal): ...


FIRST_MS = 1_000  # when the shopper pays


class StoryLine(Line):
    """A line on which the story's messages get lost."""

    story: Story
    cancels = 0
    verb = ""

    def ask(self, order, arrive, back, disturbed) -> None:
        trip = Trip(order, arrive, back, disturbed, 60, 60)
        since = self._timeline.now_ms - FIRST_MS
        begins, ends = self.story.away
        if begins <= since < ends:
            disturbed()
            self._lose_question(trip)
        elif order and self.story.start != "fine":
            disturbed()
            self._of_start(trip)
        elif self.verb == "cancel" and self.cancels < self.story.cancels_lost:
            self.cancels += 1
            disturbed()
            self._lose_answer(trip)
        else:
            self._carry(60, trip)

    def _of_start(self, trip: Trip) -> None:
        if self.story.start == "answer_lost":
            self._lose_answer(trip)
        elif self.story.start == "question_lost":
            self._lose_question(trip)
        else:
            self._carry(self.story.start_late_ms, trip, answers=False)
            self._timeline.after(LIMIT_MS, lambda: trip.back(NO_REPLY))
            self._timeline.after(self.story.start_late_ms, trip.disturbed)


@dataclass
class Told:
    """A story as it went."""

    lane: SimLane
    auditor: Auditor
    bank: Bank
    steps: list[tuple[object, ...]] = field(default_factory=list)

    @property
    def kept_minor(self) -> int:
        return sum(account.kept_minor for account in self.bank.accounts.values())


def tell(story: Story, *, whole: bool = False, gateway: type[SimGateway] = SimGateway) -> Told:
    """Let one shopper pay, and go on until the lane rests; raises Violation if that takes too long, or is not true."""
    timeline, rng = Timeline(), random.Random(1)  # noqa: S311 - as above
    bank = (StoryTerminal if story.profile.by_receipts else StoryBank)(story.profile, timeline, rng)
    bank.story = story
    line = StoryLine(timeline, rng, CALM, Counted())
    line.story = story
    auditor = Auditor(timeline, {"bank": (bank, line)})
    steps: list[tuple[object, ...]] = []

    def record(who: str, what: str, *words: object) -> None:
        steps.append((timeline.now_ms, who, what, *words))

    till = SimTill if whole else Counter
    around = Surroundings(timeline, rng, auditor, record, Counts(), Faults(), till, gateway)
    way = story.profile.name if story.profile.name in WALLETS else "card"
    lane = SimLane("lane-1", around, Disk(auditor), {way: ("bank", bank, line)})
    _watch_verbs(lane, line)
    _play(lane, story, way)
    deadline = FIRST_MS + max(story.away[1], story.start_late_ms, story.killed_ms + 10_000) + 150_000
    while timeline.now_ms < deadline:
        timeline.run_for(1_000)
        if timeline.now_ms > FIRST_MS + 20_000 + story.killed_ms and lane.screen in RESTS:
            break
    auditor.check_all()
    return Told(lane, auditor, bank, steps)


def _play(lane: SimLane, story: Story, way: str) -> None:
    timeline = lane.around.timeline
    lane.boot()
    timeline.run_for(FIRST_MS - 5)
    _act(lane, lambda till: till.scan(CODES[3]))
    _act(lane, lambda till: till.pay())
    timeline.run_for(5)
    _hold_up(lane, way)
    for again_ms in (1_500, 12_000, 33_000, 52_000):  # and again, as people do: it must not begin another payment
        timeline.after(again_ms, lambda: None if lane.screen in RESTS else _hold_up(lane, way))
    if story.killed_ms:
        timeline.after(story.killed_ms, lambda: lane.die(power=story.killed_ms % 2 == 0))


def _hold_up(lane: SimLane, way: str) -> None:
    if way in WALLETS:
        _act(lane, lambda till: till.scan(WALLETS[way] + "000"))
    else:
        _act(lane, lambda till: till.choose_way(way))


def _act(lane: SimLane, act: Callable[[Tended], None]) -> None:
    till = lane.till
    if till is not None:
        lane.enter(lambda: act(till))


def _watch_verbs(lane: SimLane, line: StoryLine) -> None:
    send = lane._send

    def watched(queue, question) -> None:
        line.verb = question.verb
        send(queue, question)

    lane._send = watched  # type: ignore[method-assign]

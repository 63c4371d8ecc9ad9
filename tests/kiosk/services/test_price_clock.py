"""The time that prices go by: no clock that jumps moves it back, and what is certain moves it forward."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.services.price_clock import PriceClock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DEAD = datetime(1970, 1, 1, tzinfo=UTC)
DAY, HOUR, MINUTE, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
NEVER = timedelta(0)


class Machine:
    """A machine's clock that anybody may set, and a count of seconds that nobody can."""

    def __init__(self, wall: datetime = NOON) -> None:
        self.wall = wall
        self.up = 0.0
        self.prices = self.start()

    def start(self) -> PriceClock:
        return PriceClock(lambda: self.wall, lambda: self.up)

    def passes(self, time: timedelta) -> None:
        self.wall += time
        self.up += time.total_seconds()

    def now(self) -> datetime:
        return self.prices.now()

    def hears(self, hub: datetime, *, seen: datetime | None = None) -> None:
        """The agent reports the hub's clock, which shows `hub` now."""
        self.prices.hear(hub if seen is None else seen, (hub - self.wall).total_seconds())


def test_it_goes_as_the_machines_clock_goes() -> None:
    machine = Machine()
    machine.passes(HOUR)
    assert (machine.now(), machine.prices.wrong_by) == (NOON + HOUR, NEVER)


@pytest.mark.parametrize("jump", [-400 * DAY, -HOUR, HOUR, 400 * DAY])
def test_a_clock_that_is_set_moves_no_price(jump: timedelta) -> None:
    machine = Machine()
    machine.wall += jump
    machine.passes(SECOND)
    assert machine.now() == NOON + SECOND
    assert machine.prices.wrong_by == -jump


def test_a_dead_clock_sells_at_what_is_certain_and_says_so() -> None:
    machine = Machine(DEAD)
    machine.prices.not_before(NOON - DAY)
    machine.prices.hear(NOON - HOUR, 0.2)
    machine.prices.not_before_record(NOON - MINUTE, latest=NOON + 7 * DAY)
    machine.passes(HOUR)
    assert machine.now() == NOON - MINUTE + HOUR
    assert machine.prices.wrong_by == NOON - MINUTE - DEAD


def test_a_dead_clock_is_believed_again_once_it_was_put_right() -> None:
    machine = Machine(DEAD)
    machine.prices.not_before(NOON)
    machine.wall = NOON + 3 * HOUR
    assert (machine.now(), machine.prices.wrong_by) == (NOON + 3 * HOUR, NEVER)
    machine.wall += 400 * DAY
    assert machine.now() == NOON + 3 * HOUR


def test_a_list_from_a_moment_ahead_is_no_reason_to_doubt_the_clock() -> None:
    machine = Machine()
    machine.prices.not_before(NOON + 10 * SECOND)
    machine.wall += 400 * DAY
    assert machine.now() == NOON + 10 * SECOND


def test_a_clock_a_year_ahead_is_put_right_by_the_hubs_word() -> None:
    machine = Machine(NOON + 365 * DAY)
    machine.prices.not_before(NOON - DAY)
    assert machine.now() == NOON + 365 * DAY
    machine.hears(NOON)
    machine.passes(MINUTE)
    assert (machine.now(), machine.prices.wrong_by) == (NOON + MINUTE, -365 * DAY)


def test_an_old_word_of_the_hub_still_corrects_a_clock_that_goes_on_as_wrong() -> None:
    machine = Machine(NOON + 365 * DAY)
    machine.prices.hear(NOON - DAY, -365 * DAY.total_seconds())
    assert (machine.now(), machine.prices.wrong_by) == (NOON, -365 * DAY)
    # What this lane recorded by that clock is corrected alike.
    machine.prices.not_before_record(NOON + 365 * DAY + MINUTE, latest=NOON + 6 * DAY)
    assert machine.now() == NOON + MINUTE


def test_an_old_word_moves_nothing_forward() -> None:
    machine = Machine()
    machine.prices.hear(NOON - DAY, 7 * DAY.total_seconds())
    assert machine.now() == NOON


def test_an_old_word_does_not_spoil_a_clock_that_was_put_right_since() -> None:
    machine = Machine()
    machine.prices.hear(NOON - DAY, -365 * DAY.total_seconds())
    assert (machine.now(), machine.prices.wrong_by) == (NOON, NEVER)


def test_a_record_from_a_clock_that_was_ahead_holds_nothing_up() -> None:
    machine = Machine()
    machine.prices.not_before_record(NOON + 365 * DAY, latest=NOON + 7 * DAY)
    assert machine.now() == NOON


def test_a_hub_a_little_behind_makes_the_time_stand_still_not_go_back() -> None:
    machine = Machine()
    machine.passes(SECOND)
    machine.now()
    machine.hears(machine.wall - 20 * SECOND)
    assert machine.now() == NOON + SECOND
    machine.passes(15 * SECOND)
    assert machine.now() == NOON + SECOND
    machine.passes(10 * SECOND)
    assert machine.now() == NOON + 6 * SECOND


def test_a_hub_whose_own_clock_went_back_is_not_followed() -> None:
    machine = Machine()
    machine.hears(NOON)
    machine.hears(NOON - HOUR, seen=NOON)
    assert machine.now() == NOON


def test_somebody_who_speaks_for_the_hub_cannot_bring_tomorrows_prices() -> None:
    machine = Machine()
    machine.hears(NOON)
    machine.hears(NOON + 7 * DAY, seen=NOON + HOUR)  # the signed manifest vouches for an hour
    assert machine.now() == NOON + HOUR


def test_a_word_is_used_once() -> None:
    machine = Machine()
    machine.prices.hear(NOON, 0.0)
    for jump in (-HOUR, HOUR + 10 * MINUTE):
        machine.wall += jump
        machine.prices.hear(NOON, 0.0)
        assert machine.now() == NOON


def test_after_the_hubs_word_the_machines_clock_counts_no_more() -> None:
    machine = Machine(DEAD)
    machine.hears(NOON)
    machine.prices.not_before(NOON + 2 * HOUR)
    machine.wall = NOON + 300 * DAY
    machine.prices.not_before_record(NOON + 3 * HOUR, latest=NOON + 7 * DAY)
    assert machine.now() == NOON + 2 * HOUR


_JUMPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(-(10**8), 10**8)),
        st.tuples(st.just("pass"), st.integers(0, 10**5)),
        st.tuples(st.just("list"), st.integers(-(10**6), 10**6)),
    ),
    max_size=30,
)


@given(_JUMPS)
def test_without_a_hub_it_never_goes_back(jumps: list[tuple[str, int]]) -> None:
    machine, last = Machine(), NOON
    for what, seconds in jumps:
        if what == "set":
            machine.wall += timedelta(seconds=seconds)
        elif what == "pass":
            machine.passes(timedelta(seconds=seconds))
        else:
            machine.prices.not_before(NOON + timedelta(seconds=seconds))
        assert machine.now() >= last
        last = machine.now()

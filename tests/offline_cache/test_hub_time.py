"""The best known time: the hub's word as far as its signature vouches for it, and never back."""

from datetime import UTC, datetime, timedelta

import pytest

from offline_cache.hub_time import HubTime, clock_trouble, clock_word, span

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def time_at(clock: datetime, seen: datetime | None = None) -> HubTime:
    """On a machine whose clock shows this, and whose seconds stand still."""
    return HubTime(lambda: clock, seen=seen, steady=lambda: 0.0)


def heard(time: HubTime, there: datetime, here: datetime = NOON) -> float:
    return time.heard(there, asked=here, answered=here)


def test_without_the_hub_it_is_this_lanes_time():
    assert time_at(NOON).now() == NOON
    assert time_at(NOON).seen is None


def test_a_clock_that_fell_back_is_not_before_what_was_seen():
    time = time_at(NOON - 400 * DAY, seen=NOON)
    assert time.now() == NOON


def test_the_hubs_time_counts_once_it_was_heard():
    time = time_at(NOON + 3 * DAY)
    assert heard(time, NOON, here=NOON + 3 * DAY) == -3 * 86400
    assert time.now() == NOON


def test_a_time_at_the_end_of_the_calendar_is_nonsense():
    now, up = NOON, 0.0
    time = HubTime(lambda: now, steady=lambda: up)
    heard(time, datetime.max.replace(tzinfo=UTC))
    now, up = NOON + DAY, 86400.0
    assert time.now() == now


def test_the_hub_read_its_clock_in_the_middle():
    time = time_at(NOON)
    skew = time.heard(NOON, asked=NOON - timedelta(seconds=4), answered=NOON + timedelta(seconds=2))
    assert skew == 1.0


def test_an_unsigned_time_is_seen_only_as_far_as_a_manifest_vouches():
    time = time_at(NOON)
    heard(time, NOON + 9999 * DAY)
    assert time.seen is None
    time.signed(NOON - DAY, NOON + DAY)
    assert time.seen == NOON - DAY
    for there, seen in ((NOON, NOON), (NOON + 9999 * DAY, NOON + DAY), (NOON, NOON + DAY)):
        heard(time, there)
        heard(time, there)
        assert time.seen == seen


def test_one_answer_that_is_days_ahead_is_not_certain():
    up = [0.0]
    time = HubTime(lambda: NOON, steady=lambda: up[0])
    time.signed(NOON - DAY, NOON + 7 * DAY)
    for said, seen in ((0, -DAY.total_seconds()), (15, 15), (3 * 86400, 15), (45, 15), (60, 60)):
        heard(time, NOON + timedelta(seconds=said))
        assert time.seen == NOON + timedelta(seconds=seen)
        up[0] += 15


def test_an_older_manifest_does_not_take_back_what_is_vouched_for():
    time = time_at(NOON)
    time.signed(NOON, NOON + 7 * DAY)
    time.signed(NOON - DAY, NOON - DAY)
    heard(time, NOON + 3 * DAY)
    heard(time, NOON + 3 * DAY)
    assert time.seen == NOON + 3 * DAY


@pytest.mark.parametrize("clock", [NOON, NOON + 400 * DAY, datetime(1970, 1, 1, tzinfo=UTC)])
def test_a_clock_that_is_set_after_the_hub_was_heard_changes_nothing(clock):
    wall, up = [datetime(1970, 1, 1, tzinfo=UTC)], [0.0]
    time = HubTime(lambda: wall[0], steady=lambda: up[0])
    heard(time, NOON, here=wall[0])
    wall[0], up[0] = clock, 60.0
    assert time.now() == NOON + timedelta(minutes=1)


def test_what_was_seen_grows_older_while_the_clock_stands_in_the_past():
    up = [0.0]
    time = HubTime(lambda: NOON - 400 * DAY, seen=NOON, steady=lambda: up[0])
    up[0] = 3 * 86400.0
    assert time.now() == NOON + 3 * DAY


@pytest.mark.parametrize(
    ("skew_s", "sentence", "word"),
    [
        (0.0, "", "ok"),
        (60.0, "", "ok"),
        (-60.0, "", "ok"),
        (61.0, "this lane's clock is 1 minute behind the hub's; set it", "wrong by 1 minute"),
        (-3 * 86400 - 5.5, "this lane's clock is 3 days ahead of the hub's; set it", "wrong by 3 days"),
    ],
)
def test_a_wrong_clock_is_told(skew_s, sentence, word):
    assert clock_trouble(skew_s).startswith(sentence)
    assert bool(clock_trouble(skew_s)) == bool(sentence)
    assert clock_word(skew_s) == word


def test_a_clock_that_was_not_compared_is_unknown():
    assert clock_word(None) == "unknown"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "no time"), (1, "1 second"), (59, "59 seconds"), (7200, "2 hours"), (86400 * 4000, "4,000 days")],
)
def test_a_span_is_told_in_its_largest_unit(seconds, words):
    assert span(seconds) == words

"""What a list may change without a person: the figures of real feeds, on ordinary days and on two bad ones."""

import pytest

from hub.plausibility import DEFAULT_LIMITS, Difference, Limits, limits_from, moved_far, objections


def difference(gone: int, moved: int, far: int) -> Difference:
    """Of 10,000 products, in hundredths of a percent."""
    return Difference(10_000, 10_000 - gone, gone=gone, moved=moved, moved_far=far)


@pytest.mark.parametrize(
    ("gone", "moved", "far"),
    [(300, 540, 110), (610, 1680, 110), (1000, 2000, 200), (0, 0, 0)],
    ids=["worst ordinary day", "after a gap of eight days", "just at the limits", "the same file again"],
)
def test_an_ordinary_day_passes(gone, moved, far):
    assert objections(difference(gone, moved, far), DEFAULT_LIMITS) == []


def test_the_feeds_of_another_store_that_really_came_are_stopped_by_their_figures_alone():
    assert len(objections(difference(1310, 1530, 330), DEFAULT_LIMITS)) == 2
    assert len(objections(difference(5570, 4020, 0), DEFAULT_LIMITS)) == 2


def test_the_feed_of_another_store_is_stopped_however_alike_it_is():
    unchanged = Difference(10_000, 10_000)
    (sentence,) = objections(unchanged, DEFAULT_LIMITS, expected_feed_store="729:001", feed_store="729:003")
    assert "729:003" in sentence
    assert "729:001" in sentence
    assert objections(unchanged, DEFAULT_LIMITS, expected_feed_store="729:001", feed_store="729:001") == []
    assert objections(unchanged, DEFAULT_LIMITS, expected_feed_store="", feed_store="729:001") == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (difference(1001, 0, 0), "1,001 of 10,000 products would go (10.0 %; this store's limit is 10 %)"),
        (difference(0, 2001, 0), "2,001 of 10,000 prices would move (20.0 %"),
        (difference(0, 201, 201), "201 of 10,000 prices would more than double or fall under half (2.0 %"),
        (Difference(20, 20, offers_before=12, offers_gone=5), "5 of 12 offers would go (41.6 %"),
    ],
)
def test_one_more_than_the_limit_is_told_with_its_figures(found, words):
    (sentence,) = objections(found, DEFAULT_LIMITS)
    assert sentence.startswith(words)


def test_a_few_products_of_a_small_shop_are_not_held_up():
    assert objections(Difference(6, 4, gone=4, added=2, moved=2, moved_far=2), DEFAULT_LIMITS) == []
    assert objections(Difference(6, 1, gone=5), DEFAULT_LIMITS) != []


def test_an_empty_list_is_told_however_small_the_shop():
    (sentence,) = objections(Difference(4, 0, gone=4), DEFAULT_LIMITS)
    assert "none of the 4 products" in sentence


def test_the_first_list_of_a_store_passes():
    assert objections(Difference(0, 9000, added=9000), DEFAULT_LIMITS) == []


def test_a_shop_sets_its_own_limits():
    found = difference(1001, 0, 0)
    assert objections(found, Limits(gone_percent=11)) == []
    assert objections(difference(1, 0, 0), Limits(gone_percent=0, at_least=1)) != []
    assert objections(difference(0, 10_000, 10_000), Limits(moved_percent=100, moved_far_percent=100)) == []


def test_limits_survive_storage_and_other_versions():
    limits = Limits(1, 2, 3, 4)
    assert limits_from(limits.as_dict()) == limits
    assert limits_from({"gone_percent": 7, "of_a_newer_hub": 1, "at_least": "many"}) == Limits(gone_percent=7)


@pytest.mark.parametrize(("before", "after", "far"), [(100, 200, False), (100, 201, True), (100, 50, False),
                                                     (100, 49, True), (99, 49, True), (99, 50, False)])  # fmt: skip
def test_far_is_more_than_double_or_under_half(before, after, far):
    assert moved_far(before, after) is far


def test_a_difference_knows_when_nothing_changes():
    assert Difference(5, 5).changes_nothing
    assert not Difference(5, 5, moved=1).changes_nothing
    assert not Difference(5, 5, offers_changed=1).changes_nothing
    assert Difference(5, 6, added=1).as_dict()["added"] == 1

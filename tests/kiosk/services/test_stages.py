"""Every pair of screen and step that the table does not name is refused."""

from itertools import product

import pytest

from kiosk.services.lane_view import Screen
from kiosk.services.stages import TRANSITIONS, IllegalStep, Step, advance


@pytest.mark.parametrize(("screen", "step"), sorted(set(product(Screen, Step)) - set(TRANSITIONS)))
def test_every_undeclared_pair_is_refused(screen: Screen, step: Step) -> None:
    with pytest.raises(IllegalStep):
        advance(screen, step)


@pytest.mark.parametrize(("screen", "step"), sorted(TRANSITIONS))
def test_every_declared_pair_leads_where_the_table_says(screen: Screen, step: Step) -> None:
    assert advance(screen, step) is TRANSITIONS[screen, step]


def test_a_payment_in_doubt_can_only_be_answered_set_aside_by_staff_or_break_down() -> None:
    steps = {step for screen, step in TRANSITIONS if screen is Screen.PAYMENT_UNKNOWN}
    assert steps == {Step.APPROVE, Step.DECLINE, Step.SHOW_CODE, Step.SET_ASIDE, Step.BREAK}

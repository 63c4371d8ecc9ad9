"""Which goods a recall means: surely, surely not, or nobody can tell from the code."""

import pytest

from retail.recall import Recall, to_check, why_recalled

LOT, SERIAL, ALL = Recall("glass", lot="L1"), Recall("dent", serial="S1"), Recall("sour")


@pytest.mark.parametrize(
    ("recalls", "lot", "serial", "why", "look"),
    [
        ((), "", "", None, ()),
        ((LOT,), "L1", "", "glass", ()),
        ((LOT,), "l1", "", "glass", ()),
        ((LOT,), "L2", "", None, ()),
        ((LOT,), "", "S9", None, ("lot L1",)),
        ((SERIAL,), "L1", "S1", "dent", ()),
        ((SERIAL,), "L1", "", None, ("serial S1",)),
        ((LOT, SERIAL), "L2", "S2", None, ()),
        ((LOT, SERIAL), "", "", None, ("lot L1", "serial S1")),
        ((ALL,), "", "", "sour", ()),
        ((Recall(""),), "L9", "S9", "", ()),
    ],
)
def test_what_a_recall_means(recalls, lot, serial, why, look):
    assert why_recalled(recalls, lot, serial) == why
    assert to_check(recalls, lot, serial) == look


def test_what_somebody_looked_at_is_not_looked_at_again():
    assert to_check((LOT, SERIAL), "", "", ("lot L1",)) == ("serial S1",)

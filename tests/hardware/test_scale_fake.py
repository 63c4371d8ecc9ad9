"""The fake keeps the contract that the real ones keep."""

import pytest

from hardware.errors import DeviceLost
from hardware.fakes.scale import FakeScale
from hardware.scale import Load
from tests.hardware.scale_contract import ScaleContract


class FakeRig:
    def __init__(self) -> None:
        self.scale = FakeScale("fake", again_s=0.01)
        self.put, self.say = self.scale.put, self.scale.say

    def lose(self) -> None:
        self.scale.fail(DeviceLost("unplugged", device="fake"))


class TestFakeScale(ScaleContract):
    @pytest.fixture
    def rig(self) -> FakeRig:
        return FakeRig()

    def test_a_weight_that_swings_is_not_stable(self, rig, listener) -> None:
        rig.scale.put(300, stable=False)
        listener.listen(rig.scale)
        weight = listener.weight()
        assert (weight.grams, weight.stable, weight.load) == (300, False, Load.WEIGHED)

    def test_the_check_of_a_lost_one_raises_what_is_wrong(self, rig) -> None:
        rig.lose()
        with pytest.raises(DeviceLost, match="unplugged"):
            rig.scale.check()

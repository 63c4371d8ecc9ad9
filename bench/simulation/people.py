"""Who comes to a lane: shoppers that scan twice, change their mind and walk off, and an attendant who is called."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final

from bench.simulation.chance import between
from bench.simulation.goods import CODES, NOT_LISTED, WITH_AGE
from bench.simulation.lane import BADGE, SimLane, Tended
from kiosk.services.lane_view import Screen

_WALLETS: Final[Mapping[str, str]] = {"wechat": "13", "alipay": "28"}
_SOON_MS: Final = (200, 1_500)
_PAUSE_MS: Final = (1_000, 12_000)
_IDLE_OUT_MS: Final = 125_000
_DONE_OUT_MS: Final = 21_000
_LOOKS_AGAIN_MS: Final = 5_000
_HELP_MS: Final = (15_000, 90_000)


class People:
    """Everybody at one lane. `act` is one thing that somebody does, and says when to look again, in milliseconds."""

    def __init__(self, lane: SimLane, rng: random.Random) -> None:
        self._lane = lane
        self._rng = rng
        self._code = ""
        self._called_ms = -1
        self.stay_away = False  # nobody new comes; who is there ends what they do
        self._do: Mapping[Screen, Callable[[Tended], int]] = {
            Screen.IDLE: self._come,
            Screen.BASKET: self._go_to_pay,
            Screen.PAY: self._pay,
            Screen.PAYING: self._wait,
            Screen.PAYMENT_UNKNOWN: self._worry,
            Screen.DONE: self._leave,
            Screen.OUT_OF_SERVICE: self._out_of_service,
            Screen.LIST_TOO_OLD: self._restart,
            Screen.CLOSED: self._open_lane,
        }

    def act(self) -> int:
        """See the class."""
        lane = self._lane
        screen, till = lane.screen, lane.till
        if screen is None or till is None:
            return _LOOKS_AGAIN_MS
        if screen is not Screen.PAYMENT_UNKNOWN:
            self._called_ms = -1
        if lane.disk.pages.aside and screen is Screen.IDLE:
            self._see_to_aside(till)
        return self._do[screen](till)

    # --- shopping -------------------------------------------------------------------------------------------------

    def _come(self, till: Tended) -> int:
        """A shopper: mostly all is scanned, and the phone is out, before anything else happens."""
        lane, rng = self._lane, self._rng
        if self.stay_away:
            return _LOOKS_AGAIN_MS
        draw = rng.random()
        for _ in range(1 if draw < 0.92 else rng.randrange(2, 5)):
            self._scan(till, CODES[int(rng.random() * len(CODES))])
        if draw < 0.02:
            self._scan(till, WITH_AGE if draw < 0.01 else NOT_LISTED)
        if draw > 0.96:
            return self._soon()
        if lane.screen is Screen.BASKET:
            return self._go_to_pay(till)
        return self._soon()

    def _go_to_pay(self, till: Tended) -> int:
        lane, rng = self._lane, self._rng
        draw = rng.random()
        if self.stay_away or draw < 0.02:
            lane.enter(till.cancel_basket)
            return self._soon()
        if draw < 0.025:
            return self._walk_off(till)
        lane.enter(till.pay)
        if lane.screen is Screen.BASKET and lane.till is till:
            self._put_right(till)
            return self._soon()
        if draw > 0.95 or lane.screen is not Screen.PAY:
            return self._soon()
        return self._pay(till)

    def _pay(self, till: Tended) -> int:
        lane, rng = self._lane, self._rng
        draw = rng.random()
        if self.stay_away or draw < 0.02:
            lane.enter(till.cancel_basket)
            return self._soon()
        if draw < 0.03:
            lane.enter(till.back_to_basket)
            return self._soon()
        ways = tuple(lane.banks)
        way = ways[int(rng.random() * len(ways))]
        brand = _WALLETS.get(way)
        if brand is None:
            lane.enter(lambda: till.choose_way(way))
            if draw > 0.95:
                lane.enter(lambda: till.choose_way(way))
            return self._pause()
        self._code = f"{brand}{int(rng.random() * 10**16):016d}"
        for _ in range(2 if draw > 0.9 else 1):
            self._scan(till, self._code)
        return self._pause()

    def _wait(self, till: Tended) -> int:
        """Most just wait; some hold their phone up again, or want to stop."""
        draw = self._rng.random()
        if draw < 0.05 and self._code:
            self._scan(till, self._code)
        elif draw < 0.08:
            self._lane.enter(till.cancel_payment)
        return self._pause()

    def _leave(self, till: Tended) -> int:
        draw = self._rng.random()
        if draw < 0.7:
            self._lane.enter(till.finish)
        elif draw < 0.8:
            self._lane.enter(lambda: till.choose_receipt("print"))
            return self._soon()
        elif draw < 0.9 and not self.stay_away:
            return self._come(till)
        else:
            self._later(till, _DONE_OUT_MS)
            return _DONE_OUT_MS + 1_000
        return self._pause()

    def _walk_off(self, till: Tended) -> int:
        """The basket stays on the screen until the lane puts it away."""
        self._later(till, _IDLE_OUT_MS)
        return _IDLE_OUT_MS + 1_000

    # --- the attendant --------------------------------------------------------------------------------------------

    def _put_right(self, till: Tended) -> None:
        """Something keeps the shopper from paying: goods that are not in the list, or an age to be confirmed."""
        self._badge(till, "remove_problems")
        self._badge(till, "approve_age")

    def _worry(self, till: Tended) -> int:
        """A payment in doubt: the attendant comes, asks again, and in the end sets it aside."""
        now = self._lane.around.timeline.now_ms
        if self._called_ms < 0:
            self._called_ms = now + self._rng.randrange(*_HELP_MS)
        if now >= self._called_ms:
            self._badge(till, "ask_payment" if self._rng.random() < 0.7 or self.stay_away else "set_aside")
        elif self._rng.random() < 0.1 and self._code:
            self._scan(till, self._code)
        return _LOOKS_AGAIN_MS

    def _see_to_aside(self, till: Tended) -> None:
        """What was set aside and has ended: its goods are handed out or put back."""
        self._badge(till, "ask_aside")
        self._badge(till, "close_aside")

    def _out_of_service(self, till: Tended) -> int:
        """The lane comes back by itself, but for a journal that is shut for good: then it is started again."""
        view = self._lane.view
        if view is not None and view.fault == "journal" and self._rng.random() < 0.2:
            return self._restart(till)
        return _LOOKS_AGAIN_MS

    def _restart(self, _till: Tended) -> int:
        self._lane.die(power=False)
        return _LOOKS_AGAIN_MS

    def _open_lane(self, till: Tended) -> int:
        self._badge(till, "open_lane")
        return self._soon()

    def _badge(self, till: Tended, act: str) -> None:
        self._scan(till, BADGE)
        if self._lane.till is till:
            self._lane.enter(lambda: till.staff_act(act))

    # --- hands ----------------------------------------------------------------------------------------------------

    def _scan(self, till: Tended, code: str) -> None:
        """Nothing, if the lane was killed between two scans."""
        if self._lane.till is till:
            self._lane.enter(lambda: till.scan(code))

    def _later(self, till: Tended, delay_ms: int) -> None:
        """Nobody touches the lane for so long; then it looks at the time."""
        lane = self._lane
        lane.around.timeline.after(delay_ms, lambda: lane.enter(till.tick) if lane.till is till else None)

    def _soon(self) -> int:
        return between(self._rng, *_SOON_MS)

    def _pause(self) -> int:
        return between(self._rng, *_PAUSE_MS)

"""A signal tower for tests, at the far end of a pty: its lamps are what its last bytes made of them."""

import os
import threading
import tty

from hardware.light import Colour, Signal
from tests.hardware.listener import PATIENCE_S

_LAMPS = {1: Colour.RED, 2: Colour.YELLOW, 4: Colour.GREEN}


class Tower:
    """The tower at the far end of a pty: keeps each lamp's last command."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self.lamps: dict[int, int] = dict.fromkeys((1, 2, 4, 8), 2)
        self.unknown: list[int] = []
        self._changed = threading.Condition()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while came := os.read(self._master, 64):
            if self._end.is_set():
                return
            with self._changed:
                for byte in came:
                    self._obey(byte)
                self._changed.notify_all()

    def _obey(self, byte: int) -> None:
        if byte >> 4 not in {1, 2, 4} or byte & 15 not in self.lamps:
            self.unknown.append(byte)
        # As some of them are: one that blinks is not put to a steady light by 'on' alone.
        elif (byte >> 4, self.lamps[byte & 15]) != (1, 4):
            self.lamps[byte & 15] = byte >> 4

    def seen(self) -> Signal:
        lit = {lamp: state for lamp, state in self.lamps.items() if state != 2}
        assert 8 not in lit, "the buzzer sounds"
        assert len(set(lit.values())) <= 1
        return Signal(frozenset(_LAMPS[lamp] for lamp in lit), blinking=4 in lit.values())

    def sees(self, signal: Signal) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.seen() == signal, PATIENCE_S)

    def unplug(self) -> None:
        if not self._end.is_set():
            self._end.set()
            os.write(self._slave, b"x")
            self._thread.join(PATIENCE_S)
            os.close(self._slave)
            os.close(self._master)

"""kill -9 while a lane appends: whatever was acknowledged is there, and the chain is whole."""

import random
import signal
import subprocess
import sys
import threading

from offline_cache.journal import Journal, verify
from retail.events import first_break
from tests.offline_cache.programs import ROOT
from tests.offline_cache.sales import clock

KILLS = 15
APPENDER = """
import sys
from pathlib import Path
from offline_cache.journal import Journal
from tests.offline_cache.sales import clock, help_called, line, started
journal = Journal(Path(sys.argv[1]), clock)
number = journal.head()[0]
print("open", flush=True)
while True:
    for event in journal.append(help_called(number), help_called(number)):
        print(event.number, flush=True)
        number = event.number
"""


def test_nothing_that_was_acknowledged_is_lost_by_kill_9(tmp_path):
    path, moments = tmp_path / "journal.sqlite", random.Random(2)  # noqa: S311 - repeatable moments
    acknowledged = 0
    for _ in range(KILLS):
        lane = subprocess.Popen(
            [sys.executable, "-c", APPENDER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert lane.stdout is not None
        assert lane.stdout.readline() == "open\n"
        killer = threading.Timer(moments.uniform(0.0, 0.12), lane.send_signal, [signal.SIGKILL])
        killer.start()
        numbers = [int(word) for word in lane.stdout.read().split()]
        lane.stdout.close()
        assert lane.wait() == -signal.SIGKILL
        acknowledged = max([acknowledged, *numbers])
        journal = Journal(path, clock)
        assert journal.head()[0] >= acknowledged
        assert journal.head()[0] % 2 == 0, "half of an append was kept"
        assert first_break(journal.events()) is None
        journal.close()
    assert acknowledged > KILLS
    assert verify(path).ok

"""kill -9 while a lane appends: whatever was acknowledged is there, and the chain is whole."""

import random
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

from offline_cache.journal import Journal, verify
from retail.events import first_break
from tests.offline_cache.programs import ROOT
from tests.offline_cache.sales import AT, as_version_1, clock, whole_sale

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
        numbers = killed(APPENDER, path, moments.uniform(0.0, 0.12))
        acknowledged = max([acknowledged, *numbers])
        journal = Journal(path, clock)
        assert journal.head()[0] >= acknowledged
        assert journal.head()[0] % 2 == 0, "half of an append was kept"
        assert first_break(journal.events()) is None
        journal.close()
    assert acknowledged > KILLS
    assert verify(path).ok


PRUNER = """
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path
from offline_cache.journal import Journal
from tests.offline_cache.sales import AT, clock, whole_sale
journal = Journal(Path(sys.argv[1]), clock)
print("open", flush=True)
for sale in count(journal.head()[0]):
    print(journal.append(*whole_sale(f"s{sale}"))[-1].number, flush=True)
    journal.prune(journal.head(), before=AT + timedelta(days=1), newest=30, most=10)
"""


def test_a_journal_that_is_being_pruned_is_whole_after_kill_9(tmp_path):
    path, moments = tmp_path / "journal.sqlite", random.Random(3)  # noqa: S311 - repeatable moments
    acknowledged = 0
    for _ in range(KILLS):
        acknowledged = max(acknowledged, *killed(PRUNER, path, moments.uniform(0.02, 0.12)))
        report = verify(path)
        assert report.ok, report.problem
        assert report.pruned + report.events >= acknowledged
        assert report.events >= min(acknowledged, 30)
        assert report.pruned % 5 == 0, "a sale was cut in two"
    assert verify(path).pruned > 30


UPGRADER = """
import signal
import sys
from pathlib import Path
from offline_cache.journal import Journal
from tests.offline_cache.sales import clock
print("open", flush=True)
print(Journal(Path(sys.argv[1]), clock).head()[0], flush=True)
signal.pause()
"""


def test_an_upgrade_that_is_cut_leaves_the_old_journal_or_the_new_one(tmp_path):
    moments = random.Random(4)  # noqa: S311 - repeatable moments
    for number in range(KILLS):
        path = tmp_path / str(number) / "journal.sqlite"
        journal = Journal(path, clock)
        head = journal.append(*whole_sale("s1"), *whole_sale("s2"))[-1].number
        journal.close()
        as_version_1(path)
        killed(UPGRADER, path, moments.uniform(0.0, 0.03))
        assert verify(path).ok
        journal = Journal(path, clock)
        assert journal.head()[0] == head
        assert journal.prune(journal.head(), before=AT + timedelta(days=1), newest=0) == 5
        journal.close()


def killed(program: str, path: Path, after_s: float) -> list[int]:
    """The numbers that a program said were on disk before it was killed."""
    lane = subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert lane.stdout is not None
    assert lane.stdout.readline() == "open\n"
    killer = threading.Timer(after_s, lane.send_signal, [signal.SIGKILL])
    killer.start()
    numbers = [int(word) for word in lane.stdout.read().split()]
    lane.stdout.close()
    assert lane.wait() == -signal.SIGKILL
    return [0, *numbers]

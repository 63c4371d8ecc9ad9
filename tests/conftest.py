"""What every test stands on: Qt draws into memory, by software, the same on every machine."""

import os
import sys

# Before anything imports Qt: it reads these once.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_QUICK_BACKEND"] = "software"

# Else each worker, and each of the hundreds of programs that tests start, compiles all of our sources anew: 150
# processor seconds of a run.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest_plugins = ("tests.hub.buckets", "tests.hub.databases")

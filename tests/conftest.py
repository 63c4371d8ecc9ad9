"""What every test stands on: Qt draws into memory, by software, the same on every machine."""

import os

# Before anything imports Qt: it reads these once.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_QUICK_BACKEND"] = "software"

pytest_plugins = ("tests.hub.buckets", "tests.hub.databases")

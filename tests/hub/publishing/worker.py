"""A hub's process for tests of several at once, told by lines on stdin what to do, answering with a line each.

`publish N`: publish N times, a line of JSON for each. `killed N`: publish in a child that is killed by SIGKILL before
the N-th thing that it does to a disk or database; answers true if it lived to the end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from hub.data_folder import DataFolder
from hub.services import open_hub
from hub.storage.folder import FolderStorage

_TOUCHES = ("open", "os.", "shutil.", "fcntl.", "sqlite3.connect")


def main(folder: str, address: str, storage: str) -> None:
    for line in sys.stdin:
        task, count = line.split()
        if task == "killed":
            say(lives(int(count), folder, address, storage))
        else:
            for _ in range(int(count)):
                say(publish(folder, address, storage))


def publish(folder: str, address: str, storage: str) -> dict[str, Any]:
    lists = FolderStorage(Path(storage))
    with open_hub(DataFolder(Path(folder)), address=address or None, storage=lists) as hub:
        done = hub.publisher.publish("demo")
        return {"revision": done.revision, "sha256": done.sha256, "kind": done.kind}


def lives(steps: int, folder: str, address: str, storage: str) -> bool:
    child = os.fork()
    if child == 0:
        kill_before(steps)
        publish(folder, address, storage)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"the child failed by itself: {status}")
    return not os.WIFSIGNALED(status)


def kill_before(step: int) -> None:
    left = step

    def count(*_args: Any, **_named: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def touched(name: str, args: tuple[Any, ...]) -> None:
        # What Python itself reads to import its modules is no step of ours.
        if name.startswith(_TOUCHES) and not str(args[0] if args else "").endswith((".py", ".pyc", "__pycache__")):
            count()

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    sys.addaudithook(touched)


def say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

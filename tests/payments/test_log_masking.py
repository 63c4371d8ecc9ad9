"""A program's own words hold no secret: log lines, tracebacks, and what ends a thread or the program."""

import io
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from payments.log_masking import mask_logs

CARD, CODE = "4111111111111111", "130123456789012345"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the root logger writes, with the program's hooks put back afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    before = (root.handlers[:], sys.excepthook, threading.excepthook, sys.unraisablehook)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    root.handlers = [handler]
    mask_logs()
    yield stream
    root.handlers, sys.excepthook, threading.excepthook, sys.unraisablehook = before


def test_arguments_and_tracebacks_are_masked(written: io.StringIO) -> None:
    try:
        int(f"{CODE}x{CARD} ")
    except ValueError:
        logging.getLogger("a.plug-in").exception("cannot read %s", CARD)
    said = written.getvalue()
    assert said.startswith("ERROR cannot read 41··········1111")
    assert "ValueError" in said
    assert CARD not in said


def test_it_is_put_on_once(written: io.StringIO) -> None:
    mask_logs()
    logging.getLogger().warning("%s", CARD)
    assert written.getvalue() == "WARNING 41··········1111\n"


def test_a_thread_that_ends_by_a_fault_tells_no_code(written: io.StringIO) -> None:
    def fail() -> None:
        raise RuntimeError(f"the shopper's code is {CODE}")

    thread = threading.Thread(target=fail, name="payments")
    thread.start()
    thread.join()
    assert "thread payments ends by a fault" in written.getvalue()
    assert CODE not in written.getvalue()


def test_the_program_itself_ends_without_telling() -> None:
    program = (
        "import logging; from payments.log_masking import mask_logs; logging.basicConfig(); mask_logs();"
        f"raise SystemError('code ' + '{CODE[:9]}' + '{CODE[9:]}')"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "SystemError: code 13············2345" in ended.stderr
    assert CODE not in ended.stderr

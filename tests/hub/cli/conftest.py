"""Commands of kiosk-hub, run in this process on each database."""

from pathlib import Path

import pytest

from hub.__main__ import main
from tests.hub.cli.command_line import Run, Said
from tests.hub.databases import Databases


@pytest.fixture
def run(data: Path, databases: Databases, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*args: object) -> Said:
        try:
            status = main([*databases.options(data), *map(str, args)])
        except SystemExit as exc:  # argparse
            status = exc.code if isinstance(exc.code, int) else 1
        written = capsys.readouterr()
        return Said(status, written.out, written.err)

    return command

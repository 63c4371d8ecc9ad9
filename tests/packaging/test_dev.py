"""The one script explains itself, and says in a sentence what it cannot do."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def dev(
    *arguments: str, script: Path = ROOT / "dev", path: str = os.environ["PATH"]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ("/bin/bash", str(script), *arguments), capture_output=True, text=True, check=False, cwd="/", env={"PATH": path}
    )


@pytest.mark.parametrize("arguments", [(), ("help",), ("--help",)])
def test_help_names_every_command(arguments: tuple[str, ...]) -> None:
    done = dev(*arguments)
    assert done.returncode == 0
    for command in ("setup", "demo", "test", "check", "bench"):
        assert f"\n  {command} " in done.stdout


def test_an_unknown_command_is_refused() -> None:
    done = dev("tset")
    assert done.returncode == 2
    assert "there is no command 'tset'" in done.stderr


def test_without_a_python_the_remedy_is_named(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for tool in ("readlink", "dirname", "cat", "head", "grep", "flock"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    copy = shutil.copy(ROOT / "dev", tmp_path / "dev")
    done = dev("setup", script=Path(copy), path=str(tmp_path / "bin"))
    assert done.returncode == 2
    assert done.stderr.startswith("dev: Python 3.11 or newer was not found.")
    assert len(done.stderr.splitlines()) == 1

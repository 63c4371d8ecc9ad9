"""The script of the device machine explains itself, and says in a sentence what it cannot do."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / "packaging/device-vm/run"


def run(*arguments: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ("/bin/bash", str(RUN), *arguments), capture_output=True, text=True, check=False, cwd="/", env={"PATH": path}
    )


def test_help_names_every_option() -> None:
    done = run("--help")
    assert done.returncode == 0
    for option in ("--work DIR", "--limit S", "--build-only", "--command L"):
        assert f"\n  {option} " in done.stdout


def test_an_unknown_option_is_refused() -> None:
    done = run("--wrok", "machine")
    assert done.returncode == 2
    assert "there is no option '--wrok'" in done.stderr


def test_what_is_missing_is_named_with_the_command_that_brings_it(tmp_path: Path) -> None:
    for tool in ("readlink", "dirname"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    done = run("--work", str(tmp_path / "machine"), path=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("device-vm: ")
    assert "qemu-system-x86_64" in done.stderr or "Python 3.11" in done.stderr
    assert not (tmp_path / "machine").exists()

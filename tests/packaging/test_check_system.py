"""Missing system packages are installed where that is allowed, and named with the command where it is not."""

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "check_system.py"
LIST = SCRIPT.with_name("system-packages.txt")
SMALL_LIST = "# why\nlibone\tfirst\nlibold|libnew\tsecond\nxvfb\ta screen\ttest\n"


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script, as on a machine of its own: nothing on its PATH but what a test puts there."""
    # By its path: "packaging" is also the name of a package from elsewhere.
    spec = importlib.util.spec_from_file_location("check_system_under_test", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    (tmp_path / "list.txt").write_text(SMALL_LIST)
    monkeypatch.setattr(module, "LIST", tmp_path / "list.txt")
    (tmp_path / "bin").mkdir()
    for tool in ("env", "sh", "cat"):
        (tmp_path / "bin" / tool).symlink_to(f"/usr/bin/{tool}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return module


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Make a Debian with these packages; returns the file that tells what apt-get was asked for."""

    def make(
        *, installed: str = "", known: str = "", root: bool = False, sudo: bool = False, apt_works: bool = True
    ) -> Path:
        def tool(name: str, script: str) -> None:
            file = tmp_path / "bin" / name
            file.write_text(f"#!/usr/bin/sh\n{script}\n")
            file.chmod(0o755)

        asked = tmp_path / "asked.txt"
        asked.touch()
        tool("dpkg-query", "\n".join(f"echo 'installed,{row},'" for row in installed.split()) + "\nexit 1")
        tool("apt-cache", "\n".join(f"echo {name}:; echo '  Candidate: 1.0'" for name in known.split()) or "true")
        tool("apt-get", f'echo "$@" >> {asked}; {"true" if apt_works else "case $* in *install*) exit 100;; esac"}')
        tool("sudo", f'test "$1" = -n || exit 1; shift; {"true" if sudo else "exit 1"}; "$@"')
        tool("true", "exit 0")
        monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
        return asked

    return make


def run(check: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["check_system.py", *arguments])
    status: int = check.main()
    return status


def test_a_complete_machine_is_left_alone(check, machine, monkeypatch, capfd) -> None:
    asked = machine(installed="libone libnew", root=True)
    assert run(check, monkeypatch) == 0
    assert asked.read_text() == ""
    assert capfd.readouterr().err == ""


def test_a_package_of_another_name_that_provides_it_will_do(check, machine, monkeypatch) -> None:
    asked = machine(installed="libonet64,libother,libone libnew,", root=True)
    assert run(check, monkeypatch) == 0
    assert asked.read_text() == ""


def test_root_installs_what_is_missing_under_the_name_that_this_release_knows(
    check, machine, monkeypatch, capfd
) -> None:
    asked = machine(installed="libone", known="libnew", root=True)
    assert run(check, monkeypatch) == 0
    update, install = asked.read_text().splitlines()
    assert update.endswith("update")
    assert install.endswith("install -y --no-install-recommends libnew")
    assert "second" in capfd.readouterr().err


def test_passwordless_sudo_is_used(check, machine, monkeypatch) -> None:
    asked = machine(installed="libone", known="libold", sudo=True)
    assert run(check, monkeypatch) == 0
    assert "install -y --no-install-recommends libold" in asked.read_text()


def test_without_rights_the_command_is_named_and_nothing_is_tried(check, machine, monkeypatch, capfd) -> None:
    asked = machine(known="libone libnew")
    assert run(check, monkeypatch) == 2
    assert asked.read_text() == ""
    assert "sudo apt-get install --no-install-recommends libone libnew" in capfd.readouterr().err


def test_when_apt_fails_the_command_is_named(check, machine, monkeypatch, capfd) -> None:
    machine(installed="libone", known="libnew", root=True, apt_works=False)
    assert run(check, monkeypatch) == 2
    assert "sudo apt-get install --no-install-recommends libnew" in capfd.readouterr().err


def test_what_is_for_tests_is_wanted_by_tests_only(check, machine, monkeypatch) -> None:
    asked = machine(installed="libone libnew", known="xvfb", root=True)
    assert run(check, monkeypatch) == 0
    assert asked.read_text() == ""
    assert run(check, monkeypatch, "--for", "test") == 0
    assert "xvfb" in asked.read_text()


def test_what_is_for_tests_holds_nobody_up(check, machine, monkeypatch, capfd) -> None:
    machine(installed="libone libnew", known="xvfb")
    assert run(check, monkeypatch, "--for", "test") == 0
    assert "going on without" in capfd.readouterr().err


def test_a_system_without_apt_is_told_what_it_needs(check, monkeypatch, capfd) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)  # before there is an environment
    assert run(check, monkeypatch) == 0
    assert "no apt" in capfd.readouterr().err


def test_the_real_list_is_well_formed(check) -> None:
    wanted = check.read_list(LIST.read_text(encoding="utf-8"))
    assert {package.purpose for package in wanted} == {"", "test", "bench"}
    assert all(package.why and all(package.names) for package in wanted)
    assert len({package.names for package in wanted}) == len(wanted)

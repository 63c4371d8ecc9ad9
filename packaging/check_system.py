"""Sees that the system libraries of system-packages.txt are there; installs them by apt where it may.

Runs before there is a virtual environment, hence on the standard library alone.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("system-packages.txt")
# A fresh machine is often still busy with its own first upgrade; a log has no use for a progress bar.
APT_OPTIONS = ("-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0")


@dataclass(frozen=True, slots=True)
class Wanted:
    names: tuple[str, ...]  # the same library as different releases call it
    why: str
    purpose: str  # empty: always needed


def read_list(text: str) -> tuple[Wanted, ...]:
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(_read_line(line) for line in lines)


def _read_line(line: str) -> Wanted:
    names, why, *purpose = line.split("\t")
    return Wanted(tuple(names.split("|")), why, "".join(purpose))


def own_needs() -> tuple[Wanted, ...]:
    """Debian takes ensurepip out of Python and puts it into a package of its own."""
    if importlib.util.find_spec("ensurepip"):
        return ()
    name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return (Wanted((name,), "Python: making the virtual environment", ""),)


def missing(wanted: tuple[Wanted, ...]) -> tuple[Wanted, ...]:
    named = installed_names(tuple(name for package in wanted for name in package.names))
    rest = _without(wanted, named)
    # A later release may have put it into a package of another name, that says what it provides.
    # Asking all packages takes a moment, so only when needed.
    return _without(rest, installed_names(())) if rest else rest


def _without(wanted: tuple[Wanted, ...], installed: set[str]) -> tuple[Wanted, ...]:
    return tuple(package for package in wanted if installed.isdisjoint(package.names))


def installed_names(asked: tuple[str, ...]) -> set[str]:
    """Return those installed of the names asked for, or of all packages; with what they provide."""
    answer = subprocess.run(
        ("dpkg-query", "--show", "--showformat", "${db:Status-Status},${Package},${Provides}\n", *asked),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it complains of each name that it has never heard of
        check=False,
        text=True,
    )
    rows = [line.split(",") for line in answer.stdout.splitlines()]
    # "name (= version)" where it provides a certain version
    return {name.split()[0] for status, *names in rows if status == "installed" for name in names if name.strip()}


def known_names(wanted: tuple[Wanted, ...]) -> list[str]:
    """For each package the name that this release can install."""
    names = [name for package in wanted for name in package.names]
    answer = subprocess.run(
        ("apt-cache", "policy", *names), stdout=subprocess.PIPE, check=False, text=True, env=_plain_env()
    )
    candidates: dict[str, str] = {}
    name = ""
    for line in answer.stdout.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            name = line[:-1]
        elif line.startswith("  Candidate:"):
            candidates[name] = line.split(":", 1)[1].strip()
    return [
        next((name for name in package.names if candidates.get(name, "(none)") != "(none)"), package.names[0])
        for package in wanted
    ]


def may_become_root() -> list[str] | None:
    """Return what to put before a command to run it as root; None where that is not allowed."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    # -n: never ask for a password; whoever has to type one shall see the command first.
    allowed = subprocess.run(("sudo", "-n", "true"), capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if allowed else None


def install(names: list[str], become_root: list[str]) -> bool:
    command = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *APT_OPTIONS]
    command += ["-qq", "install", "-y", "--no-install-recommends", *names]
    # dpkg writes a line for each package; it goes to stderr, as all that ./dev says of itself.
    return subprocess.run(command, stdout=sys.stderr.fileno(), check=False).returncode == 0


def refresh(become_root: list[str]) -> None:
    # A failure here is not the end: the lists that are there may do, and installing tells.
    subprocess.run((*become_root, "apt-get", *APT_OPTIONS, "-qq", "update"), check=False, stdout=sys.stderr.fileno())


def say(sentence: str) -> None:
    print(f"dev: {sentence}", file=sys.stderr)


def command_for_people(names: list[str]) -> str:
    return f"sudo apt-get update && sudo apt-get install --no-install-recommends {shlex.join(names)}"


def bring_in(wanted: tuple[Wanted, ...]) -> bool:
    """Install what is wanted, or say how a person can; True when all of it is there at the end."""
    say("these system packages are missing:")
    for package in wanted:
        say(f"  {package.names[0]:<22} {package.why}")
    become_root = may_become_root()
    if become_root is None:
        say("installing them needs an administrator; run this, then ./dev again:")
        say(f"  {command_for_people(known_names(wanted))}")
        return False
    say("installing them by apt ...")
    refresh(become_root)
    names = known_names(wanted)
    if install(names, become_root):
        return True
    say("apt could not install them: it says why above. When that is mended, run this, then ./dev again:")
    say(f"  {command_for_people(names)}")
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--for", dest="purpose", default="", help="also what is wanted for this purpose: test or bench")
    purpose: str = parser.parse_args().purpose
    if not (shutil.which("dpkg-query") and shutil.which("apt-get")):
        say_where_no_apt()
        return 0
    listed = own_needs() + read_list(LIST.read_text(encoding="utf-8"))
    needed = missing(tuple(package for package in listed if package.purpose in {"", purpose}))
    if not needed or bring_in(needed):
        return 0
    if all(package.purpose for package in needed):
        say(f"going on without: what needs them is left out of the {purpose}.")
        return 0
    return 2


def say_where_no_apt() -> None:
    """Say what is needed, once: whether it is there cannot be asked of dpkg."""
    if importlib.util.find_spec("PySide6"):
        return  # the environment has been made: this was said then
    say("this system has no apt. Please see that it has, under its own names, the libraries of")
    say(f"  {LIST}")
    if own_needs():
        say("and Python's modules venv and ensurepip.")


def _plain_env() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8"}  # apt-cache's words are translated


if __name__ == "__main__":
    raise SystemExit(main())

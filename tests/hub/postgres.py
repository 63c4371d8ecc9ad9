"""A real PostgreSQL, Debian's, started for a run of the tests in a folder of its own and heard on a socket there."""

from __future__ import annotations

import fcntl
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psycopg

_PATIENCE_S: Final = 30.0
_POLL_S: Final = 0.02
# Nothing here must outlive the machine's power: whether a commit is durable is PostgreSQL's own affair.
_FAST: Final = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200")
_MEMORY_DISK: Final = Path("/dev/shm")  # noqa: S108 - the folder made there is only ours
_OLDEST: Final = 15  # copies databases file by file, which is fast
_PREFIX: Final = "kiosk-postgres-"
_LOCK: Final = "lock"
_ROOM: Final = 2 << 30
_SETTINGS: Final = (*_FAST, "listen_addresses=", "lc_messages=C", "dynamic_shared_memory_type=mmap")
# Whoever is named guarded needs a password.
_RULES: Final = "local all guarded scram-sha-256\nlocal all all trust\n"


class NoPostgres(Exception):
    """Why there is no PostgreSQL here."""


class PostgresServer:
    """A server of our own: it can be stopped and started, and makes databases."""

    def __init__(self, folder: Path, programs: Path, become: tuple[str, ...]) -> None:
        self._folder = folder
        self._programs = programs
        self._become = become  # what to put before a command so that PostgreSQL, which refuses root, runs it
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._admin: psycopg.Connection | None = None

    def prepare(self) -> None:
        """Make an empty cluster. NoPostgres says why not."""
        command = (*self._become, str(self._programs / "initdb"), "--pgdata", str(self._folder / "data"))
        options = ("--username", "hub", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        made = subprocess.run((*command, *options), capture_output=True, text=True, cwd="/", check=False)
        if made.returncode:
            raise NoPostgres(f"initdb failed: {made.stderr.strip()[-300:]}")
        (self._folder / "data" / "pg_hba.conf").write_text(_RULES, "ascii")

    def start(self) -> None:
        """Start it and wait until it answers. NoPostgres says why not."""
        # Should the tests be killed, the server ends with them.
        command = (*self._become, "setpriv", "--pdeathsig", "QUIT", str(self._programs / "postgres"))
        settings = (part for setting in _SETTINGS for part in ("-c", setting))
        own = ("-D", str(self._folder / "data"), "-k", str(self._folder))
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                (*command, *own, *settings), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/"
            )
        deadline = time.monotonic() + _PATIENCE_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                said = (self._folder / "log").read_text("utf-8", "replace").strip()[-300:]
                raise NoPostgres(f"the server does not start: {said}")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """End it, and all connections; idempotent."""
        if self._admin is not None:
            self._admin.close()
            self._admin = None
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # nothing that it said yes to is lost
            self._process.wait(_PATIENCE_S)
            self._process = None

    def create(self, template: str = "template0") -> str:
        """A new database, empty or a copy; its name."""
        name = f"test_{next(self._numbers)}"
        # For a database this small copying files takes half the time of the default, which logs each page.
        self.tell(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever still uses it."""
        self.tell(f'DROP DATABASE "{name}" WITH (FORCE)')

    def tell(self, statement: str) -> None:
        """Run a statement as the superuser, outside of any transaction."""
        if self._admin is None:
            self._admin = psycopg.connect(self._target("postgres"), autocommit=True)
        self._admin.execute(statement)

    def address(self, name: str, user: str = "hub") -> str:
        """A database's address as kiosk-hub takes it; `user` may be `NAME:PASSWORD`."""
        return f"postgresql://{user}@/{name}?host={self._folder}"

    def _target(self, name: str) -> str:
        return f"host={self._folder} user=hub dbname={name}"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._target("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A running server that is gone afterwards. NoPostgres says why there is none."""
    programs = _newest_programs()
    account = _account()
    place = _memory() or Path(tempfile.gettempdir())
    _tidy(place)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    lock = (folder / _LOCK).open("w", encoding="utf-8")
    fcntl.flock(lock, fcntl.LOCK_EX)
    become: tuple[str, ...] = ()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
        become = ("setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
    server = PostgresServer(folder, programs, become)
    try:
        server.prepare()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
        lock.close()


def _tidy(place: Path) -> None:
    """Remove what runs that were killed have left: nobody holds its lock any more."""
    for lock in place.glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError), lock.open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent)


def _memory() -> Path | None:
    """A disk in memory with room for it, if there is one: others' writing then holds nobody up. None: anywhere."""
    with suppress(OSError):
        if shutil.disk_usage(_MEMORY_DISK).free > _ROOM:
            return _MEMORY_DISK
    return None


def _newest_programs() -> Path:
    if shutil.which("setpriv") is None:
        raise NoPostgres("there is no setpriv here")
    found = {path.parent.parent.name: path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    version = max((int(name) for name in found if name.isdigit()), default=0)
    if version < _OLDEST:
        raise NoPostgres(f"PostgreSQL {_OLDEST} or newer is not installed: apt-get install postgresql")
    return found[str(version)]


def _account() -> pwd.struct_passwd | None:
    """Whom to run it as; None: as ourselves. It never runs as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError as exc:
        raise NoPostgres("PostgreSQL does not run as root, and there is no user postgres") from exc

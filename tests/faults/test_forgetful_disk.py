"""The disk that forgets does forget, and keeps what it was told to keep: else the tests on it prove nothing."""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.disk_model import PAGE, Fate
from tests.faults.mounted_disk import MountedDisk


def flushed(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(descriptor)
    os.close(descriptor)


def test_what_was_not_fsynced_is_lost(disk: MountedDisk) -> None:
    flushed(disk.path / "a", b"old")
    flush_folder(disk.path)
    with (disk.path / "a").open("r+b") as file:
        file.write(b"new, and longer")
    assert (disk.path / "a").read_bytes() == b"new, and longer"
    disk.cut()
    assert (disk.path / "a").read_bytes() == b"old"


def test_what_was_fsynced_stays_if_its_folder_was_too(disk: MountedDisk) -> None:
    flushed(disk.path / "a", b"content")
    flush_folder(disk.path)
    flushed(disk.path / "b", b"content")
    disk.cut()
    assert os.listdir(disk.path) == ["a"]  # noqa: PTH208 - as the kernel lists it
    assert (disk.path / "a").read_bytes() == b"content"


def test_a_rename_is_lost_without_an_fsync_of_the_folder(disk: MountedDisk) -> None:
    flushed(disk.path / "list", b"old")
    flush_folder(disk.path)
    flushed(disk.path / "list.new", b"new")
    (disk.path / "list.new").rename(disk.path / "list")
    assert (disk.path / "list").read_bytes() == b"new"
    disk.cut()
    assert (disk.path / "list").read_bytes() == b"old"


def test_a_rename_may_stay_without_the_content_of_its_file(disk: MountedDisk) -> None:
    flushed(disk.path / "list", b"old")
    flush_folder(disk.path)
    (disk.path / "list.new").write_bytes(b"new")
    (disk.path / "list.new").rename(disk.path / "list")
    disk.cut(Fate.NAMES_STAY)
    assert (disk.path / "list").read_bytes() == b""


def test_content_may_stay_without_the_names_that_go_with_it(disk: MountedDisk) -> None:
    flushed(disk.path / "list", b"old")
    flush_folder(disk.path)
    (disk.path / "journal").write_bytes(b"how to go back")
    with (disk.path / "list").open("r+b") as file:
        file.write(b"new")
    disk.cut(Fate.CONTENT_STAYS)
    assert not (disk.path / "journal").exists()
    assert (disk.path / "list").read_bytes() == b"new"


def test_the_last_write_may_be_torn_between_pages(disk: MountedDisk) -> None:
    flushed(disk.path / "a", b"o" * (8 * PAGE))
    flush_folder(disk.path)
    with (disk.path / "a").open("r+b") as file:
        file.write(b"n" * (8 * PAGE))
    disk.cut(Fate.MIXED, seed=1)
    content = (disk.path / "a").read_bytes()
    pages = {content[first : first + PAGE] for first in range(0, len(content), PAGE)}
    assert pages == {b"o" * PAGE, b"n" * PAGE}


def test_after_a_failed_fsync_the_next_one_lies(disk: MountedDisk) -> None:
    (disk.path / "a").touch()
    flush_folder(disk.path)
    disk.fail(1, errno.EIO, kinds=("fsync",))
    with (disk.path / "a").open("wb") as file:
        file.write(b"content")
        file.flush()
        with pytest.raises(OSError, match="Input/output") as caught:
            os.fsync(file.fileno())
        assert caught.value.errno == errno.EIO
        os.fsync(file.fileno())
    disk.cut(Fate.ALL_STAYS)
    assert (disk.path / "a").read_bytes() == b""


def test_what_is_open_over_a_power_cut_is_good_for_nothing(disk: MountedDisk) -> None:
    with (disk.path / "a").open("wb", buffering=0) as file:
        disk.cut()
        with pytest.raises(OSError, match="Input/output"):
            file.write(b"content")


def test_every_moment_of_a_replacement_can_be_looked_at(disk: MountedDisk, tmp_path: Path) -> None:
    flushed(disk.path / "list", b"old")
    flush_folder(disk.path)
    disk.settle()
    flushed(disk.path / "list.new", b"new")
    (disk.path / "list.new").rename(disk.path / "list")
    flush_folder(disk.path)
    assert [word.split()[0] for word in disk.changes()][:2] == ["create", "write"]
    seen = [
        (disk.export(tmp_path / "then", steps, fate) / "list").read_bytes()
        for fate in (Fate.NOTHING_STAYS, Fate.NAMES_STAY)
        for steps in range(disk.count() + 1)
    ]
    assert seen == [b"old"] * 5 + [b"new"] + [b"old"] * 4 + [b"new"] * 2


def test_a_full_disk_says_so_and_takes_more_when_there_is_room(disk: MountedDisk) -> None:
    disk.room(10_000)
    with pytest.raises(OSError, match="No space left") as caught:
        (disk.path / "a").write_bytes(b"x" * 20_000)
    assert caught.value.errno == errno.ENOSPC
    assert os.statvfs(disk.path).f_bavail * 4096 <= 10_000
    disk.mend()
    (disk.path / "a").write_bytes(b"x" * 20_000)


def test_a_fault_may_last(disk: MountedDisk) -> None:
    disk.fail(2, errno.ENOSPC, lasting=True)
    (disk.path / "a").touch()
    for name in ("b", "c"):
        with pytest.raises(OSError, match="No space left"):
            (disk.path / name).touch()
    disk.mend()
    (disk.path / "b").touch()


def test_sqlite_keeps_a_commit_with_full_and_loses_it_with_normal(disk: MountedDisk) -> None:
    left = {}
    for setting in ("FULL", "NORMAL"):
        with closing(sqlite3.connect(disk.path / f"{setting}.sqlite", isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(f"PRAGMA synchronous = {setting}")
            db.execute("CREATE TABLE t (n INTEGER)")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("INSERT INTO t VALUES (1)")
            flush_folder(disk.path)
            disk.cut()
        with closing(sqlite3.connect(disk.path / f"{setting}.sqlite")) as db:
            left[setting] = db.execute("SELECT count(*) FROM t").fetchone()[0]
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert left == {"FULL": 1, "NORMAL": 0}


def test_locks_links_and_mapped_files_work(disk: MountedDisk) -> None:
    path = disk.path / "a"
    flushed(path, b"x" * PAGE)
    os.link(path, disk.path / "b")
    assert path.stat().st_nlink == 2
    assert path.samefile(disk.path / "b")
    with path.open("rb") as one, path.open("rb") as other:
        fcntl.flock(one, fcntl.LOCK_SH)
        path.rename(disk.path / "c")
        with pytest.raises(BlockingIOError), (disk.path / "c").open("rb") as third:
            fcntl.flock(third, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with mmap.mmap(other.fileno(), 0, prot=mmap.PROT_READ) as memory:
            (disk.path / "c").unlink()
            assert memory[:2] == b"xx"
            assert os.fstat(one.fileno()).st_size == PAGE
    assert (disk.path / "b").read_bytes() == b"x" * PAGE


def test_a_folder_is_filled_and_laid_out_again_with_its_links(disk: MountedDisk, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (source / "inner" / "a").write_bytes(b"content")
    os.link(source / "inner" / "a", source / "b")
    disk.fill(source)
    assert (disk.path / "b").samefile(disk.path / "inner" / "a")
    there = disk.export(tmp_path / "there", 0, Fate.NOTHING_STAYS)
    assert (there / "inner" / "a").read_bytes() == b"content"
    assert (there / "b").samefile(there / "inner" / "a")


def test_a_rename_in_the_place_of_an_open_file_is_one_step(disk: MountedDisk, tmp_path: Path) -> None:
    flushed(disk.path / "list", b"old")
    flushed(disk.path / "list.new", b"new")
    flush_folder(disk.path)
    disk.settle()
    with (disk.path / "list").open("rb") as reader:
        (disk.path / "list.new").rename(disk.path / "list")
        assert os.fstat(reader.fileno()).st_size == 3
        assert reader.read() == b"old"
    assert disk.changes() == ["rename /list.new /list"]
    assert sorted(os.listdir(disk.path)) == ["list"]  # noqa: PTH208 - as the kernel lists it
    for steps, content in enumerate((b"old", b"new")):
        assert (disk.export(tmp_path / "then", steps, Fate.ALL_STAYS) / "list").read_bytes() == content

"""Every command, and every way that a person can make it fail: a sentence, status 2, no traceback."""

import io
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.__main__ import main
from hub.cli.lists import DEMO_SHOP
from hub.data_folder import DataFolder
from hub.services import open_hub
from offline_cache.price_list.keys import decode_public_key
from offline_cache.price_list.reader import PriceList
from tests.hub.databases import Databases, only_sqlite
from tests.hub.following_lane import FollowingLane
from tests.hub.lane_journal import LaneJournal

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(data: Path, databases: Databases, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*args: object, folder: Path = data) -> Said:
        try:
            status = main([*databases.options(folder), *map(str, args)])
        except SystemExit as exc:  # argparse
            status = exc.code if isinstance(exc.code, int) else 1
        written = capsys.readouterr()
        return Said(status, written.out, written.err)

    return command


@pytest.fixture
def price_list(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text("code,name,price\n6901234567892,Milk,12.80\n4006381333931,Pen,3.50\n,nameless,1.00\n", "utf-8")
    return path


def published(folder: Path, store: str, key: str, tmp_path: Path) -> PriceList:
    lists = DataFolder(folder).price_lists
    lane = FollowingLane(tmp_path / "lane", lambda name: (lists / name).read_bytes(), decode_public_key(key), store)
    lane.follow()
    return PriceList(lane.path)


def test_a_list_goes_in_and_a_lane_reads_its_prices(run, price_list, tmp_path):
    folder = tmp_path / "fresh" / "hub"
    imported = run("import", "--format", "csv", price_list, "--store", "corner", "--currency", "CNY", folder=folder)
    assert (imported.status, imported.err) == (0, "")
    assert "3 rows read" in imported.out
    assert "2 taken" in imported.out
    assert "1 refused" in imported.out
    done = json.loads(run("publish", "--store", "corner", "--json", folder=folder).out)
    assert (done["store"], done["revision"], done["products"]) == ("corner", 1, 2)
    prices = published(folder, "corner", run("key", folder=folder).out, tmp_path)
    pen = prices.find("4006381333931", NOW)
    assert pen is not None
    assert (pen.price.unit_minor, prices.meta.currency) == (350, "CNY")
    prices.close()
    assert run("publish", "--store", "corner", folder=folder).out.startswith("store corner: revision 2, 2 products")


def test_the_report_for_machines_has_the_store_and_the_reasons(run, price_list):
    said = run("import", "--format", "csv", price_list, "--store", "demo", "--json")
    report = json.loads(said.out)
    assert (report["store"], report["rows_read"], report["rows_taken"], report["rows_refused"]) == ("demo", 3, 2, 1)
    assert report["reasons"][0]["examples"][0]["row"] == 4


def test_a_refused_file_leaves_the_old_list(run, tmp_path):
    before = run("stores", "--json").out
    rounded = tmp_path / "rounded.csv"
    rounded.write_text("code,name,price\n6.90123E+12,Milk,12.80\n6.90124E+12,Tea,1.00\n", "utf-8")
    said = run("import", "--format", "csv", rounded, "--store", "demo")
    assert said.status == 2
    assert "spreadsheet" in said.err
    assert run("stores", "--json").out == before


def test_a_list_in_another_currency_than_the_stores_is_refused_unless_that_is_said(run, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("code,name,price,currency\n4006381333931,Pen,3.50,EUR\n", "utf-8")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[columns]\ncode = "code"\nname = "name"\nprice = "price"\ncurrency = "currency"\n')
    arguments = ("import", "--format", "csv", path, "--store", "demo", "--mapping", mapping)
    assert run(*arguments).status == 2
    assert "the prices before it are in CNY" in run(*arguments, "--currency", "EUR").err
    assert run(*arguments, "--currency", "EUR", "--override", "Mei").status == 0
    assert json.loads(run("stores", "--json").out)[0]["currency"] == "EUR"


def test_the_demo_shop_is_there_to_be_taken(run, tmp_path):
    said = run("demo-shop", folder=tmp_path / "new")
    assert said.status == 0, said.err
    assert said.out.startswith("store demo: ")
    assert run("publish", "--store", "demo", folder=tmp_path / "new").status == 0


def test_a_shop_folder_may_be_taken_under_another_name(run, data):
    for _ in range(2):
        said = run("import-folder", DEMO_SHOP, "--store", "other")
        assert said.status == 0, said.err
    stores = {one["id"]: one["products"] for one in json.loads(run("stores", "--json").out)}
    assert stores["other"] > stores["demo"] == 4
    assert run("publish", "--store", "other").status == 0
    assert (DataFolder(data).price_lists / "other" / "manifest.json").exists()


def test_a_folder_that_is_no_shop_is_told(run, tmp_path):
    said = run("import-folder", tmp_path)
    assert said.status == 2
    assert "shop.toml" in said.err


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_bar_shows_how_far_an_import_is(run, price_list, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run("import", "--format", "csv", price_list, "--store", "demo").status == 0
    shown = terminal.getvalue()
    assert "100 %  2 products\n" in shown
    assert shown.startswith("\r")


def test_a_reader_that_has_gone_is_no_error_to_report(data, databases):
    command = [sys.executable, "-m", "hub", *databases.options(data), "stores"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(20) == 1
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_a_lanes_token_is_shown_once_and_kept_as_a_hash(run, data):
    said = run("lane", "--store", "demo", "--lane", "till-1")
    token = said.out.strip()
    assert said.status == 0
    assert token not in said.err
    again = run("lane", "--store", "demo", "--lane", "till-1")
    assert (again.status, again.out) == (2, "")
    assert "--rotate" in again.err
    rotated = run("lane", "--store", "demo", "--lane", "till-1", "--rotate").out.strip()
    assert rotated != token
    assert token.encode() not in b"".join(path.read_bytes() for path in data.glob("hub.sqlite*"))
    assert json.loads(run("lanes", "--json").out)[0]["lane"] == "till-1"
    assert "till-1" in run("lanes").out


def test_sales_are_listed_with_their_total(run, data, databases):
    journal = LaneJournal()
    for sale in ("s1", "s2"):
        journal.sell(sale)
    journal.shop("s3")
    with open_hub(DataFolder(data), address=databases.address(data)) as hub:
        lane = hub.lanes.by_token(hub.lanes.enrol("demo", "1"))
        assert lane is not None
        hub.events.take(lane, journal.events)
    said = json.loads(run("sales", "--store", "demo", "--json").out)
    assert [sale["id"] for sale in said["sales"]] == ["s1", "s2", "s3"]
    assert said["totals"] == [{"currency": "CNY", "sales": 2, "total_minor": 9352, "saved_minor": 1680}]
    text = run("sales", "--store", "demo").out
    assert "2 completed, 93.52 CNY, saved 16.80 CNY" in text
    assert "46.76 CNY" in text


def test_the_key_is_one_line_and_stays_the_same(run):
    first = run("key").out
    assert len(decode_public_key(first)) == 32
    assert first.count("\n") == 1
    assert run("key").out == first


@only_sqlite
def test_the_folder_may_be_named_after_the_command_or_in_the_environment(data, capsys, monkeypatch):
    assert main(["stores", "--data", str(data)]) == 0
    monkeypatch.setenv("KIOSK_HUB_DATA", str(data))
    assert main(["stores"]) == 0
    assert capsys.readouterr().out.count("demo") >= 2
    monkeypatch.delenv("KIOSK_HUB_DATA")
    assert main(["stores"]) == 2
    assert "--data" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("publish", "--store", "domo"), "no store 'domo' (there are: demo)"),
        (("publish", "--store", "../keys"), "store '../keys'"),
        (("sales", "--store", "domo"), "no store 'domo'"),
        (("lane", "--store", "domo", "--lane", "1"), "no store 'domo'"),
        (("lane", "--store", "demo", "--lane", "a/b"), "lane 'a/b'"),
        (("import", "--format", "csv", "nowhere.csv", "--store", "demo"), "nowhere.csv"),
        (("import", "--format", "csv", "nowhere.csv", "--store", "a b"), "store 'a b'"),
        (("import", "--format", "xml", "x", "--store", "demo"), "--format"),
        (("import", "--format", "csv", "x", "--store", "demo", "--currency", "money"), "'money'"),
        (("import-folder", "nowhere"), "nowhere"),
        (("serve", "--port", "99999"), "99999"),
        (("serve", "--port", "http"), "'http'"),
        (("serve", "--port", "-1"), "port"),
        (("serve", "--port", "0", "--host", "no.such.host.invalid"), "no.such.host.invalid"),
        (("serve", "--port", "0", "--host", "192.0.2.1"), "192.0.2.1"),
        (("serve", "--port", "0", "--gateway", "gold"), "gold"),
        (("serve", "--port", "0", "--gateway-settings", "nowhere.toml"), "nowhere.toml"),
        (("--database", "nonsense", "stores"), "postgresql://"),
        (("dance",), "dance"),
    ],
)
def test_a_mistake_ends_with_a_sentence(run, arguments, words):
    said = run(*arguments)
    assert said.status == 2
    assert said.out == ""
    assert words in said.err
    assert "Traceback" not in said.err


def test_a_port_in_use_is_told(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = run("serve", "--port", taken.getsockname()[1])
    assert said.status == 2
    assert "in use" in said.err
    assert "--port" in said.err


def test_gateway_settings_that_are_wrong_are_told(run, tmp_path):
    settings = tmp_path / "bank.toml"
    settings.write_text("outcome = 'gold'")
    said = run("serve", "--port", "0", "--gateway-settings", settings)
    assert said.status == 2
    assert "outcome" in said.err
    settings.write_text("outcome = ")
    assert "TOML" in run("serve", "--port", "0", "--gateway-settings", settings).err


@pytest.mark.parametrize(
    "command", [("publish", "--store", "demo"), ("stores",), ("lanes",), ("sales", "--store", "x")]
)
def test_a_folder_that_is_not_there_is_told_and_not_made_by_reading(run, tmp_path, command):
    said = run(*command, folder=tmp_path / "typo")
    assert said.status == 2
    assert f"{tmp_path / 'typo'}: there is no such folder" in said.err
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("command", [("stores",), ("key",), ("serve", "--port", "0"), ("demo-shop",)])
def test_a_file_in_the_folders_place_is_told(run, tmp_path, command):
    path = tmp_path / "file"
    path.write_text("")
    for folder in (path, path / "below"):
        said = run(*command, folder=folder)
        assert said.status == 2
        assert str(path) in said.err


@only_sqlite
def test_a_database_of_a_newer_hub_is_told(run, data):
    db = sqlite3.connect(data / "hub.sqlite")
    db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.commit()
    db.close()
    for command in (("stores",), ("serve", "--port", "0"), ("publish", "--store", "demo")):
        said = run(*command)
        assert said.status == 2
        assert "newer" in said.err


@only_sqlite
def test_a_damaged_database_is_told(run, data):
    for path in data.glob("hub.sqlite*"):
        path.unlink()
    (data / "hub.sqlite").write_bytes(b"no database at all " * 500)
    said = run("stores")
    assert said.status == 2
    assert "hub.sqlite" in said.err


def test_a_file_where_the_price_lists_belong_is_told(run, data):
    (data / "price-lists").write_text("")
    said = run("publish", "--store", "demo")
    assert said.status == 2
    assert "price-lists" in said.err


@contextmanager
def mounted(path: Path, options: str, *what: str) -> Iterator[Path]:
    """A disk of its own at a new folder. Whatever a command left open there would keep it from being taken away."""
    path.mkdir()
    command = ["mount", "-o", options, *what, str(path)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a disk, and not in every container")
    try:
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True)


@pytest.mark.parametrize("command", [("publish", "--store", "demo"), ("key",), ("serve", "--port", "0")])
def test_a_read_only_disk_is_told(run, data, tmp_path, command):
    with mounted(tmp_path / "disk", "bind,ro", str(data)) as folder:
        said = run(*command, folder=folder)
    assert said.status == 2
    assert "read-only" in said.err


@only_sqlite
@pytest.mark.parametrize("command", ["import", "publish", "key"])
def test_a_full_disk_is_told_and_nothing_is_lost(run, data, tmp_path, price_list, command):
    arguments = {
        "import": (price_list, "--format", "csv", "--store", "demo"),
        "publish": ("--store", "demo"),
        "key": (),
    }
    with mounted(tmp_path / "disk", "size=800k", "-t", "tmpfs", "tmpfs") as folder:
        shutil.copytree(data, folder, dirs_exist_ok=True)
        filler = folder / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(b"x" * 900_000)
        said = run(command, *arguments[command], folder=folder)
        assert said.status == 2
        assert "full" in said.err or "space" in said.err
        filler.unlink()
        assert json.loads(run("stores", "--json", folder=folder).out)[0]["products"] == 4

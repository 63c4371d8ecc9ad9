"""import, import-folder, region: dry runs, overrides and wider scopes, as a person types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.__main__ import main
from hub.catalogue_rows import read_catalogue
from hub.cli.lists import DEMO_SHOP
from hub.list_source import newest_approval
from tests.hub.databases import Databases
from tests.hub.imports.lists import KONZUM_HEADER, konzum_row, write_csv

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(data: Path, databases: Databases, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*args: object) -> tuple[int, str, str]:
        try:
            status = main([*databases.options(data), *map(str, args)])
        except SystemExit as exc:  # argparse
            status = exc.code if isinstance(exc.code, int) else 1
        written = capsys.readouterr()
        return status, written.out, written.err

    return command


def price_list(folder: Path, count: int, *, first: str = "3.50") -> Path:
    path = folder / "list.csv"
    rows = "".join(f"c{number},Pen {number},{first if number == 0 else '1.00'}\n" for number in range(count))
    path.write_text(f"code,name,price\n{rows}", "utf-8")
    return path


def products(run: Run) -> dict[str, int]:
    return {one["id"]: one["products"] for one in json.loads(run("stores", "--json")[1])}


@pytest.fixture
def pens(run: Run, tmp_path: Path) -> Run:
    """A hub with a store of fifty pens."""
    assert run("import", price_list(tmp_path, 50), "--format", "csv", "--store", "pens")[0] == 0
    return run


def test_a_dry_run_prints_the_difference_for_people_and_changes_nothing(pens, tmp_path):
    path = price_list(tmp_path, 48, first="4.00")
    status, out, err = pens("import", path, "--format", "csv", "--store", "pens", "--dry-run")
    assert (status, err) == (0, "")
    assert "50 products before, 48 after: 0 new, 2 gone" in out
    assert "gone  c48  Pen 48" in out
    assert "moved c0  Pen 0: 3.50 CNY -> 4.00 CNY" in out
    assert "nothing was changed" in out
    assert products(pens)["pens"] == 50


def test_a_dry_run_for_machines_has_the_difference_beside_the_usual_report(pens, tmp_path):
    path = price_list(tmp_path, 20)
    status, out, _ = pens("import", path, "--format", "csv", "--store", "pens", "--dry-run", "--json")
    said = json.loads(out)
    assert status == 0
    assert (said["dry_run"], said["rows_taken"], said["change"]) == (True, 20, 0)
    assert (said["difference"]["before"], said["difference"]["gone"]) == (50, 30)
    assert said["objections"] == ["30 of 50 products would go (60.0 %; this store's limit is 10 %)"]
    assert products(pens)["pens"] == 50


def test_a_dry_run_of_what_would_be_refused_says_so(pens, tmp_path):
    arguments = ("import", price_list(tmp_path, 20), "--format", "csv", "--store", "pens", "--dry-run")
    assert "beyond the limits: 30 of 50 products would go" in pens(*arguments)[1]
    assert "it would be refused without --override PERSON" in pens(*arguments)[1]
    assert "refused without" not in pens(*arguments, "--override", "Ann")[1]


def test_an_implausible_list_ends_in_a_sentence_and_a_person_lets_it_through(pens, hub, tmp_path):
    arguments = ("import", price_list(tmp_path, 20), "--format", "csv", "--store", "pens")
    status, _, err = pens(*arguments)
    assert status == 2
    assert err.startswith("kiosk-hub: ")
    assert "list of store pens" in err
    assert "30 of 50 products would go" in err
    assert products(pens)["pens"] == 50
    assert pens(*arguments, "--override", " ")[0] == 2, "nobody's name"
    status, out, _ = pens(*arguments, "--override", "Ann Lee", "--json")
    assert (status, json.loads(out)["approved_by"]) == (0, "Ann Lee")
    assert products(pens)["pens"] == 20
    with hub.database.read() as connection:
        assert newest_approval(connection, "pens") == (json.loads(out)["change"], "Ann Lee")


def test_a_chains_list_is_sold_in_its_stores(run, tmp_path):
    path = price_list(tmp_path, 5)
    assert run("import", path, "--format", "csv", "--scope", "region:north")[0] == 0
    assert products(run) == {"demo": 4}
    assert run("region", "--store", "demo", "--region", "north") == (0, "store demo: in region north\n", "")
    assert products(run) == {"demo": 9}
    assert json.loads(run("stores", "--json")[1])[0]["region"] == "north"
    assert run("region", "--store", "demo", "--region", "") == (0, "store demo: in no region\n", "")
    assert run("import", path, "--format", "csv", "--scope", "all", "--json")[0] == 0
    assert products(run) == {"demo": 9}


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (("--scope", "everywhere"), "'everywhere'"),
        (("--scope", "region:"), "region ''"),
        (("--scope", "all", "--store", "demo"), "not allowed"),
        ((), "--store"),
    ],
)
def test_where_a_list_goes_must_be_said_properly(run, tmp_path, where, said):
    status, _, err = run("import", price_list(tmp_path, 1), "--format", "csv", *where)
    assert status == 2
    assert said in err


def test_a_store_that_is_not_there_has_no_region(run):
    status, _, err = run("region", "--store", "nowhere", "--region", "north")
    assert status == 2
    assert "there is no store 'nowhere'" in err


def test_a_shop_folder_may_be_tried_first(run):
    status, out, _ = run("import-folder", DEMO_SHOP, "--store", "new", "--dry-run", "--json")
    said = json.loads(out)
    assert (status, said["store"], said["dry_run"]) == (0, "new", True)
    assert said["difference"]["added"] == said["products"] > 100
    assert said["difference"]["offers_added"] == said["offers"]
    assert products(run) == {"demo": 4}
    assert run("demo-shop", "--store", "new")[0] == 0
    assert products(run)["new"] == said["products"]


def test_a_store_may_live_from_a_chains_list_alone(run, tmp_path):
    made = run("store", "--store", "s7", "--currency", "cny", "--time-zone", "Asia/Shanghai", "--region", "north")
    assert made == (0, "store s7: made, prices in CNY\n", "")
    assert run("import", price_list(tmp_path, 5), "--format", "csv", "--scope", "region:north")[0] == 0
    assert products(run)["s7"] == 5
    assert run("publish", "--store", "s7")[0] == 0
    status, _, err = run("store", "--store", "s7", "--currency", "CNY")
    assert (status, "is there already" in err) == (2, True)


def zone_of(hub, store: str) -> str:
    with hub.database.read() as connection:
        catalogue = read_catalogue(connection, store)
    assert catalogue is not None
    return catalogue.time_zone


def test_a_feed_knows_where_its_stores_are_and_a_person_knows_better(run, hub, tmp_path):
    path = write_csv(tmp_path / "hr.csv.gz", KONZUM_HEADER, konzum_row(), encoding="utf-8")
    assert run("import", path, "--format", "konzum", "--store", "zg")[0] == 0
    assert zone_of(hub, "zg") == "Europe/Zagreb"
    assert run("time-zone", "--store", "zg", "--zone", "Asia/Shanghai")[0] == 0
    assert run("import", path, "--format", "konzum", "--store", "zg")[0] == 0
    assert zone_of(hub, "zg") == "Asia/Shanghai"
    assert run("time-zone", "--store", "zg", "--zone", "Mars/Base")[0] == 2
    assert run("time-zone", "--store", "nowhere", "--zone", "UTC")[0] == 2


@pytest.mark.parametrize("wrong", [("--currency", "money"), ("--currency", "CNY", "--time-zone", "../x")])
def test_a_store_needs_a_currency_and_a_time_zone_that_there_are(run, wrong):
    assert run("store", "--store", "s7", *wrong)[0] == 2

"""kiosk-hub membership check, set and show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hub.cli.command_line import Run
from tests.hub.membership.test_membership_file import example


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "member.toml"
    path.write_text(example(), encoding="utf-8")
    return path


def test_a_file_is_checked_without_a_hub(run: Run, file: Path) -> None:
    assert run("membership", "check", file).out == (
        f"{file}: can be used; clubs: member, dairyland; 4 benefits, 1 red packet pools\n"
    )


def test_a_mistake_in_a_file_is_a_sentence(run: Run, file: Path) -> None:
    file.write_text(example().replace("[points]", "[point]"), encoding="utf-8")
    said = run("membership", "set", file, "--store", "demo")
    assert said.status == 2
    assert said.err == f"kiosk-hub: {file}: point is no key that is known here; do you mean points?\n"


def test_texts_that_a_screen_lacks_are_warned_of(run: Run, file: Path) -> None:
    file.write_text(
        '[shop]\nnames.en = "S"\n[[shop.asks]]\npurpose = "membership"\nversion = 1\ntexts.en = "I join."\n'
    )
    assert "its membership text is not there in zh-CN; shoppers read it in en" in run("membership", "check", file).err


def test_plug_ins_that_are_not_installed_are_warned_of(run: Run, file: Path) -> None:
    said = example().replace('sender = "simulated"', 'sender = "owl"').replace('"follow", ', '"folow", ')
    file.write_text(said, encoding="utf-8")
    told = run("membership", "check", file)
    assert told.status == 0, "another hub of the shop may have them"
    assert f"{file}: steps: besides identify, consent, join, follow, welcome, 'folow' is not installed here" in told.err
    assert f"{file}: [messages] sender 'owl' is not installed here (there are: simulated); correct or" in told.err
    assert "[car_park]" not in told.err


def test_what_was_set_is_shown(run: Run, file: Path) -> None:
    assert "store demo: has no members" in run("membership", "show", "--store", "demo").out
    assert "`publish` tells the lanes" in run("membership", "set", file, "--store", "demo").out
    said = run("membership", "show", "--store", "demo").out
    assert "points: 1 for each 1.00 CNY paid" in said
    assert "benefit lucky: on sale, a red packet of spring to everybody" in said
    assert "red packets spring: 5000.00 CNY in all, from 1.00 CNY to 88.00 CNY each" in said
    found = json.loads(run("membership", "show", "--store", "demo", "--json").out)
    assert found["membership"]["points"] == {"per_minor": 100, "points": 1}


def test_a_store_that_is_not_there_is_named(run: Run, file: Path) -> None:
    assert "nowhere" in run("membership", "set", file, "--store", "nowhere").err

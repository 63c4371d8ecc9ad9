"""The shared configuration sections: what is wrong is named by file and key, with the remedy."""

import re
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel

from offline_cache.config import ConfigError, SyncConfig, load_toml, parse_config, read_token
from tests.offline_cache.programs import kiosk_sync, python

GOOD = """
[lane]
store = "demo"
name = "lane-1"
[data]
dir = "data"
[hub]
url = "http://127.0.0.1:8080/"
token_file = "token"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("secret-token\n")
    place = tmp_path / "lane.toml"
    place.write_text(GOOD)
    return place


def problem(file: Path, text: str) -> str:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        SyncConfig.load(file)
    return str(caught.value)


def test_a_good_file_is_read_with_paths_beside_it(file):
    config = SyncConfig.load(file)
    assert config.lane.store == "demo"
    assert config.data.dir == file.parent / "data"
    assert config.hub.url == "http://127.0.0.1:8080"
    assert config.hub.read_token() == "secret-token"
    assert config.hub.poll_s == 30
    assert config.lane.channel == "lane"
    assert config.hub.lists == "http://127.0.0.1:8080/v1/price-lists"


def test_lists_may_come_from_elsewhere(file):
    file.write_text(GOOD + 'lists_url = "https://cdn.example/shop/"')
    assert SyncConfig.load(file).hub.lists == "https://cdn.example/shop"


def test_sections_of_the_kiosk_are_not_the_agents_business(file):
    file.write_text(GOOD + "\n[screen]\nwidth = 'wide'\n")
    assert SyncConfig.load(file).lane.name == "lane-1"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('url = "http', 'ulr = "http'), "hub.ulr is no setting; did you mean hub.url?"),
        (
            ('name = "lane-1"', 'name = "lane-1"\nx = 1'),
            "lane.x is no setting; there are: lane.store, lane.name, lane.channel",
        ),
        (('dir = "data"', "dir = 3"), "data.dir must be text in quotes, not 3"),
        (('store = "demo"', 'store = "a/b"'), "lane.store must be letters, digits"),
        (('name = "lane-1"', ""), "needs lane.name; add it"),
        (('name = "lane-1"', 'name = "lane-1"\nchannel = "a b"'), "lane.channel must be letters, digits"),
        (('token_file = "token"', 'lists_url = "cdn"'), "hub.lists_url must be an address like"),
        (("[hub]", "[hbu]"), "needs the section [hub]; did you mean it by [hbu]?"),
        (('token_file = "token"', "poll_s = 0"), "hub.poll_s must be more than 0"),
        (('token_file = "token"', 'poll_s = "30"'), "hub.poll_s must be a number, not '30'"),
        (('token_file = "token"', "poll_s = inf"), "hub.poll_s must be a finite number"),
        (("http://127.0.0.1:8080/", "127.0.0.1:8080"), "hub.url must be an address like http://hub.local:8080"),
        (("http://127.0.0.1:8080/", "http://x:99999"), "hub.url must be an address like"),
        (('token_file = "token"', 'token_file = "t"\ntoken = "t"'), "hub has token and token_file; keep one"),
        (("[hub]", "[hub"), "is not valid TOML: expected ']' at the end of a table declaration (at line 7, column 5)"),
    ],
)
def test_each_mistake_is_named(file, change, sentence):
    assert f"{file}: {sentence}" in problem(file, GOOD.replace(*change))


def test_several_mistakes_are_told_at_once(file):
    assert len(problem(file, GOOD.replace("lane-1", "a b").replace('"data"', "1")).splitlines()) == 2


def test_a_secret_is_not_repeated(file):
    assert "12345" not in problem(file, GOOD.replace('token_file = "token"', "token = 12345"))


def test_a_token_does_not_show_in_the_configuration_as_text(file):
    file.write_text(GOOD.replace('token_file = "token"', 'token = "hush"'))
    config = SyncConfig.load(file)
    assert config.hub.read_token() == "hush"
    assert "hush" not in repr(config)


def test_missing_files_and_folders_in_their_place_are_named(tmp_path):
    with pytest.raises(ConfigError, match="there is no such file"):
        load_toml(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="is a folder"):
        load_toml(tmp_path)


def test_other_bytes_than_utf_8_are_named(tmp_path):
    file = tmp_path / "lane.toml"
    file.write_bytes('x = "价"'.encode("gbk"))
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load_toml(file)


def test_a_file_without_permission_is_named(file):
    file.chmod(0)
    done = kiosk_sync("run", "--config", file, ordinary=True)
    assert done.returncode == 2
    assert done.stderr == f"kiosk-sync: {file}: cannot be read (Permission denied); check its permissions\n"


@pytest.mark.parametrize("content", [b"", b"two words", b"\xff\xfe", b" \n"])
def test_a_token_file_must_hold_a_token(tmp_path, content):
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=re.escape(str(file))):
        read_token(file)


def test_a_missing_token_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_token(tmp_path / "none")


class Device(BaseModel):
    name: str
    kind: Literal["camera", "keyboard"] = "camera"


class Lane(BaseModel):
    devices: list[Device] = []
    by_name: dict[str, Device] = {}
    one: Device | None = None
    port: int = 0
    on: bool = True


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[devices]]\nname="a"\n[[devices]]\nnam="b"', "devices[2].nam is no setting; did you mean devices[2].name?"),
        ('[by_name.x]\nname="a"\nkin="camera"', "by_name.x.kin is no setting; did you mean by_name.x.kind?"),
        ('[one]\nname="a"\nkinds="camera"', "one.kinds is no setting; did you mean one.kind?"),
        ('[[devices]]\nname="a"\nkind="cam"', "devices[1].kind must be one of 'camera' or 'keyboard', not 'cam'"),
        ("port = 1.5", "port must be a whole number, not 1.5"),
        ('on = "yes"', "on must be true or false, not 'yes'"),
        ("devices = 3", "devices must be a list in [ ], not 3"),
    ],
)
def test_any_model_is_checked_the_same_way(tmp_path, text, sentence):
    file = tmp_path / "any.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=re.escape(f"{file}: {sentence}")):
        parse_config(Lane, file)


def test_importing_the_journal_does_not_load_the_network():
    code = (
        "import sys, offline_cache.journal, offline_cache.status; print({'httpx', 'sqlite_utils'} & set(sys.modules))"
    )
    assert python("-c", code).stdout == "set()\n"

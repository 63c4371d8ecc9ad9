"""The lane's file: every mistake is named, and the page that explains the keys is true."""

from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.config import load_config
from kiosk.settings_page import settings_page
from offline_cache.config import ConfigError

DOCS = Path(__file__).resolve().parents[2] / "docs"
SMALLEST = """
[lane]
store = "demo"
name = "lane-1"
[data]
dir = "data"
[[payment]]
id = "wallet"
gateway = "simulated"
"""


PORT = '[[scanners]]\nname = "x"\nkind = "serial"\nsource = "/dev/ttyS0"\n'
CAMERA = '[[scanners]]\nname = "x"\nkind = "camera"\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "lane.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_smallest_file_gives_a_lane_with_safe_defaults(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, SMALLEST))
    assert config.data.dir == tmp_path / "data"
    assert config.screen.languages == ["zh-CN", "zh-TW", "en"]
    assert [scanner.kind for scanner in config.scanners] == ["keyboard"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SMALLEST.replace("gateway", "gatway"), ["gatway", "gateway"]),
        (SMALLEST.replace("[lane]", "[lame]"), ["lame", "lane"]),
        (SMALLEST + '[screen]\nbrand_color = "green"\n', ["brand_color"]),
        (SMALLEST + "[visit]\nidle_after_s = 1\n", ["idle_after_s"]),
        (SMALLEST + '[receipt]\nurl = "https://x/{sale}/{lane}"\n', ["url", "{sale}"]),
        (SMALLEST + '[codes]\nlabel_templates = ["21{item:5}"]\n', ["label_templates", "price"]),
        (SMALLEST + '[codes]\nlabel_templates = ["cn-19"]\n', ["label_templates", "cn-18"]),
        (SMALLEST + '[codes]\nguide_prefix = "SGB-1"\n', ["codes", "'SGB-'", "different"]),
        (SMALLEST + '[[scanners]]\nname = "x"\nkind = "laser"\n', ["kind", "camera"]),
        (SMALLEST + CAMERA + 'symbologies = ["EAN-13"]\n', ["EAN-13", "EAN13"]),
        (SMALLEST + CAMERA + "zone = [0.9, 0.1, 0.1, 0.9]\n", ["zone", "left before right"]),
        (SMALLEST + CAMERA + 'torch = "dim"\n', ["torch", "auto"]),
        (SMALLEST + CAMERA + CAMERA, ["two devices", "'x'", "its own"]),
        (SMALLEST + CAMERA + '[scale]\nname = "x"\nkind = "socket"\nsource = "s"\n', ["two devices", "'x'"]),
        (SMALLEST + PORT + '[light]\nkind = "tower"\nsource = "/dev/ttyS0"\n', ["two devices", "'/dev/ttyS0'"]),
        (SMALLEST + CAMERA + CAMERA.replace('"x"', '"y"'), ["'camera'", "no source"]),
        (SMALLEST.replace('id = "wallet"', 'id = "shells"'), ["id", "wallet"]),
        ('[lane]\nstore = "demo"\nname = "l"\n[data]\ndir = "d"\n', ["payment"]),
        ("[lane\n", ["line 1"]),
        ("", ["lane"]),
    ],
)
def test_a_mistake_is_named_with_its_remedy(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))
    assert all(word in str(caught.value) for word in [*words, "lane.toml"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--config", "missing.toml"],
        ["run", "--config", "."],
        ["lookup", "--dir", "nowhere", "1"],
        ["journal", "verify", "--dir", "nowhere"],
    ],
)
def test_what_a_person_must_mend_ends_with_2_and_one_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("kiosk: ")
    assert said.err.count("\n") == 1


def test_the_documented_settings_are_the_real_ones() -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    assert page == settings_page(), "run: kiosk settings > docs/configuration.md"


def test_a_new_badge_opens_the_lane_that_its_lines_are_put_into(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["badge", 'Lin "the" Attendant']) == 0
    printed = capsys.readouterr().out
    config = load_config(written(tmp_path, SMALLEST + printed.partition("\n\n")[2]))
    assert config.staff[0].name == 'Lin "the" Attendant'
    assert len(config.staff[0].badge_sha256) == 64

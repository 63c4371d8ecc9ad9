"""A lane that ends lets go of everything, whatever one gateway makes of it."""

import logging
from pathlib import Path

import pytest

from kiosk.app import LaneApp
from kiosk.config import load_config

PLUG_IN = """
from pathlib import Path

from payments.simulated import SimulatedGateway


class Stubborn(SimulatedGateway):
    def __init__(self, settings, context):
        super().__init__({}, context)
        self.mark = context.data_dir / settings["mark"]

    def close(self):
        super().close()
        self.mark.touch()
        raise SystemExit("not me")
"""
LANE = """
[lane]
store = "demo"
name = "lane-1"
[data]
dir = "data"
[[payment]]
id = "wallet"
gateway = "stubborn"
settings = { mark = "first" }
[[payment]]
id = "card"
gateway = "stubborn"
settings = { mark = "second" }
"""


@pytest.fixture
def stubborn_gateways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in as pip would install it."""
    (tmp_path / "stubborn_gateway.py").write_text(PLUG_IN, encoding="utf-8")
    facts = tmp_path / "stubborn_gateway-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Name: stubborn-gateway\nVersion: 1.0\n", encoding="utf-8")
    (facts / "entry_points.txt").write_text(
        "[kiosk.payment_gateways]\nstubborn = stubborn_gateway:Stubborn\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("qapp", "stubborn_gateways")
def test_a_gateway_that_does_not_close_keeps_no_other_open(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "lane.toml").write_text(LANE, encoding="utf-8")
    lane = LaneApp(load_config(tmp_path / "lane.toml"))
    with caplog.at_level(logging.ERROR):
        lane.close()
    assert {path.name for path in (tmp_path / "data").iterdir()} >= {"first", "second"}
    assert "the gateway of payment way card does not close" in caplog.text

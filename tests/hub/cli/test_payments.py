"""`kiosk-hub payments`: what is open, and asking again by order number while another hub serves."""

import json

import pytest

from hub.payment_gateways import Account
from hub.payment_store import By, PaymentStore
from hub.services import Hub
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason, Traits, Trouble
from payments.loader import GatewayContext
from payments.simulated import SimulatedGateway
from retail.money import Money
from tests.hub.cli.hub_process import HubProcess
from tests.hub.databases import only_sqlite

CODE = "1345678901234567"
FILE = """
[[gateway]]
name = "bank"
gateway = "simulated"
ways = ["wallet"]
[gateway.settings]
delay_s = 0.0
"""
BANK = Account("bank", "simulated", Traits(Presents.SHOPPER_CODE, True, False), frozenset({"wallet"}), "simulated")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "payments.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def order(key: str, ending: str = "00") -> PaymentRequest:
    return PaymentRequest(key, Money(1280, "CNY"), f"sale of {key}", "wallet", CODE + ending)


def left_open(hub: Hub, key: str, ending: str, trouble: Trouble = Trouble.NO_ANSWER) -> None:
    """As a hub leaves it that was killed after the bank had the order."""
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", f"lane-{key}"))
    assert lane is not None
    store = PaymentStore(hub.database, hub.clock)
    store.intend(lane, order(key), BANK)
    store.settle(key, PaymentResult(Outcome.UNKNOWN, trouble=trouble), By.START)
    files = hub.folder.gateway("demo", lane.name) / "bank"
    files.mkdir(parents=True)
    SimulatedGateway({"delay_s": 0.0}, GatewayContext("demo", lane.name, files)).start(order(key, ending))


@only_sqlite
def test_without_payments_it_says_so(run):
    assert run("payments").out == "no payment was ordered through this hub\n"
    assert run("payments", "--open").out == "no payment is open\n"


def test_open_ones_are_listed_with_what_troubles_them(hub, run, clock):
    left_open(hub, "key-001", "03", Trouble.SIGNATURE)
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", "other"))
    PaymentStore(hub.database, hub.clock).intend(lane, order("key-002"), Reason.WRONG_CODE)
    said = run("payments", "--open").out
    assert "key-001  demo   lane-key-001  sale of key-001  bank     12.80 CNY  unknown (signature)" in said
    assert "key-002" not in said
    assert "declined (wrong code)" in run("payments").out


def test_json_is_an_object_a_line_and_a_store_may_be_chosen(hub, run):
    for key in ("key-001", "key-002"):
        left_open(hub, key, "03")
    lines = [json.loads(line) for line in run("payments", "--json", "--store", "demo").out.splitlines()]
    assert [one["key"] for one in lines] == ["key-001", "key-002"]
    assert (
        lines[0].items()
        >= {"gateway": "bank", "trouble": "no_answer", "outcome": "unknown", "sale_id": "sale of key-001"}.items()
    )
    assert [json.loads(line)["key"] for line in run("payments", "--json", "--last", 1).out.splitlines()] == ["key-002"]
    assert "no store" in run("payments", "--store", "nowhere").err


@pytest.mark.parametrize(("ending", "state"), [("03", "approved"), ("04", "declined (refused)")])
def test_asking_again_settles_it(hub, run, file, ending, state):
    left_open(hub, "key-001", ending)
    said = run("payments", "ask", "key-001", "--payments", file)
    assert (said.status, said.out) == (0, f"payment key-001: {state}\n")
    assert run("payments", "--open").out == "no payment is open\n"
    again = json.loads(run("payments", "ask", "key-001", "--payments", file, "--json").out)
    assert again["outcome"] == state.split()[0]


@only_sqlite
def test_what_stays_open_is_told_with_what_to_do(hub, run, file, tmp_path):
    left_open(hub, "key-001", "03")
    file.write_text(FILE.replace('"bank"', '"other"'), encoding="utf-8")
    said = run("payments", "ask", "key-001", "--payments", file)
    assert said.status == 1
    assert said.out == "payment key-001: unknown (keys)\n"
    assert "let nobody pay for this sale a second time" in said.err


@only_sqlite
def test_a_key_that_is_none_is_told(run, file):
    said = run("payments", "ask", "key-404", "--payments", file)
    assert (said.status, said.out) == (2, "")
    assert said.err == "kiosk-hub: there is no payment key-404; `kiosk-hub payments` lists them\n"


@only_sqlite
def test_both_ways_to_name_gateways_at_once_are_refused(run, file):
    assert "leave --gateway" in run("serve", "--port", "0", "--payments", file, "--gateway", "simulated").err


@only_sqlite
def test_the_environment_names_the_file(run, file, monkeypatch, hub):
    left_open(hub, "key-001", "03")
    monkeypatch.setenv("KIOSK_HUB_PAYMENTS", str(file))
    assert run("payments", "ask", "key-001").status == 0
    monkeypatch.setenv("KIOSK_HUB_PAYMENTS", str(file.with_name("nowhere.toml")))
    assert "nowhere.toml" in run("serve", "--port", "0").err


@only_sqlite
def test_it_asks_while_a_hub_serves_and_that_hub_knows_the_answer(hub, run, file, data, databases):
    left_open(hub, "key-001", "03")
    token = hub.lanes.enrol("demo", "lane-key-001", rotate=True)
    with HubProcess(databases.options(data), "--payments", str(file)) as process:
        assert run("payments", "ask", "key-001", "--payments", file).status == 0
        with process.client(token) as lane:
            assert lane.get("/v1/payments/key-001").json()["outcome"] == "approved"
        assert process.end() == (0, "")

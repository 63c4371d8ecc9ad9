"""Who paid through the hub: a digest beside the approval, only where there are members, and nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC

import pytest
from sqlalchemy import select

from hub.lanes import Lane
from hub.membership.membership_file import membership_from
from hub.membership.payers import Payers
from hub.membership.programmes import Programmes
from hub.membership.secrets import MemberSecrets
from hub.membership.tables import PAYER
from hub.payment_gateways import Account
from hub.payment_store import By, PaymentStore
from hub.payments_desk import PaymentsDesk
from hub.services import Hub
from hub.tables import METADATA
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Reason
from retail.money import Money
from tests.hub.membership.test_programmes import content
from tests.hub.scripted_gateway import ScriptedGateway, only

PAID = PaymentResult(Outcome.APPROVED, Reason.NONE, "R-1", Money(500, "CNY"), payer="wechat:app:oANN")
OPEN = PaymentResult(Outcome.UNKNOWN)


@pytest.fixture
def lane(hub: Hub) -> Lane:
    hub.programmes.set("demo", membership_from(content(), UTC))
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", "1"))
    assert lane is not None
    return lane


Opened = Callable[[ScriptedGateway, MemberSecrets], PaymentsDesk]


@pytest.fixture
def opened(hub: Hub) -> Iterator[Opened]:
    desks: list[PaymentsDesk] = []

    def desk(bank: ScriptedGateway, secrets: MemberSecrets) -> PaymentsDesk:
        payers = Payers(Programmes(hub.database, secrets), secrets)
        desks.append(PaymentsDesk(PaymentStore(hub.database, hub.clock, payers), only(lambda _lane: bank)))
        return desks[-1]

    yield desk
    for one in desks:
        one.close()


def order(key: str = "key-001") -> PaymentRequest:
    return PaymentRequest(key, Money(500, "CNY"), "s1", "wallet", "134567890123456789")


def kept(hub: Hub) -> dict[str, str]:
    with hub.database.read() as connection:
        return {row.payment_key: row.digest for row in connection.execute(select(PAYER))}


def everything(hub: Hub) -> str:
    with hub.database.read() as connection:
        return str([connection.execute(select(table)).all() for table in METADATA.sorted_tables])


def test_an_approval_keeps_who_paid_as_a_digest_and_names_them_nowhere(
    hub: Hub, lane: Lane, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    desk = opened(ScriptedGateway(answer=lambda _: PAID), hub.member_secrets)
    with caplog.at_level(logging.DEBUG):
        payment = desk.start(lane, order()).result()
    assert payment.result.outcome is Outcome.APPROVED
    assert kept(hub) == {"key-001": hub.member_secrets.digest("wallet", PAID.payer)}
    assert not payment.result.payer
    assert "oANN" not in everything(hub) + caplog.text + repr(payment)


def test_a_lane_is_never_told_who_paid(hub: Hub, lane: Lane, opened: Opened) -> None:
    desk = opened(ScriptedGateway(answer=lambda _: OPEN, truth=PAID), hub.member_secrets)
    desk.start(lane, order()).result()
    asked = desk.look_up(lane, "key-001").result()
    again = desk.find(lane, "key-001")
    assert again is not None
    assert (asked.result.payer, again.result.payer) == ("", "")
    assert list(kept(hub)) == ["key-001"]


def test_who_pays_late_is_kept_when_the_look_up_tells(hub: Hub, lane: Lane, opened: Opened) -> None:
    bank = ScriptedGateway(answer=lambda _: OPEN)
    desk = opened(bank, hub.member_secrets)
    desk.start(lane, order()).result()
    assert kept(hub) == {}
    bank.truth = PAID
    desk.look_up(lane, "key-001").result()
    assert list(kept(hub)) == ["key-001"]


@pytest.mark.parametrize("answer", [OPEN, PaymentResult(Outcome.DECLINED, Reason.FUNDS, payer="wechat:app:oANN")])
def test_who_did_not_pay_is_not_kept(hub: Hub, lane: Lane, opened: Opened, answer: PaymentResult) -> None:
    opened(ScriptedGateway(answer=lambda _: answer), hub.member_secrets).start(lane, order()).result()
    assert kept(hub) == {}


def test_a_payer_of_other_money_than_was_asked_for_is_not_kept(hub: Hub, lane: Lane, opened: Opened) -> None:
    wrong = PaymentResult(Outcome.APPROVED, Reason.NONE, "R-1", Money(1, "CNY"), payer="wechat:app:oANN")
    opened(ScriptedGateway(answer=lambda _: wrong), hub.member_secrets).start(lane, order()).result()
    assert kept(hub) == {}


def test_what_the_answer_to_a_cancel_tells_is_kept_as_it_counts(hub: Hub, lane: Lane, opened: Opened) -> None:
    desk = opened(ScriptedGateway(answer=lambda _: OPEN, truth=OPEN, end=PAID), hub.member_secrets)
    desk.start(lane, order()).result()
    assert desk.cancel(lane, "key-001").result().result.outcome is Outcome.APPROVED
    assert list(kept(hub)) == ["key-001"]


def test_an_approval_that_does_not_count_keeps_nobody(hub: Hub, lane: Lane) -> None:
    """Once a cancel was sent only its own answer counts, and what is settled is settled."""
    store = PaymentStore(hub.database, hub.clock, Payers(hub.programmes, hub.member_secrets))
    account = Account("scripted", "scripted", ScriptedGateway().traits)
    store.intend(lane, order(), account)
    store.begin_cancel("key-001")
    assert store.settle("key-001", PAID, By.LOOKUP).result.outcome is Outcome.UNKNOWN
    store.intend(lane, order("key-002"), account)
    store.settle("key-002", PaymentResult(Outcome.DECLINED, Reason.FUNDS), By.START)
    store.settle("key-002", PAID, By.LOOKUP)
    assert kept(hub) == {}


def test_a_store_without_members_keeps_nobody(hub: Hub, opened: Opened) -> None:
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", "1"))
    assert lane is not None
    desk = opened(ScriptedGateway(answer=lambda _: PAID), hub.member_secrets)
    assert desk.start(lane, order()).result().result.outcome is Outcome.APPROVED
    assert kept(hub) == {}


def test_a_hub_without_the_members_keys_takes_the_payment_all_the_same(
    hub: Hub, lane: Lane, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    desk = opened(ScriptedGateway(answer=lambda _: PAID), MemberSecrets(hub.folder.path / "another"))
    assert desk.start(lane, order()).result().result.outcome is Outcome.APPROVED
    assert kept(hub) == {}
    assert "payment key-001: who paid is not kept: " in caplog.text
    assert "oANN" not in caplog.text
    caplog.clear()

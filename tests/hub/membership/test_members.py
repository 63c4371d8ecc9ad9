"""Who a claim and a sale are of, whatever is told first, twice or late; codes that prove a number."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

import pytest

from hub.errors import MemberRefused
from hub.membership.membership_file import membership_from
from hub.membership.phone_codes import TRIES
from hub.membership.tables import CLAIM, MEMBER_IDENTITY, PAYER, PHONE_CODE
from retail.membership.member_code import card_number, read_member_code
from tests.hub.conftest import Clock
from tests.hub.databases import only_sqlite
from tests.hub.membership.member_shop import NUMBER, MemberShop


def refused(call: object, *args: object) -> str:
    with pytest.raises(MemberRefused) as refusal:
        call(*args)  # type: ignore[operator]
    return refusal.value.code


def test_a_member_is_known_by_code_card_and_number(shop: MemberShop) -> None:
    member, lane = shop.join_by_phone("c0"), shop.lanes[0]
    shop.members.run_steps("c0")  # the welcome
    values = {"code": shop.members.code_of(member, "demo"), "card": shop.card(member), "phone": "+86-138-0013-8000"}
    for kind, value in values.items():
        known = shop.members.claim(lane, f"by-{kind}", kind, value)
        assert known is not None
        assert (known.member_id, known.clubs, known.points) == (member, ("member",), 100)
        assert known.proved == (kind != "phone")
    assert shop.claimant("by-code") == shop.claimant("by-card") == shop.claimant("c0") == member
    assert shop.claimant("by-phone") is None
    assert shop.claimant("") is None


@only_sqlite
def test_a_code_that_is_told_late_counts_as_the_lane_has_looked_at_it(shop: MemberShop, clock: Clock) -> None:
    member = shop.join_by_phone("c0")
    code = shop.members.code_of(member, "demo")
    clock.pass_time(hours=9)
    known = shop.members.claim(shop.lanes[0], "c1", "code", code)
    assert known is not None
    assert known.member_id == member
    forged = code[:-8] + ("A" if code[-8] != "A" else "B") + code[-7:]
    assert shop.members.claim(shop.lanes[0], "c2", "code", forged) is None


@only_sqlite
def test_an_e_member_code_says_the_clubs_of_this_store_and_no_more(shop: MemberShop) -> None:
    member = shop.join_by_phone("c0", NUMBER, "member", "south")
    code = shop.members.code_of(member, "demo").removeprefix("SGM-")
    now = int(shop.hub.clock().timestamp())
    said = read_member_code(code, shop.secrets.code_keys, now)
    assert getattr(said, "clubs", None) == ("member", "south")
    assert shop.members.code_of(member, "demo") != shop.members.code_of(member, "demo")


@only_sqlite
@pytest.mark.parametrize(("kind", "value"), [("card", "123"), ("code", "SGM-QQ"), ("phone", "abc"), ("card", "")])
def test_what_cannot_be_read_is_nobody(shop: MemberShop, kind: str, value: str) -> None:
    assert shop.members.claim(shop.lanes[0], "c1", kind, value) is None


@only_sqlite
def test_an_unknown_card_is_told_and_a_number_that_is_nobodys_is_not_kept(shop: MemberShop) -> None:
    assert shop.members.claim(shop.lanes[0], "c1", "card", card_number("80000000000000")) is None
    assert shop.members.claim(shop.lanes[0], "c2", "phone", NUMBER) is None
    assert shop.told("c1").member_id is None
    assert shop.told("c2") is None
    assert refused(shop.members.claim, shop.lanes[0], "c3", "face", "x") == "refused"
    assert refused(shop.members.claim, shop.lanes[0], "", "card", "x") == "refused"


def test_a_claim_is_told_twice_but_not_by_another_lane_or_of_another_shopper(shop: MemberShop) -> None:
    first = shop.join_by_phone("c0")
    second = shop.join_by_wallet("s1")
    tell = shop.members.claim
    assert tell(shop.lanes[0], "c1", "card", shop.card(first)) == tell(shop.lanes[0], "c1", "card", shop.card(first))
    assert refused(tell, shop.lanes[1], "c1", "card", shop.card(first)) == "taken"
    assert refused(tell, shop.lanes[0], "c1", "card", shop.card(second)) == "taken"
    assert shop.claimant("c1") == first


@only_sqlite
def test_one_claim_told_at_once_by_eight_is_one(shop: MemberShop) -> None:
    card = shop.card(shop.join_by_phone("c0"))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: shop.members.claim(shop.lanes[0], "c1", "card", card), range(16)))
    assert len({one.member_id for one in found if one}) == 1
    assert all(found)
    assert shop.count(CLAIM) == 2


@only_sqlite
def test_a_claim_may_be_told_after_the_sale_and_before_who_paid_counts(shop: MemberShop) -> None:
    shown, paying = shop.join_by_phone("c0"), shop.join_by_wallet("s1", "wechat:app:bob")
    key = shop.sell("s2", claim="c2")
    shop.members.payer(shop.lanes[0], key, "wechat:app:bob")
    assert shop.settle("s2") is None
    assert shop.count(PAYER) == 1
    shop.members.claim(shop.lanes[0], "c2", "card", shop.card(shown))
    assert shop.settle("s2") == shown != paying
    assert shop.count(PAYER) == 0


@only_sqlite
def test_a_card_that_nobody_knows_leaves_the_sale_to_who_paid(shop: MemberShop) -> None:
    member = shop.join_by_wallet("s1")
    key = shop.sell("s2", claim="c2", by="card")
    shop.members.payer(shop.lanes[0], key, "wechat:app:alice")
    shop.members.claim(shop.lanes[0], "c2", "card", card_number("80000000000000"))
    assert shop.settle("s2") == member


@only_sqlite
def test_whose_a_sale_is_does_not_change_by_what_comes_later(shop: MemberShop) -> None:
    first = shop.join_by_wallet("s1")
    shop.join_by_wallet("s2", "wechat:app:bob")
    shop.members.payer(shop.lanes[0], "key-s1", "wechat:app:bob")
    assert shop.settle("s1") == first
    assert shop.count(PAYER) == 0


@only_sqlite
def test_a_sale_that_is_not_completed_is_nobodys(shop: MemberShop) -> None:
    shop.join_by_wallet("s1")
    shop.sell("s2", claim="c2", joining=("wallet", shop.given("south")))
    shop.members.payer(shop.lanes[0], "key-s2", "wechat:app:alice")
    with shop.database.write() as connection:
        connection.exec_driver_sql("UPDATE sale SET status = 'paying' WHERE id = 's2'")
    assert shop.settle("s2") is None
    assert shop.outcomes("c2", "south") == {}
    assert shop.count(PAYER) == 1


@only_sqlite
def test_who_left_every_club_is_nobody_until_they_join_again(shop: MemberShop, clock: Clock) -> None:
    member = shop.join_by_phone("c0")
    shop.members.leave(member, "member")
    assert shop.members.claim(shop.lanes[0], "c1", "phone", NUMBER) is None
    clock.pass_time(minutes=2)
    assert shop.join_by_phone("c2") == member
    assert shop.clubs(member) == ("member",)
    by_wallet = shop.join_by_wallet("s1", given=shop.given("member"))
    shop.members.leave(by_wallet, "member")
    shop.members.payer(shop.lanes[0], shop.sell("s2"), "wechat:app:alice")
    assert shop.settle("s2") is None
    assert shop.count(PAYER) == 0


@only_sqlite
def test_what_is_told_makes_the_books_look_at_its_sales_again(shop: MemberShop) -> None:
    member = shop.join_by_phone("c0")
    shop.sell("s1", claim="c1")
    shop.sell("s2")
    with shop.database.write() as connection:
        connection.exec_driver_sql("UPDATE sale SET settled_at = 1")
    shop.members.claim(shop.lanes[0], "c1", "card", shop.card(member))
    shop.members.payer(shop.lanes[0], "key-s2", "wechat:app:alice")
    with shop.database.read() as connection:
        assert connection.exec_driver_sql("SELECT sum(settled_at) FROM sale").scalar() == 0


@only_sqlite
def test_payers_whose_sales_never_came_are_forgotten(shop: MemberShop, clock: Clock) -> None:
    shop.members.payer(shop.lanes[0], "key-s1", "wechat:app:alice")
    clock.pass_time(days=89)
    shop.members.sweep(10)
    assert shop.count(PAYER) == 1
    clock.pass_time(days=2)
    shop.members.sweep(10)
    assert shop.count(PAYER) == 0
    assert refused(shop.members.payer, shop.lanes[0], "key-s1", " ") == "refused"


def test_a_code_is_tried_five_times_and_counts_once(shop: MemberShop, clock: Clock) -> None:
    lane, join = shop.lanes[0], shop.members.join_by_phone
    ticket = shop.members.send_code(lane, NUMBER, "en")
    assert (ticket.valid_s, ticket.again_s) == (300, 60)
    code, given = shop.last_code(), shop.given("member")
    wrong = str((int(code) + 1) % 1_000_000).zfill(6)
    for _ in range(TRIES):
        assert refused(join, lane, "c1", NUMBER, wrong, given) == "wrong_code"
    assert refused(join, lane, "c1", NUMBER, code, given) == "too_many"
    clock.pass_time(seconds=60)
    shop.members.send_code(lane, NUMBER, "en")
    code = shop.last_code()
    assert join(lane, "c1", NUMBER, f" {code[:3]} {code[3:]}", given).clubs == ("member",)
    assert refused(join, lane, "c2", NUMBER, code, given) == "expired"


@only_sqlite
def test_guesses_that_come_at_once_are_counted_each(shop: MemberShop) -> None:
    shop.members.send_code(shop.lanes[0], NUMBER, "en")
    code = int(shop.last_code())
    wrong = [str((code + one) % 1_000_000).zfill(6) for one in range(1, 17)]
    with ThreadPoolExecutor(8) as threads:
        heard = list(threads.map(lambda one: refused(shop.members.prove, "demo", NUMBER, one), wrong))
    assert sorted(heard) == ["too_many"] * 11 + ["wrong_code"] * 5


@only_sqlite
def test_a_code_is_good_for_five_minutes(shop: MemberShop, clock: Clock) -> None:
    shop.members.send_code(shop.lanes[0], NUMBER, "en")
    clock.pass_time(seconds=300)
    assert refused(shop.members.prove, "demo", NUMBER, shop.last_code()) == "expired"
    assert refused(shop.members.prove, "demo", "139 0013 8000", "123456") == "expired"


@only_sqlite
def test_codes_are_few_for_a_number_and_for_a_lane(shop: MemberShop, clock: Clock) -> None:
    send, lane = shop.members.send_code, shop.lanes[0]
    send(lane, NUMBER, "en")
    assert refused(send, lane, NUMBER, "en") == "too_many"  # within a minute
    for _ in range(4):
        clock.pass_time(seconds=60)
        send(lane, NUMBER, "en")
    clock.pass_time(seconds=60)
    assert refused(send, shop.lanes[1], NUMBER, "en") == "too_many"
    with shop.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE phone_code SET sent = 60 WHERE digest = 'lane {lane.id}'")
    assert refused(send, lane, "13999999999", "en") == "too_many"
    send(shop.lanes[1], "13999999999", "en")
    clock.pass_time(hours=1)
    send(lane, NUMBER, "en")
    clock.pass_time(hours=3)
    shop.members.sweep(10)
    assert shop.count(PHONE_CODE) == 0


@only_sqlite
def test_what_is_no_number_or_cannot_be_sent_is_refused(shop: MemberShop) -> None:
    send, lane = shop.members.send_code, shop.lanes[0]
    assert refused(send, lane, "12", "en") == "refused"
    assert refused(send, lane, "138 0013 0000", "en") == "refused"  # the simulated sender's word
    assert refused(shop.members.join_by_phone, lane, "c1", "x", "123456", ()) == "refused"
    file = shop.programmes.of("demo")
    assert file is not None
    shop.programmes.set("demo", membership_from({**file.said, "messages": {"sender": "pigeon"}}, UTC))
    assert refused(send, lane, "139 0013 8001", "en") == "refused"
    without = {key: value for key, value in file.said.items() if key != "messages"}
    shop.programmes.set("demo", membership_from(without, UTC))
    assert refused(send, lane, "139 0013 8002", "en") == "refused"
    assert refused(shop.members.send_page_code, "demo", "139 0013 8002", "en") == "refused"


@only_sqlite
def test_the_code_and_the_number_stand_in_no_row(shop: MemberShop) -> None:
    shop.members.send_code(shop.lanes[0], NUMBER, "zh-TW")
    with shop.database.read() as connection:
        rows = json.dumps([list(row) for row in connection.execute(PHONE_CODE.select())])
    assert shop.last_code() not in rows
    assert "13800138000" not in rows


@only_sqlite
def test_consent_to_words_that_the_hub_does_not_have_joins_nobody_by_phone(shop: MemberShop) -> None:
    shop.members.send_code(shop.lanes[0], NUMBER, "en")
    given = shop.given("member")
    shop.declare(version="2")
    fresh = shop.given("member")
    with shop.database.write() as connection:
        connection.exec_driver_sql(f"DELETE FROM consent_text WHERE text_sha256 = '{given[0].text_sha256}'")
    join = shop.members.join_by_phone
    assert refused(join, shop.lanes[0], "c1", NUMBER, shop.last_code(), given) == "refused"
    shop.hub.clock.pass_time(minutes=1)  # type: ignore[attr-defined]
    shop.members.send_code(shop.lanes[0], NUMBER, "en")
    assert refused(join, shop.lanes[0], "c1", NUMBER, shop.last_code(), ()) == "refused"
    shop.hub.clock.pass_time(minutes=1)  # type: ignore[attr-defined]
    shop.members.send_code(shop.lanes[0], NUMBER, "en")
    assert join(shop.lanes[0], "c1", NUMBER, shop.last_code(), fresh).clubs == ("member",)


@only_sqlite
def test_the_pages_code_is_sent_to_members_alone_and_the_answer_does_not_tell(shop: MemberShop, clock: Clock) -> None:
    member = shop.join_by_phone("c0")
    sent = (shop.hub.folder.path / "messages.jsonl").read_text()
    assert shop.members.send_page_code("demo", "139 0013 8000", "en") == shop.members.send_page_code(
        "demo", "139 0013 8001", "en"
    )
    assert (shop.hub.folder.path / "messages.jsonl").read_text() == sent
    clock.pass_time(minutes=1)
    shop.members.send_page_code("demo", NUMBER, "en")
    assert shop.members.prove("demo", NUMBER, shop.last_code(messages=2)) == member
    unreachable = shop.join_by_phone("c1", "139 0013 8009")
    assert unreachable != member
    clock.pass_time(minutes=1)
    file = shop.programmes.of("demo")
    assert file is not None
    shop.programmes.set("demo", membership_from({**file.said, "messages": {"sender": "pigeon"}}, UTC))
    assert shop.members.send_page_code("demo", "139 0013 8009", "en").valid_s == 300


@only_sqlite
def test_how_long_a_message_takes_does_not_tell_that_the_number_is_a_members(shop: MemberShop, clock: Clock) -> None:
    member = shop.join_by_phone("c0")
    clock.pass_time(minutes=1)
    messages = shop.hub.folder.path / "messages.jsonl"
    messages.unlink()
    os.mkfifo(messages)  # a sender that waits until somebody reads

    shop.members.send_page_code("demo", NUMBER, "en")

    code = json.loads(messages.read_text())["words"]["code"]
    assert shop.members.prove("demo", NUMBER, code) == member


@only_sqlite
def test_a_number_that_was_typed_and_then_proved_counts_for_coupons(shop: MemberShop, clock: Clock) -> None:
    member = shop.join_by_phone("c0")
    shop.members.claim(shop.lanes[0], "c1", "phone", NUMBER)
    assert refused(shop.members.join_by_phone, shop.lanes[0], "c1", NUMBER, "000000", ()) == "expired"
    clock.pass_time(minutes=1)
    shop.members.send_code(shop.lanes[0], NUMBER, "en")
    assert shop.members.join_by_phone(shop.lanes[0], "c1", NUMBER, shop.last_code(), ()).member_id == member
    assert shop.claimant("c1") == member


@only_sqlite
def test_a_page_is_opened_by_its_secret_alone(shop: MemberShop) -> None:
    member, other = shop.join_by_phone("c0"), shop.join_by_wallet("s1")
    secret = shop.members.page_of(member)
    assert shop.members.by_page(secret) == member
    mine, _, rest = secret.partition(".")
    for wrong in ("", "x", mine, f"{other}.{rest}", f"{mine}.{rest[:-1]}", f"{mine}.", "9" * 30 + ".x", "١.x"):
        assert shop.members.by_page(wrong) is None
    with shop.database.read() as connection:
        assert secret not in str(connection.exec_driver_sql("SELECT * FROM member").all())


@only_sqlite
def test_a_plate_is_one_members(shop: MemberShop) -> None:
    member, other = shop.join_by_phone("c0"), shop.join_by_wallet("s1")
    shop.members.tell_plate(member, "沪A·12345")
    shop.members.tell_plate(member, "沪a 12345")
    assert (shop.members.has_plate(member), shop.members.has_plate(other)) == (True, False)
    assert refused(shop.members.tell_plate, other, "沪A12345") == "taken"
    assert refused(shop.members.tell_plate, other, "--") == "refused"
    shop.members.tell_plate(member, "")
    shop.members.tell_plate(other, "沪A12345")
    with shop.database.read() as connection:
        plates = connection.execute(MEMBER_IDENTITY.select().filter_by(kind="plate")).all()
    assert [row.member_id for row in plates] == [other]

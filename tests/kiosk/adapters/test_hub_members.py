"""The hub's book of members over a real socket: sealed, bounded, and on disk what must not be lost."""

import errno
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.adapters.hub_members import HubMembers
from kiosk.services.member_book import OFFLINE, CodeSent, Known, Parked, Refused, Reserved, Rewards
from offline_cache.errors import ConfigError
from retail.membership.consent import Given
from retail.membership.programme import Purpose
from retail.promotions.body import campaign_body
from retail.promotions.campaign import Campaign, Kind, Terms
from tests.kiosk.adapters.member_hub import MemberHub, heard, known

NUMBER, CARD, PAYER = "13800138000", "92233445566", "wechat:app:openid-77"
TEN_OFF = Campaign(
    "ten", Terms(Kind.BASKET, amount_from=100, off=10), coupon="SGC-A", coupon_single=True, personal=True
)
GIVEN = Given("member", Purpose.MEMBERSHIP, "1", "en", "0" * 64)


@pytest.fixture
def hub() -> Iterator[MemberHub]:
    hub = MemberHub()
    yield hub
    hub.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "told"


@pytest.fixture
def book(hub: MemberHub, folder: Path) -> Iterator[HubMembers]:
    book = lane(hub, folder)
    yield book
    book.close()


def lane(hub: MemberHub, folder: Path, key: bytes | None = None, url: str = "") -> HubMembers:
    seal_key = hub.public if key is None else key
    return HubMembers(url or hub.url, lambda: "token", folder=folder, seal_key=lambda: seal_key, till=lambda do: do())


def notes(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def told_all(book: HubMembers) -> bool:
    until = time.monotonic() + 20
    while book.waiting and time.monotonic() < until:
        threading.Event().wait(0.005)
    return not book.waiting


def test_a_card_is_told_sealed_and_its_note_is_gone_once_the_hub_has_taken_it(hub, book, folder):
    hub.answers["claims"] = (
        200,
        lambda body: known(body, coupons=[{"code": "SGC-A", "campaign": campaign_body(TEN_OFF), "expires_at": ""}]),
    )
    answer = heard(lambda done: book.identify("c1", "card", CARD, done))
    path, body = hub.next()
    assert (path, body["claim"]) == ("/v1/members/claims", "c1")
    assert hub.opened(body, "claim c1") == {"kind": "card", "value": CARD}
    assert CARD not in json.dumps(body)
    assert isinstance(answer, Known)
    assert (answer.clubs, answer.points, dict(answer.used)) == (("member",), 12, {"tea": 1})
    assert [(one.code, one.campaign) for one in answer.coupons] == [("SGC-A", TEN_OFF)]
    assert told_all(book)
    assert notes(folder) == []


def test_a_note_is_on_disk_before_the_hub_has_heard_anything_and_names_nobody(hub, book, folder):
    hub.free.clear()
    answers: list[object] = []
    book.identify("c1", "card", CARD, answers.append)
    (note,) = notes(folder)
    assert CARD.encode() not in note.read_bytes()
    assert note.stat().st_mode & 0o077 == 0
    assert answers == []


def test_what_a_hub_that_is_away_was_not_told_is_told_after_a_restart(hub, folder):
    away = lane(hub, folder, url="http://127.0.0.1:9")
    away.identify("c1", "card", CARD, lambda _answer: None)
    away.payer("key-1", PAYER)
    away.close()
    assert len(notes(folder)) == 2
    book = lane(hub, folder)
    try:
        came = dict([hub.next(), hub.next()])
        assert hub.opened(came["/v1/members/claims"], "claim c1") == {"kind": "card", "value": CARD}
        assert hub.opened(came["/v1/members/payers"], "payer key-1") == {"payer": PAYER}
        assert came["/v1/members/payers"]["payment_key"] == "key-1"
        assert told_all(book)
    finally:
        book.close()
    assert notes(folder) == []


@pytest.mark.parametrize("answer", [(500, {}), (401, {"detail": "who?"}), (404, b"<html>"), (409, {"detail": "later"})])
def test_a_note_that_was_not_taken_for_certain_is_sent_again(hub, book, folder, answer):
    hub.answers["claims"] = answer
    answers: list[object] = []
    book.identify("c1", "card", CARD, answers.append)
    hub.next()
    hub.answers["claims"] = 200, known
    hub.next()
    assert told_all(book)
    assert [type(one) for one in answers] == [Known]
    assert notes(folder) == []


@pytest.mark.parametrize("answer", [(422, {"detail": "sealed: does not open"}), (409, {"code": "taken", "detail": ""})])
def test_a_note_that_the_hub_can_never_use_goes_and_holds_up_no_other(hub, book, folder, answer, caplog):
    hub.answers["payers"] = answer
    with caplog.at_level(logging.ERROR):
        book.payer("key-1", PAYER)
        book.identify("c2", "card", CARD, lambda _answer: None)
        assert told_all(book)
    assert notes(folder) == []
    assert "cannot use what it was told" in caplog.text
    assert PAYER not in caplog.text


def test_half_a_note_and_one_that_nobody_can_read_hold_up_nothing(hub, folder, caplog):
    folder.mkdir()
    (folder / "000000000007.part").write_text('{"path"')
    (folder / "000000000008.json").write_text('{"path"')
    with caplog.at_level(logging.ERROR):
        book = lane(hub, folder)
    book.payer("key-1", PAYER)
    assert hub.next()[0] == "/v1/members/payers"
    assert told_all(book)
    book.close()
    assert list(folder.iterdir()) == []
    assert "000000000008.json" in caplog.text


def test_a_note_that_the_disk_does_not_give_takes_no_other_with_it_and_is_not_written_over(hub, folder, caplog):
    away = lane(hub, folder, url="http://127.0.0.1:9")
    away.identify("c1", "card", CARD, lambda _answer: None)
    away.close()
    (folder / "000000000002.json").mkdir()  # reading it fails, as of a sector that is gone
    (folder / "000000000009.part").mkdir()
    away = lane(hub, folder, url="http://127.0.0.1:9")
    away.identify("c2", "card", CARD, lambda _answer: None)
    away.close()
    assert [path.stem for path in notes(folder) if path.is_file()] == ["000000000001", "000000000003"]
    assert "000000000002.json: a note for the hub cannot be read" in caplog.text


def test_a_token_that_cannot_be_read_just_now_leaves_no_question_open_and_no_note_untold(hub, folder):
    tokens: list[str] = []

    def token() -> str:
        if not tokens:
            raise ConfigError("lane.token: must hold the lane's token and nothing else")
        return tokens[0]

    book = HubMembers(hub.url, token, folder=folder, seal_key=lambda: hub.public, till=lambda do: do())
    try:
        assert heard(lambda done: book.ask_phone("c1", NUMBER, done)) == Refused(OFFLINE)
        assert heard(lambda done: book.reserve("SGC-A", "s1", "", done)) == Refused(OFFLINE)
        assert heard(lambda done: book.rewards("s1", done)) == Refused(OFFLINE)
        book.payer("key-1", PAYER)
        tokens.append("token")
        assert told_all(book)
    finally:
        book.close()
    assert hub.next()[0] == "/v1/members/payers"


def test_without_a_key_nothing_leaves_the_lane_and_nothing_is_kept(hub, folder):
    book = lane(hub, folder, key=b"")
    book.identify("c1", "card", CARD, lambda _answer: None)
    book.payer("key-1", PAYER)
    assert heard(lambda done: book.ask_phone("c1", NUMBER, done)) == Refused(OFFLINE)
    assert heard(lambda done: book.park("s1", "plate", "AB123", done)) == Refused(OFFLINE)
    book.close()
    assert not folder.exists()
    assert hub.asked.empty()


def test_notes_sealed_to_another_hubs_key_go_once_the_hub_has_said_so(hub, folder, caplog):
    old = X25519PrivateKey.generate().public_key().public_bytes_raw()
    hub.answers["claims"] = 422, {"detail": "sealed: does not open with this hub's key"}
    book = lane(hub, folder, key=old)
    with caplog.at_level(logging.ERROR):
        answer = heard(lambda done: book.identify("c1", "card", CARD, done))
    assert answer == Refused(OFFLINE)  # the card stays as it is believed
    assert told_all(book)
    book.close()
    assert notes(folder) == []


def test_a_disk_that_refuses_is_said_to_the_till_and_a_payment_goes_on(hub, tmp_path):
    blocked = tmp_path / "told"
    blocked.write_text("a file where the folder should be")
    book = lane(hub, blocked)
    with pytest.raises(OSError, match="File exists"):
        book.identify("c1", "card", CARD, lambda _answer: None)
    book.payer("key-1", PAYER)
    book.close()
    assert hub.asked.empty()


def test_a_note_that_a_power_cut_could_take_back_was_never_kept(hub, book, folder, monkeypatch):
    def fail(_number: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        book.identify("c1", "card", CARD, lambda _answer: None)
    assert list(folder.iterdir()) == []
    assert book.waiting == 0


def test_nothing_waits_for_a_hub_that_keeps_silent(hub, book):
    hub.free.clear()
    began = time.monotonic()
    book.identify("c1", "code", "ABC", lambda _answer: None)
    book.payer("key-1", PAYER)
    book.ask_phone("c2", NUMBER, lambda _answer: None)
    book.reserve("SGC-A", "s1", "c1", lambda _answer: None)
    book.release("SGC-A", "s1")
    book.rewards("s1", lambda _answer: None)
    assert time.monotonic() - began < 6.0  # a disk under load; the hub would keep it for twenty
    began = time.monotonic()
    book.close()
    assert time.monotonic() - began < 10.0


def test_a_number_is_asked_about_once_and_nothing_of_it_is_kept(hub, book, folder, caplog):
    hub.answers["claims"] = 500, {}
    with caplog.at_level(logging.DEBUG):
        assert heard(lambda done: book.ask_phone("c1", NUMBER, done)) == Refused(OFFLINE)
    _, body = hub.next()
    assert hub.opened(body, "claim c1") == {"kind": "phone", "value": NUMBER}
    assert not folder.exists()
    assert NUMBER not in caplog.text


def test_a_number_is_proved_by_its_code_and_joins_what_was_consented_to(hub, book):
    hub.answers["phone-codes"] = 200, {"valid_s": 300, "again_s": 60}
    hub.answers["joins"] = 200, known
    assert heard(lambda done: book.send_code(NUMBER, "zh-CN", done)) == CodeSent(300, 60)
    assert hub.opened(hub.next()[1], "phone") == {"number": NUMBER, "language": "zh-CN"}
    assert isinstance(heard(lambda done: book.join_by_phone("c1", NUMBER, "123456", [GIVEN], done)), Known)
    _, body = hub.next()
    assert hub.opened(body, "join c1") == {"number": NUMBER, "code": "123456"}
    assert body["consents"] == [
        {"club": "member", "purpose": "membership", "version": "1", "language": "en", "text_sha256": "0" * 64}
    ]


@pytest.mark.parametrize("code", ["wrong_code", "expired", "too_many"])
def test_the_hubs_own_word_of_refusal_reaches_the_sheet(hub, book, code):
    hub.answers["joins"] = 409, {"code": code, "detail": "no"}
    assert heard(lambda done: book.join_by_phone("c1", NUMBER, "1", [GIVEN], done)) == Refused(code)


def test_a_coupon_is_reserved_with_its_campaign(hub, book):
    hub.answers["reservations"] = 200, {"code": "SGC-A", "own": True, "campaign": campaign_body(TEN_OFF)}
    answer = heard(lambda done: book.reserve("SGC-A", "s1", "c1", done))
    assert answer == Reserved("SGC-A", TEN_OFF, own=True)
    assert hub.next() == ("/v1/coupons/reservations", {"code": "SGC-A", "sale_id": "s1", "claim": "c1"})


def test_releases_and_reservations_reach_the_hub_in_their_order(hub, book):
    hub.free.clear()
    for _ in range(3):
        book.release("SGC-A", "s1")
        book.reserve("SGC-A", "s1", "", lambda _answer: None)
    hub.free.set()
    assert [hub.next()[0].rpartition("/")[2] for _ in range(6)] == ["releases", "reservations"] * 3


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"{",
        b"null",
        {"code": "SGC-B", "own": True, "campaign": None},
        {"code": "SGC-A", "own": True, "campaign": {"id": "x", "terms": {"kind": "later"}}},
        {"code": "SGC-A", "own": True},
    ],
)
def test_an_answer_that_makes_no_sense_is_none(hub, book, said):
    hub.answers["reservations"] = 200, said
    assert heard(lambda done: book.reserve("SGC-A", "s1", "c1", done)) == Refused(OFFLINE)


@pytest.mark.parametrize("more", [{"claim": "c9"}, {"clubs": "member"}, {"points": "12"}, {"used": {"tea": -1}}])
def test_an_answer_about_somebody_else_is_none(hub, book, more):
    hub.answers["claims"] = 200, lambda body: known(body, **more)
    assert heard(lambda done: book.ask_phone("c1", NUMBER, done)) == Refused(OFFLINE)


def test_a_coupon_of_a_newer_hub_takes_no_other_with_it(hub, book):
    odd = {"code": "SGC-B", "campaign": {"id": "b", "terms": {"kind": "later"}}, "expires_at": ""}
    good = {"code": "SGC-A", "campaign": campaign_body(TEN_OFF), "expires_at": "2027-01-01T00:00:00+00:00"}
    hub.answers["claims"] = 200, lambda body: known(body, coupons=[odd, good, {**good, "expires_at": "2027-01-01"}])
    answer = heard(lambda done: book.ask_phone("c1", NUMBER, done))
    assert isinstance(answer, Known)
    assert [one.code for one in answer.coupons] == ["SGC-A"]


def test_rewards_and_parking_are_read(hub, book):
    hub.answers["rewards"] = (
        200,
        {
            "ready": True,
            "member": True,
            "masked": "138",
            "joined": ["member"],
            "points": 12,
            "balance": 40,
            "rewards": [
                {
                    "kind": "red_packet",
                    "code": "SGC-A",
                    "campaign": campaign_body(TEN_OFF),
                    "amount_minor": 10,
                    "points": 0,
                }
            ],
            "parking_minutes": 60,
            "page": "https://hub/m/s#secret",
        },
    )
    hub.answers["parking"] = 200, {"minutes": 60}
    answer = heard(lambda done: book.rewards("s1", done))
    assert isinstance(answer, Rewards)
    assert (answer.points, answer.balance, answer.parking_minutes, answer.rewards[0].amount_minor) == (12, 40, 60, 10)
    assert "secret" not in repr(answer)
    assert heard(lambda done: book.park("s1", "plate", "沪A12345", done)) == Parked(60)
    assert hub.next()[0] == "/v1/sales/s1/rewards"
    path, body = hub.next()
    assert path == "/v1/sales/s1/parking"
    assert hub.opened(body, "park s1") == {"kind": "plate", "value": "沪A12345"}

"""A store's membership at the hub: kept, told to lanes, and refused where the keys are not those of its members."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from sqlalchemy import select

from hub.errors import KeyUnusable, MembershipRefused, StoreUnknown
from hub.membership.membership_file import membership_from
from hub.membership.programmes import Programmes
from hub.membership.secrets import MemberSecrets
from hub.membership.tables import CONSENT_TEXT
from hub.services import Hub
from retail.membership.programme import Purpose, programme_from, text_digest


def content(text: str = "I join.", version: str = "1") -> dict[str, Any]:
    asks = {"purpose": "membership", "version": version, "texts": {"en": text, "zh-CN": "我加入。"}}
    brand = {"id": "north", "names": {"en": "North"}, "asks": [asks]}
    return {"shop": {"names": {"en": "Shop"}, "asks": [asks]}, "brand": [brand], "points": {"points": 2}}


@pytest.fixture
def secrets(hub: Hub) -> MemberSecrets:
    return MemberSecrets(hub.folder.keys)


@pytest.fixture
def programmes(hub: Hub, secrets: MemberSecrets) -> Programmes:
    return Programmes(hub.database, secrets)


def test_what_was_set_is_what_holds(programmes: Programmes) -> None:
    file = membership_from(content(), UTC)
    assert programmes.of("demo") is None
    programmes.set("demo", file)
    assert programmes.of("demo") == file


def test_lanes_are_told_the_programme_with_the_hubs_keys(
    programmes: Programmes, hub: Hub, secrets: MemberSecrets
) -> None:
    programmes.set("demo", membership_from(content(), UTC))
    with hub.database.read() as connection:
        told = programme_from(programmes.lane_programme(connection, "demo"))
    assert told is not None
    assert (told.points.points, [club.id for club in told.clubs]) == (2, ["member", "north"])
    assert told.code_keys == secrets.code_keys
    assert told.seal_key == secrets.seal_key.public_key().public_bytes_raw()


def test_lanes_of_a_store_without_members_are_told_nothing(programmes: Programmes, hub: Hub) -> None:
    with hub.database.read() as connection:
        assert programmes.lane_programme(connection, "demo") == {}
    assert not (hub.folder.keys / "members.key").exists()


def test_a_store_that_is_not_there_is_named(programmes: Programmes) -> None:
    with pytest.raises(StoreUnknown, match="nowhere"):
        programmes.of("nowhere")
    with pytest.raises(StoreUnknown, match="nowhere"):
        programmes.set("nowhere", membership_from(content(), UTC))


def test_other_words_need_another_version(programmes: Programmes) -> None:
    programmes.set("demo", membership_from(content(), UTC))
    with pytest.raises(
        MembershipRefused, match=r"club member: its membership text in en has other words .* give it another version"
    ):
        programmes.set("demo", membership_from(content("I join, and more."), UTC))
    programmes.set("demo", membership_from(content("I join, and more.", version="2"), UTC))


def test_every_text_that_was_ever_set_is_kept_word_for_word(programmes: Programmes, hub: Hub) -> None:
    programmes.set("demo", membership_from(content(), UTC))
    programmes.set("demo", membership_from(content("Other.", version="2"), UTC))
    with hub.database.read() as connection:
        kept = {row.text_sha256: row.text for row in connection.execute(select(CONSENT_TEXT))}
    assert kept == {text_digest(text): text for text in ("I join.", "Other.", "我加入。")}


def test_a_hub_without_the_members_keys_says_so_and_makes_none(programmes: Programmes, hub: Hub) -> None:
    programmes.set("demo", membership_from(content(), UTC))
    other = hub.folder.path / "another"
    stranger = Programmes(hub.database, MemberSecrets(other))
    with pytest.raises(
        KeyUnusable, match=r"another/members\.key: is not the key .* copy the file from the hub that has"
    ):
        stranger.of("demo")
    assert not other.exists()


def test_a_hub_with_other_keys_sets_no_programme(programmes: Programmes, hub: Hub) -> None:
    hub.catalogues.add_store("other", currency="CNY", time_zone="UTC", region="")
    programmes.set("demo", membership_from(content(), UTC))
    stranger = Programmes(hub.database, MemberSecrets(hub.folder.path / "another"))
    with pytest.raises(KeyUnusable, match="is not the key"):
        stranger.set("other", membership_from(content(), UTC))


def test_a_members_club_asks_by_the_purposes_of_the_file(programmes: Programmes) -> None:
    programmes.set("demo", membership_from(content(), UTC))
    file = programmes.of("demo")
    assert file is not None
    north = file.programme.find("north")
    assert north is not None
    assert north.asked(Purpose.MEMBERSHIP) is not None

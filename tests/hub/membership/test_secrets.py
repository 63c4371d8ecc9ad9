"""The keys that only the hub has: one file, the same for all who ask, and nothing to be read off what they made."""

from __future__ import annotations

import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.errors import KeyUnusable
from hub.membership.normal import normal_phone
from hub.membership.secrets import FILE, MemberSecrets
from retail.membership.member_code import MemberCode, read_member_code, sign_member_code
from retail.membership.sealing import seal, unseal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def secrets(folder: Path) -> MemberSecrets:
    return MemberSecrets(folder)


def test_the_file_is_for_its_owner_alone(secrets: MemberSecrets, folder: Path) -> None:
    secrets.digest("phone", "13812345678")
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_all_who_ask_at_once_have_the_same_keys(folder: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: MemberSecrets(folder).fingerprint(), range(24)))
    assert len(found) == 1


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "138 1234 5678", "+86-13812345678"),
        ("phone", "0912-345-678", "00886912345678"),
        ("phone", "9123 4567", "+852 91234567"),
        ("phone", "１３８１２３４５６７８", "13812345678"),
        ("phone", "86 138 1234 5678", "13812345678"),
        ("phone", "\u202a+86 138\u20111234\u20115678\u202c", "13812345678"),
        ("phone", "+886 (0)912 345 678", "0912345678"),
        ("phone", "886912345678", "0912345678"),
        ("phone", "852 9123 4567", "91234567"),
        ("plate", "沪A·12345", "沪a 12345"),
        ("card", "8012 3456 7897", "801234567897"),
        ("ticket", "p-0042", "P0042"),
    ],
)
def test_an_identity_is_the_same_however_it_is_written(secrets: MemberSecrets, kind: str, one: str, other: str) -> None:
    assert secrets.digest(kind, one) == secrets.digest(kind, other)


def test_other_values_kinds_and_hubs_make_other_digests(secrets: MemberSecrets, tmp_path: Path) -> None:
    said = {
        secrets.digest("phone", "13812345678"),
        secrets.digest("phone", "13812345679"),
        secrets.digest("card", "13812345678"),
        secrets.digest("plate", "13812345678"),
        secrets.digest("wallet", "wechat:a:B"),
        secrets.digest("wallet", "wechat:a:b"),
        MemberSecrets(tmp_path / "another").digest("phone", "13812345678"),
    }
    assert len(said) == 7


@pytest.mark.parametrize("text", ["", "12345", "call me", "+", "1" * 16])
def test_what_is_no_number_is_told_apart(text: str) -> None:
    assert not normal_phone(text)


def test_what_lanes_seal_opens_here(secrets: MemberSecrets) -> None:
    public = secrets.seal_key.public_key().public_bytes_raw()
    assert unseal(secrets.seal_key, seal(public, {"number": "1"}, "phone"), "phone") == {"number": "1"}


def test_a_signed_code_is_checked_by_the_public_key_and_tells_the_hub_alone_who_it_is(secrets: MemberSecrets) -> None:
    now = int(time.time())
    code = sign_member_code(
        secrets.code_key, key_number=0, clubs=["member"], ticket=secrets.ticket(42, now), expires_at=now + 60
    )
    read = read_member_code(code, secrets.code_keys, now)
    assert isinstance(read, MemberCode)
    assert secrets.member_of_ticket(read.ticket) == 42


def test_two_tickets_of_a_member_have_nothing_in_common(secrets: MemberSecrets) -> None:
    first, second = secrets.ticket(42, 1), secrets.ticket(42, 1)
    assert not {first[at : at + 4] for at in range(len(first) - 3)} & {
        second[at : at + 4] for at in range(len(second) - 3)
    }


@pytest.mark.parametrize("ticket", [b"", b"short", bytes(44)])
def test_a_ticket_that_this_shop_never_made_is_nobodys(secrets: MemberSecrets, ticket: bytes) -> None:
    assert secrets.member_of_ticket(ticket) is None


def test_a_ticket_of_another_shop_is_nobodys(secrets: MemberSecrets, tmp_path: Path) -> None:
    assert secrets.member_of_ticket(MemberSecrets(tmp_path / "another").ticket(42, 1)) is None


def test_a_cut_file_is_named_with_the_remedy(secrets: MemberSecrets, folder: Path) -> None:
    secrets.fingerprint()
    (folder / FILE).write_bytes(b"cut")
    with pytest.raises(KeyUnusable, match=r"members\.key: is not 32 bytes long; restore it from the backup"):
        secrets.digest("phone", "1")


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyUnusable, match="members' keys need a folder that can be used"):
        MemberSecrets(tmp_path / "file" / "keys").digest("phone", "1")


def test_looking_whether_there_are_keys_makes_none(secrets: MemberSecrets, folder: Path) -> None:
    assert not secrets.fingerprint(make=False)
    assert not folder.exists()

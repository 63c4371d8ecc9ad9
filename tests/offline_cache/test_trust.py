"""Whose signature a lane believes: the keys given, or the first seen, then those that manifests hand on."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offline_cache.errors import ConfigError, DownloadRefused
from offline_cache.price_list.keys import encode_public_key, key_id, raw_public_key
from offline_cache.trust import trusted_keys


def text(key: Ed25519PrivateKey) -> str:
    return encode_public_key(raw_public_key(key))


def name(key: Ed25519PrivateKey) -> str:
    return key_id(raw_public_key(key))


@pytest.fixture
def old(hub):
    return hub.key


@pytest.fixture
def new() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def test_the_first_key_seen_is_kept_and_another_refused_later(hub, lane, shop, new, caplog):
    shop.publish(1)
    lane.update().look()
    assert hub.public_key in lane.folder.key.read_text().splitlines()
    assert "the first seen" in caplog.text
    shop.publish(2, keys=[new])
    with pytest.raises(DownloadRefused, match=r"not signed by the pinned key .*hub-key.pub"):
        lane.update().look()
    lane.assert_old_list_stays()
    assert trusted_keys(lane.folder) == (key_id(raw_public_key(hub.key)),)


def test_a_key_that_was_seen_is_not_asked_for_again(hub, lane, shop):
    shop.publish(1)
    lane.update().look()
    lane.update().look()
    assert len(hub.asked("/v1/key")) == 1


def test_a_key_file_of_before_rings_is_read(hub, lane, shop):
    lane.folder.key.write_text(hub.public_key + "\n")
    shop.publish(1)
    assert lane.update().look().revision == 1
    assert not hub.asked("/v1/key")


def test_a_given_key_wins_and_a_wrong_one_is_refused_without_being_kept(hub, lane, shop, tmp_path, new):
    shop.publish(1)
    right, wrong = tmp_path / "right.pub", tmp_path / "wrong.pub"
    right.write_text(f"# the shop's\n{hub.public_key}\n\n")
    wrong.write_text(text(new))
    with pytest.raises(DownloadRefused, match=r"not signed by the pinned key .*wrong.pub"):
        lane.update(key_file=wrong).look()
    assert not lane.folder.key.exists()
    assert not hub.asked("/v1/key")
    lane.update(key_file=right).look()
    assert f"anchor {name(hub.key)}" in lane.folder.key.read_text().splitlines()


def test_a_lane_follows_when_both_keys_sign_and_then_the_new_one_alone(lane, shop, old, new):
    shop.publish(1)
    lane.update().look()
    shop.publish(2, keys=[old, new])
    lane.update().look()
    assert set(trusted_keys(lane.folder)) == {name(old), name(new)}
    shop.publish(3, keys=[new])
    assert lane.update().look().revision == 3
    assert trusted_keys(lane.folder) == (name(new),)
    shop.publish(4, keys=[old])
    with pytest.raises(DownloadRefused, match="not signed"):
        lane.update().look()


def test_a_key_announced_by_the_old_one_may_sign_the_next(lane, shop, old, new):
    shop.publish(1, announces=[old, new])
    lane.update().look()
    shop.publish(2, keys=[new])
    assert lane.update().look().revision == 2


def test_a_revoked_key_is_refused_for_ever_even_if_a_manifest_lists_it_again(lane, shop, old, new):
    shop.publish(1)
    lane.update().look()
    shop.publish(2, keys=[old, new])
    lane.update().look()
    shop.publish(3, keys=[new], revoked=[old])
    lane.update().look()
    assert f"revoked {name(old)}" in lane.folder.key.read_text().splitlines()
    shop.publish(4, keys=[new], announces=[old, new])
    lane.update().look()
    shop.publish(5, keys=[old], announces=[old, new])
    with pytest.raises(DownloadRefused, match=f"signed by key {name(old)}, which was revoked"):
        lane.update().look()
    assert trusted_keys(lane.folder) == (name(new),)


def test_a_given_key_that_was_revoked_is_named(lane, shop, tmp_path, old, new):
    given = tmp_path / "hub.pub"
    given.write_text(f"{text(old)}\n{text(new)}\n")
    shop.publish(1, keys=[new], revoked=[old])
    lane.update(key_file=given).look()
    given.write_text(text(old))
    with pytest.raises(ConfigError, match=rf"hub.pub: its key {name(old)} was revoked by the hub"):
        lane.update(key_file=given).look()


def test_the_ring_that_grew_from_the_given_keys_holds_while_they_stay_the_same(lane, shop, tmp_path, old, new):
    given = tmp_path / "hub.pub"
    given.write_text(text(old))
    shop.publish(1, keys=[old, new])
    lane.update(key_file=given).look()
    shop.publish(2, keys=[new])
    assert lane.update(key_file=given).look().revision == 2
    shop.publish(3, keys=[new])
    assert lane.update(key_file=given).look().revision == 3


def test_other_given_keys_start_trust_anew(lane, shop, tmp_path, old, new):
    given = tmp_path / "hub.pub"
    given.write_text(text(old))
    shop.publish(1, keys=[old, new])
    lane.update(key_file=given).look()
    other = Ed25519PrivateKey.generate()
    given.write_text(text(other))
    shop.publish(2, keys=[new])
    with pytest.raises(DownloadRefused, match="not signed"):
        lane.update(key_file=given).look()
    shop.publish(2, keys=[other])
    assert lane.update(key_file=given).look().revision == 2
    assert trusted_keys(lane.folder) == (name(other),)


def test_a_refused_list_still_tells_which_keys_to_trust(lane, shop, old, new):
    shop.publish(1)
    lane.update().look()
    shop.publish(2, keys=[old, new], content=b"nonsense")
    with pytest.raises(DownloadRefused, match="cannot be unpacked"):
        lane.update().look()
    assert set(trusted_keys(lane.folder)) == {name(old), name(new)}


def test_an_old_manifest_teaches_no_keys(hub, lane, shop, old, new):
    both = shop.publish(1, keys=[old, new])
    shop.publish(2, keys=[new], revoked=[old], announces=[new])
    lane.folder.key.write_text(text(new))
    lane.update().look()
    hub.publish(both)
    with pytest.raises(DownloadRefused, match="never goes back"):
        lane.update().look()
    assert trusted_keys(lane.folder) == (name(new),)


@pytest.mark.parametrize("content", ["", "not base64!", "AAAA", "\xff", "# nothing\n", "revoked 0123456789abcdef\n"])
def test_a_key_file_that_holds_no_key_is_named(lane, shop, tmp_path, content):
    shop.publish(1)
    file = tmp_path / "hub.pub"
    file.write_text(content, "latin-1")
    with pytest.raises(ConfigError, match=r"hub.pub: is not the hub's key"):
        lane.update(key_file=file).look()
    with pytest.raises(ConfigError, match="there is no such key file"):
        lane.update(key_file=tmp_path / "none").look()


def test_a_lane_without_readable_keys_trusts_none(lane):
    assert trusted_keys(lane.folder) == ()
    lane.folder.key.write_text("nonsense")
    assert trusted_keys(lane.folder) == ()

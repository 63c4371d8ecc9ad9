import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.errors import KeyUnusable
from hub.keys import signing_key


def test_the_key_is_made_once_and_only_the_hub_may_read_it(tmp_path):
    folder = tmp_path / "keys"
    first = signing_key(folder)
    assert signing_key(folder).private_bytes_raw() == first.private_bytes_raw()
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_whoever_asks_first_all_get_the_same_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: signing_key(tmp_path / "keys").private_bytes_raw(), range(16)))
    assert len(set(keys)) == 1


def test_a_damaged_key_is_never_replaced_by_a_new_one(tmp_path):
    signing_key(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text("rubbish")
    with pytest.raises(KeyUnusable, match="restore it from the backup"):
        signing_key(tmp_path)
    assert file.read_text() == "rubbish"


def test_a_file_in_the_folders_place_is_told_in_a_sentence(tmp_path):
    (tmp_path / "keys").write_text("")
    with pytest.raises(KeyUnusable, match="keys"):
        signing_key(tmp_path / "keys")

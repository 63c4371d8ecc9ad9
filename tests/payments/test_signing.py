"""Keys from files: a sound one signs, one whose parts do not belong together is refused before any payment."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from payments.errors import GatewayMisconfigured
from payments.signing import our_key, their_key_of

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_der(key: rsa.RSAPrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, plain)


def pem(der: bytes) -> bytes:
    return b"-----BEGIN PRIVATE KEY-----\n" + base64.encodebytes(der) + b"-----END PRIVATE KEY-----\n"


def in_file(folder: Path, content: bytes) -> dict[str, str]:
    (folder / "key").write_bytes(content)
    return {"merchant_key_file": str(folder / "key")}


@pytest.mark.parametrize("written", [pem, base64.b64encode])
def test_what_it_signs_its_public_half_knows(tmp_path, written) -> None:
    ours = our_key("bank", in_file(tmp_path, written(private_der(KEY))), "merchant_key_file")
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert their_key_of(public).signed(b"an order", ours.sign(b"an order"))
    assert not their_key_of(public).signed(b"another", ours.sign(b"an order"))


@pytest.mark.parametrize("written", [pem, base64.b64encode])
def test_a_key_whose_parts_do_not_belong_together_is_refused(tmp_path, written) -> None:
    """A file that was damaged, or put together from two: each number is one, and no signature would ever be right."""
    sound = KEY.private_numbers()
    odd = rsa.RSAPrivateNumbers(
        sound.p, sound.q, sound.d - 2, sound.dmp1 - 2, sound.dmq1 - 2, sound.iqmp, sound.public_numbers
    ).private_key(unsafe_skip_rsa_key_validation=True)
    with pytest.raises(GatewayMisconfigured, match=r"merchant_key_file names .* which holds not a private RSA key"):
        our_key("bank", in_file(tmp_path, written(private_der(odd))), "merchant_key_file")

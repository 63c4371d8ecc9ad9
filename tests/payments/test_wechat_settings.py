"""Wrong settings of the WeChat Pay gateway are one sentence that names key and remedy, and show nothing of a key."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from payments.errors import GatewayMisconfigured
from payments.fakes.keys import new_key, private_pem, public_pem
from payments.fakes.wechat_wire import APP_ID, MERCHANT_ID, MERCHANT_SERIAL, WECHAT_KEY_ID
from payments.gateway import Presents
from payments.loader import GatewayContext
from payments.signing import OurKey
from payments.wechat import WechatGateway
from tests.payments.wechat_rig import lay_keys


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = lay_keys(tmp_path_factory.mktemp("keys"))
    (folder / "weak.pem").write_bytes(private_pem(rsa.generate_private_key(65537, 1024)))  # noqa: S505 - that is what must be refused
    locked = new_key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    (folder / "locked.pem").write_bytes(locked)
    own = serialization.load_pem_private_key((folder / "merchant_key.pem").read_bytes(), password=None)
    assert isinstance(own, rsa.RSAPrivateKey)
    (folder / "our_own.pem").write_bytes(public_pem(own))
    (folder / "marked.pem").write_bytes(b"\xef\xbb\xbf" + (folder / "merchant_key.pem").read_bytes())
    (folder / "short.txt").write_bytes(b"0123456789")
    (folder / "garbage.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----")
    return folder


def settings(folder: Path, **changed: object) -> dict[str, object]:
    well: dict[str, object] = {
        "app_id": APP_ID,
        "merchant_id": MERCHANT_ID,
        "merchant_serial": MERCHANT_SERIAL,
        "merchant_key_file": str(folder / "merchant_key.pem"),
        "api_v3_key_file": str(folder / "api_v3_key.txt"),
        "wechat_key_id": WECHAT_KEY_ID,
        "wechat_key_file": str(folder / "wechat_public_key.pem"),
    }
    return {name: value for name, value in {**well, **changed}.items() if value is not None}


def gateway(folder: Path, data_dir: Path, **changed: object) -> WechatGateway:
    return WechatGateway(settings(folder, **changed), GatewayContext("store-1", "3", data_dir))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"merchant_ld": "1"}, "no setting 'merchant_ld'; did you mean 'merchant_id'?"),
        ({"presents": "terminal"}, "presents is 'terminal'; it must be one of: shopper_code, kiosk_code"),
        ({"app_id": None}, "app_id is None; it must be a text: set it"),
        ({"app_id": 'wx"\r\n'}, "as WeChat's merchant platform shows it"),
        ({"merchant_id": "12 34"}, "letters and digits alone"),
        (
            {"address": "http://api.mch.weixin.qq.com"},
            "address is 'http://api.mch.weixin.qq.com'; it must be an address",
        ),
        (
            {"address": "http://127.example.org"},
            "address is 'http://127.example.org'; it must be an address",
        ),
        ({"backup_address": "ftp://x"}, "backup_address is 'ftp://x'"),
        ({"merchant_key_file": "{folder}/nowhere.pem"}, "merchant_key_file names"),
        ({"merchant_key_file": "{folder}/nowhere.pem"}, "cannot be read (No such file or directory)"),
        (
            {"merchant_key_file": "keys/merchant.pem"},
            "it must be a whole path, such as /etc/kiosk/merchant_key_file.pem",
        ),
        ({"merchant_key_file": "{folder}"}, "cannot be read (Is a directory)"),
        ({"merchant_key_file": "{folder}/a\0b"}, "no file can be named so"),
        ({"merchant_key_file": "{folder}/weak.pem"}, "holds not a private RSA key"),
        ({"merchant_key_file": "{folder}/locked.pem"}, "without a password"),
        ({"merchant_key_file": "{folder}/garbage.pem"}, "download it anew"),
        ({"merchant_key_file": "{folder}/short.txt"}, "holds not a private RSA key"),
        ({"merchant_key_file": "{folder}/wechat_public_key.pem"}, "holds not a private RSA key"),
        ({"wechat_key_file": "{folder}/merchant_key.pem"}, "holds not a public RSA key or a certificate"),
        ({"api_v3_key_file": "{folder}/short.txt"}, "holds 10 characters; an API v3 key has 32"),
        ({"wechat_key_id": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"}, "which begins with PUB_KEY_ID_"),
        ({"description": ""}, "description is ''"),
        ({"description": "自助" * 22}, "1 to 127 bytes, about 40 Chinese characters"),
        ({"connect_timeout_s": 61}, "a number of seconds from 0.1 to 60"),
        ({"total_timeout_s": 0}, "a number of seconds from 0.1 to 60"),
        (
            {"wechat_key_file": "{folder}/our_own.pem"},
            "which belongs to your own merchant_key_file; download",
        ),
        ({"presents": "kiosk_code"}, "notify_url is missing, and WeChat wants one with each QR code; set it"),
        ({"total_timeout_s": "10"}, "total_timeout_s is '10'"),
        ({"presents": "kiosk_code", "notify_url": "http://shop.example/x"}, "notify_url is 'http://shop.example/x'"),
        ({"presents": "kiosk_code", "notify_url": "https://shop.example/x?y=1"}, "WeChat takes none with a '?'"),
    ],
)
def test_wrong_settings_are_named_with_their_remedy(folder, tmp_path, changed, words):
    filled = {
        name: value.replace("{folder}", str(folder)) if isinstance(value, str) else value
        for name, value in changed.items()
    }
    with pytest.raises(GatewayMisconfigured) as refused:
        gateway(folder, tmp_path, **filled)
    assert words in str(refused.value)
    assert str(refused.value).startswith("payment gateway 'wechat'")
    assert "MII" not in repr(refused.value)


def test_a_key_that_an_editor_wrote_with_its_mark_is_read(folder, tmp_path):
    gateway(folder, tmp_path, merchant_key_file=str(folder / "marked.pem")).close()


def test_a_qr_code_needs_an_address_for_wechats_pushes(folder, tmp_path):
    with pytest.raises(GatewayMisconfigured, match="notify_url is ''; it must be an address such as https://hub"):
        gateway(folder, tmp_path, presents="kiosk_code", notify_url="")


def test_a_folder_that_is_not_there_is_named(folder, tmp_path):
    with pytest.raises(GatewayMisconfigured, match="check the folder, its permissions and free space"):
        gateway(folder, tmp_path / "nowhere")


def test_by_default_it_reads_payment_codes_at_wechats_own_hosts(folder, tmp_path):
    made = gateway(folder, tmp_path)
    assert made.traits.presents is Presents.SHOPPER_CODE
    assert [host.host for host in made._settings.hosts] == ["api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"]


@pytest.mark.parametrize("backup", ["", "https://api2.mch.weixin.qq.com"])
def test_the_other_host_may_be_set_or_left_out(folder, tmp_path, backup):
    hosts = gateway(folder, tmp_path, backup_address=backup)._settings.hosts
    assert len(hosts) == (2 if backup else 1)


def certificate(key: rsa.RSAPrivateKey, serial: int) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sign")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=1825))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def test_a_platform_certificate_serves_as_well_by_its_serial_number(folder, tmp_path):
    theirs = new_key()
    bank = OurKey(theirs)
    (tmp_path / "platform.pem").write_bytes(certificate(theirs, 0x5157F09E))
    made = gateway(folder, tmp_path, wechat_key_file=str(tmp_path / "platform.pem"), wechat_key_id="5157f09e")
    assert made._settings.keys.their_serial == "5157F09E"
    keys = made._settings.keys
    for told, is_theirs in (
        ("5157F09E", True),
        ("5157f09e", True),
        ("05157F09E", True),
        ("5157F09F", False),
        ("", False),
    ):
        stamped = {"wechatpay-timestamp": "1", "wechatpay-nonce": "n", "wechatpay-serial": told}
        assert keys.proves(stamped | {"wechatpay-signature": bank.sign(b"1\nn\n{}\n")}, b"{}") is is_theirs, told
    with pytest.raises(GatewayMisconfigured, match="serial number 5157F09E, and wechat_key_id is '0A'; set it to that"):
        gateway(folder, tmp_path, wechat_key_file=str(tmp_path / "platform.pem"), wechat_key_id="0A")


def test_a_key_may_be_bare_base64_as_alipays_tool_writes_it(tmp_path):
    from payments.signing import our_key, their_key

    key = new_key()
    for name, pem in (("private", private_pem(key)), ("public", public_pem(key))):
        bare = b"".join(pem.splitlines()[1:-1])
        (tmp_path / name).write_bytes(bare + b"\n")
    ours = our_key("x", {"key": str(tmp_path / "private")}, "key")
    theirs = their_key("x", {"key": str(tmp_path / "public")}, "key")
    assert theirs.signed(b"text", ours.sign(b"text"))
    assert not theirs.signed(b"other", ours.sign(b"text"))


def test_a_key_below_home_is_found(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    assert gateway(folder, tmp_path, merchant_key_file="~/merchant_key.pem").traits.brands == ("wechat",)


def test_a_home_of_nobody_is_no_whole_path(folder, tmp_path):
    with pytest.raises(GatewayMisconfigured, match="must be a whole path"):
        gateway(folder, tmp_path, merchant_key_file="~nobody-of-that-name/key.pem")

"""The make-believe WeChat Pay's side of the wire: checks who signed an order, signs answers, wraps pushes."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from payments.fakes.keys import new_key, private_pem, public_pem, write_secret
from payments.fakes.server import Call, Reply
from payments.signing import OurKey, TheirKey, their_key_of

APP_ID: Final = "wxd678efh567hg6787"  # this and the next are the examples of WeChat's own pages
MERCHANT_ID: Final = "1230000109"
MERCHANT_SERIAL: Final = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
WECHAT_KEY_ID: Final = "PUB_KEY_ID_0114232134912410000000000000"
_OLDEST_S: Final = 300
_PART: Final = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class WechatFiles:
    """The keys of both sides in one folder: made on first use, and the same after a restart."""

    merchant_key: Path
    wechat_key: Path
    api_v3_key: Path
    bank_key: Path

    @classmethod
    def below(cls, folder: Path) -> WechatFiles:
        """The files of a folder, written where they are not there yet."""
        files = cls(
            folder / "merchant_key.pem",
            folder / "wechat_public_key.pem",
            folder / "api_v3_key.txt",
            folder / "bank_private_key.pem",
        )
        if not files.bank_key.exists():
            bank = new_key()
            write_secret(files.merchant_key, private_pem(new_key()))
            write_secret(files.api_v3_key, secrets.token_hex(16).encode())
            files.wechat_key.write_bytes(public_pem(bank))
            write_secret(files.bank_key, private_pem(bank))
        return files


class BankWire:
    """WeChat's keys, and the merchant's public one."""

    def __init__(self, files: WechatFiles) -> None:
        merchant = load_pem_private_key(files.merchant_key.read_bytes(), password=None)
        bank = load_pem_private_key(files.bank_key.read_bytes(), password=None)
        self._merchant: TheirKey = their_key_of(public_pem(merchant))  # type: ignore[arg-type]
        self._ours = OurKey(bank)  # type: ignore[arg-type]
        self._api_v3 = files.api_v3_key.read_bytes()

    def signer_fault(self, call: Call, now_s: int) -> str:
        """Why a request is not the merchant's, '' if it is."""
        scheme, _, rest = call.headers.get("authorization", "").partition(" ")
        parts = dict(_PART.findall(rest))
        stamp = parts.get("timestamp", "")
        if scheme != "WECHATPAY2-SHA256-RSA2048" or parts.get("mchid") != MERCHANT_ID:
            return "no signature of this merchant"
        if parts.get("serial_no") != MERCHANT_SERIAL:
            return "no certificate of this merchant"
        if not stamp.isdigit() or abs(now_s - int(stamp)) > _OLDEST_S:
            return "the time stamp is more than five minutes away"
        text = f"{call.method}\n{call.path}\n{stamp}\n{parts.get('nonce_str', '')}\n".encode() + call.body + b"\n"
        return "" if self._merchant.signed(text, parts.get("signature", "")) else "wrong signature"

    def signed_at(self, call: Call) -> int:
        """The time that a request's signature names."""
        return int(dict(_PART.findall(call.headers["authorization"]))["timestamp"])

    def headers(self, body: bytes, now_s: int) -> dict[str, str]:
        """What proves that a body is WeChat's."""
        nonce = secrets.token_hex(16)
        return {
            "Wechatpay-Timestamp": str(now_s),
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": self._ours.sign(f"{now_s}\n{nonce}\n".encode() + body + b"\n"),
            "Wechatpay-Serial": WECHAT_KEY_ID,
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def reply(self, status: int, body: Mapping[str, Any] | None, now_s: int) -> Reply:
        """A signed answer; no body where there is nothing to say."""
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        kind = {} if body is None else {"Content-Type": "application/json; charset=utf-8"}
        return Reply(status, content, {**kind, "Request-ID": secrets.token_hex(8), **self.headers(content, now_s)})

    def push(self, event: str, order: Mapping[str, Any], now_s: int) -> tuple[dict[str, str], bytes]:
        """Headers and body of a notification that hides `order`."""
        nonce, about = secrets.token_hex(6), "transaction"
        hidden = AESGCM(self._api_v3).encrypt(nonce.encode(), json.dumps(order).encode(), about.encode())
        resource = {
            "original_type": "transaction",
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(hidden).decode(),
            "associated_data": about,
            "nonce": nonce,
        }
        body = json.dumps(
            {
                "id": secrets.token_hex(16),
                "resource_type": "encrypt-resource",
                "event_type": event,
                "summary": "支付成功",
                "resource": resource,
            },
            ensure_ascii=False,
        ).encode()
        return {"Content-Type": "application/json", **self.headers(body, now_s)}, body

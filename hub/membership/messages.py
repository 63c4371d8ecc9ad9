"""Short messages to a phone number: the contract of senders, the one that pretends, and the words of a code."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from hub.data_folder import folder_sentences
from hub.errors import HubError
from hub.membership.plug_ins import load_plug_in

GROUP: Final = "kiosk.message_senders"
SIMULATED_FILE: Final = "messages.jsonl"
_OWNER_ONLY: Final = 0o600

_CODE_TEXTS: Final = {
    "en": "{shop}: your code is {code}, valid for {minutes} minutes. Nobody from the shop will ask you for it.",
    "zh-CN": "【{shop}】您的验证码是 {code}，{minutes} 分钟内有效。店员不会向您索取，请勿告知他人。",
    "zh-TW": "【{shop}】您的驗證碼是 {code}，{minutes} 分鐘內有效。店員不會向您索取，請勿告知他人。",
}


class MessageFailed(HubError):
    """The message was not sent: the sender refuses the number, or was not reached. Its words name no number."""


class SenderMissing(HubError):
    """There is no such sender, or it cannot work with its settings."""


@dataclass(frozen=True, slots=True)
class Message:
    """`kind` and `words` for senders that have templates of their own, `text` for those that take any."""

    number: str = field(repr=False)
    text: str = field(repr=False)
    language: str
    kind: str = "code"
    words: Mapping[str, str] = field(default_factory=dict, repr=False)


class MessageSender(Protocol):
    """Safe to call from several threads; made from its settings and a folder that it may keep files in."""

    def send(self, message: Message) -> None:
        """Hand it over for delivery, within a few seconds. MessageFailed."""
        ...


class SimulatedSender:
    """Writes what it would send into `messages.jsonl` of the folder, a JSON object a line: for demo and tests."""

    def __init__(self, settings: Mapping[str, Any], folder: Path) -> None:
        if settings:
            raise SenderMissing(f"message sender 'simulated' has no setting {min(settings)!r}; take it out")
        self._file = folder / SIMULATED_FILE

    def send(self, message: Message) -> None:
        """Numbers with 0000 at their end are refused, to see what a shop then says."""
        if message.number.endswith("0000"):
            raise MessageFailed("the simulated sender refuses numbers that end in 0000")
        said = {"number": message.number, "text": message.text, "language": message.language, "kind": message.kind}
        line = json.dumps({**said, "words": dict(message.words)}, ensure_ascii=False) + "\n"
        with folder_sentences(self._file.parent):
            handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _OWNER_ONLY)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(line)


def load_sender(name: str, settings: Mapping[str, Any], folder: Path) -> MessageSender:
    """The sender of that name, with its own settings. SenderMissing."""
    sender: MessageSender = load_plug_in(GROUP, "message sender", name, settings, folder, SenderMissing)
    return sender


def code_message(number: str, code: str, *, shop: str, language: str, minutes: int) -> Message:
    """The message that brings a code to a number, in one of our languages, English for others."""
    text = _CODE_TEXTS.get(language, _CODE_TEXTS["en"]).format(shop=shop, code=code, minutes=minutes)
    return Message(number, text, language, "code", {"code": code, "shop": shop, "minutes": str(minutes)})

"""`python -m payments.fakes wechat|alipay --dir DIR`: a make-believe bank, its keys, books and settings in DIR."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from payments.fakes.alipay import FakeAlipay
from payments.fakes.books import Charge
from payments.fakes.wechat import FakeWechat

_HIGHEST_PORT: Final = 65535


class _Books(Protocol):
    def charges(self) -> list[Charge]: ...


class _Fake(Protocol):
    @property
    def url(self) -> str: ...

    @property
    def books(self) -> _Books: ...

    def settings(self, **more: Any) -> dict[str, Any]: ...

    def close(self) -> None: ...


_FAKES: Final[Mapping[str, Callable[[Path, int, float], _Fake]]] = {
    "wechat": lambda folder, port, delay_s: FakeWechat(
        folder, port=port, settle_s=delay_s, scan_s=3 * delay_s, pushes=True
    ),
    "alipay": lambda folder, port, delay_s: FakeAlipay(
        folder, port=port, delay_s=delay_s, scan_s=3 * delay_s, pushes=True
    ),
}


def main(arguments: list[str] | None = None, *, until: threading.Event | None = None) -> int:
    """Serve until interrupted."""
    args = _parser().parse_args(arguments)
    if not 0 <= args.port <= _HIGHEST_PORT:
        return _refuse(f"--port is {args.port}; give one from 0 (any free one) to {_HIGHEST_PORT}")
    folder = args.dir.resolve()
    try:
        fake = _FAKES[args.bank](folder, args.port, args.delay)
    except OSError as exc:
        return _refuse(f"{args.bank} cannot be served from {folder} at port {args.port}: {exc.strerror or exc}")
    more = {"presents": args.presents} | ({"notify_url": args.notify_url} if args.notify_url else {})
    _write_settings(folder, args.bank, fake.settings(**more))
    print(f"serving on {fake.url}; settings for a lane in {folder / 'settings.toml'}", flush=True)
    try:
        (until or threading.Event()).wait()
    except KeyboardInterrupt:
        pass
    finally:
        fake.close()
    for charge in fake.books.charges():
        print(json.dumps(charge._asdict()))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m payments.fakes", description=__doc__)
    parser.add_argument("bank", choices=sorted(_FAKES), help="whose part to play")
    parser.add_argument("--dir", type=Path, required=True, help="folder for keys, books and settings")
    parser.add_argument("--port", type=int, default=0, help="port on this machine; 0 takes a free one")
    parser.add_argument("--delay", type=float, default=2.0, help="seconds until slow payments come out (2)")
    parser.add_argument("--presents", choices=["shopper_code", "kiosk_code"], default="shopper_code")
    parser.add_argument("--notify-url", default="", help="where to notify; needed by WeChat's QR codes")
    return parser


def _write_settings(folder: Path, name: str, settings: Mapping[str, Any]) -> None:
    """One file with a [[payment]] table for a lane, one with a [[gateway]] table for a hub."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in settings.items()]
    lane = [f'[[payment]]\nid = "{name}"\ngateway = "{name}"\n\n[payment.settings]', *lines]
    hub = [
        f'[[gateway]]\nname = "{name}"\ngateway = "{name}"\nways = ["wallet", "{name}"]\n\n[gateway.settings]',
        *lines,
    ]
    (folder / "settings.toml").write_text("\n".join([*lane, ""]), encoding="utf-8")
    (folder / "hub-payments.toml").write_text("\n".join([*hub, ""]), encoding="utf-8")


def _refuse(sentence: str) -> int:
    print(f"python -m payments.fakes: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

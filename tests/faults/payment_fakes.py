"""A make-believe WeChat Pay or Alipay as a process, in the fast world: `python -m tests.faults.payment_fakes KIND DIR`.

Writes the gateway's settings as JSON into DIR before it says where it serves. Times are seconds of that world.
"""

from __future__ import annotations

import argparse
import json
import signal
from pathlib import Path
from typing import Final

from payments.fakes.alipay import FakeAlipay
from payments.fakes.wechat import FakeWechat
from tests.faults.payment_time import clock_of

SETTINGS: Final = "settings.json"


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("wechat", "alipay"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--born-at", type=float, required=True)
    parser.add_argument("--slow-s", type=float, required=True)
    parser.add_argument("--port", type=int, required=True)
    args = parser.parse_args()
    clock = clock_of(args.born_at)
    fake: FakeWechat | FakeAlipay
    if args.kind == "wechat":
        fake = FakeWechat(args.folder, port=args.port, clock=clock, settle_s=args.slow_s, scan_s=args.slow_s)
    else:
        fake = FakeAlipay(args.folder, port=args.port, clock=clock, delay_s=args.slow_s)
        fake.bank.scanned_as = "00"
    (args.folder / SETTINGS).write_text(json.dumps(fake.settings()), encoding="utf-8")
    print(f"serving on {fake.url}", flush=True)
    signal.pause()


if __name__ == "__main__":
    main()

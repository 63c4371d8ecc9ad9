"""`kiosk-sync`: the lane's agent; fetches the price list, uploads the journal, tells how it stands."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from offline_cache.agent import Agent
from offline_cache.board import StatusBoard
from offline_cache.config import SyncConfig, check_name, check_url, read_token
from offline_cache.errors import ConfigError, OfflineCacheError
from offline_cache.folder import LaneFolder
from offline_cache.hub_client import HubClient
from offline_cache.hub_time import HubTime
from offline_cache.list_keeping import ListKeeping, list_sentence
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.manifest import LANE_CHANNEL
from offline_cache.status_report import lane_report
from offline_cache.upload import JournalUpload, Uploaded

_INTERRUPTED: Final = 130
_NICENESS: Final = 5  # the till comes first
_ENDINGS: Final = (signal.SIGTERM, signal.SIGINT)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0, or 2 with a sentence for what a person must mend."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="kiosk-sync: %(levelname)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its line for each request says nothing that ours do not
    act: Callable[[argparse.Namespace], None] = arguments.act
    try:
        act(arguments)
    except (OfflineCacheError, PriceListError) as exc:
        if getattr(arguments, "json", False):
            print(json.dumps({"error": str(exc)}, ensure_ascii=False))
        print(*(f"kiosk-sync: {line}" for line in str(exc).splitlines()), sep="\n", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; nobody is left to tell
        return 2
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kiosk-sync", description="Keeps a lane and its hub in step.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    once = commands.add_parser("once", help="fetch the price list once; upload the journal if a token is given")
    once.add_argument("--config", type=Path, metavar="FILE", help="lane.toml; stands for all options below")
    once.add_argument("--hub", type=_address, metavar="URL", help="the hub's address")
    once.add_argument("--store", type=_name, metavar="ID", help="the store's id")
    once.add_argument("--dir", type=Path, metavar="D", help="the lane's data folder; made if it is not there")
    once.add_argument(
        "--key", type=Path, metavar="FILE", help="the hub's public keys; else the first one seen is trusted"
    )
    once.add_argument("--lists", type=_address, metavar="URL", help="where price lists are, if not at the hub")
    once.add_argument("--channel", type=_name, metavar="C", help="the channel whose prices to take, else 'lane'")
    once.add_argument("--lane", type=_name, metavar="NAME", help="the lane's name, to upload its journal")
    once.add_argument("--token-file", type=Path, metavar="FILE", help="the lane's token, to upload its journal")
    once.add_argument("--json", action="store_true", help="print one JSON object")
    once.set_defaults(act=_once)
    run = commands.add_parser("run", help="keep price list and journal in step until told to end")
    run.add_argument("--config", type=Path, metavar="FILE", required=True, help="lane.toml")
    run.set_defaults(act=_run)
    status = commands.add_parser("status", help="how the agent of a lane stands")
    status.add_argument("--dir", type=Path, metavar="D", required=True, help="the lane's data folder")
    status.add_argument("--json", action="store_true", help="print one JSON object")
    status.set_defaults(act=_status)
    return parser


def _address(text: str) -> str:
    try:
        return check_url(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(f"{exc}, not {text!r}") from exc


def _name(text: str) -> str:
    try:
        return check_name(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(f"{exc}, not {text!r}") from exc


def _once(arguments: argparse.Namespace) -> None:
    config = _once_config(arguments)
    folder = LaneFolder(config.data.dir)
    lane, hub = config.lane, config.hub
    client = HubClient(hub.url, store=lane.store, lane=lane.name, token=hub.read_token)
    with folder.in_use(), client:
        board = StatusBoard(folder.path)
        troubles: list[OfflineCacheError] = []
        answer = _fetch(config, folder, board, troubles)
        if hub.read_token() and folder.journal.exists():
            answer |= _send(JournalUpload(folder.journal, client), board, troubles)
    if troubles:
        # Neither keeps the other from being done; both are told.
        raise OfflineCacheError("\n".join(str(trouble) for trouble in troubles))
    print(json.dumps(answer, ensure_ascii=False) if arguments.json else answer["sentence"])


def _once_config(arguments: argparse.Namespace) -> SyncConfig:
    if arguments.config is not None:
        if any(value for name, value in vars(arguments).items() if name not in {"act", "config", "json"}):
            raise ConfigError("--config stands for all other options of `once`; give it alone")
        return SyncConfig.load(arguments.config)
    if not (arguments.hub and arguments.store and arguments.dir):
        raise ConfigError("give --hub, --store and --dir, or --config")
    if bool(arguments.lane) != bool(arguments.token_file):
        raise ConfigError("to upload the journal give both --lane and --token-file")
    if arguments.token_file is not None:
        read_token(arguments.token_file)  # what is wrong with it is said before anything is done
    hub = {
        "url": arguments.hub,
        "lists_url": arguments.lists,
        "key_file": arguments.key,
        "token_file": arguments.token_file,
    }
    lane = {"store": arguments.store, "name": arguments.lane or "none", "channel": arguments.channel or LANE_CHANNEL}
    return SyncConfig.model_validate({"lane": lane, "data": {"dir": arguments.dir}, "hub": hub})


def _fetch(
    config: SyncConfig, folder: LaneFolder, board: StatusBoard, troubles: list[OfflineCacheError]
) -> dict[str, Any]:
    time = HubTime(lambda: datetime.now(UTC), seen=board.hub_time_seen)
    with contextlib.closing(ListKeeping(config, folder, board, time)) as lists:
        try:
            present = lists.look()
        except OfflineCacheError as exc:
            board.trouble("price list", str(exc))
            troubles.append(exc)
            return {}
    return asdict(present) | {"sentence": list_sentence(present)}


def _send(upload: JournalUpload, board: StatusBoard, troubles: list[OfflineCacheError]) -> dict[str, Any]:
    def took(progress: Uploaded) -> None:
        board.note(uploaded=progress.number, uploaded_hash=progress.hash)
        board.refused(progress.refused)

    try:
        upload.send(took)
    except OfflineCacheError as exc:
        board.trouble("journal", str(exc))
        troubles.append(exc)
        return {}
    return {"uploaded": board.status.uploaded, "refused": [asdict(one) for one in board.status.refused]}


def _run(arguments: argparse.Namespace) -> None:
    agent = Agent(SyncConfig.load(arguments.config))
    os.nice(_NICENESS)
    # A thread waits for them, not a handler: a handler could interrupt the very lock that it needs.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
    threading.Thread(target=_end_when_told, args=(agent,), name="signals", daemon=True).start()
    agent.run()


def _end_when_told(agent: Agent) -> None:
    signal.sigwait(_ENDINGS)
    agent.stop()


def _status(arguments: argparse.Namespace) -> None:
    if not arguments.dir.is_dir():
        raise ConfigError(f"{arguments.dir}: there is no such folder; give the lane's data folder")
    report = lane_report(LaneFolder(arguments.dir), datetime.now(UTC))
    print(json.dumps(report.as_dict(), ensure_ascii=False) if arguments.json else report.as_text())


if __name__ == "__main__":
    sys.exit(main())

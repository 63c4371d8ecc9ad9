"""`demo-member`: somebody is a member of the demo shop; prints their e-member code, which lives for a minute."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Final

from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command
from hub.cli.terminal import say
from hub.errors import MemberRefused
from hub.lanes import Lane
from hub.membership.messages import SIMULATED_FILE
from hub.services import Hub
from retail.membership.consent import given_by

_NUMBER: Final = "13800138888"
_LANGUAGE: Final = "zh-CN"


def add_commands(commands: Commands) -> None:
    """Declare it."""
    text = "make somebody a member of the demo shop, once, and print an e-member code of theirs"
    command = add_command(commands, "demo-member", demo_member, text)
    command.add_argument("--store", default="demo", metavar="ID")


def demo_member(args: Namespace) -> int:
    """As a shopper with a phone would: a number, the code that was sent to it, consent to the shop's own club."""
    with opened(args) as hub:
        lane = next((one for one in hub.lanes.by_token_digest().values() if one.store == args.store), None)
        if lane is None:
            raise MemberRefused("refused", f"store {args.store} has no lane where one could join; enrol one: `lane`")
        claim = f"demo member of {args.store}"
        known = hub.members.claim(lane, f"{claim}, again", "phone", _NUMBER)
        member = known.member_id if known is not None else _joined(hub, lane, claim)
        say(hub.members.code_of(member, args.store))
    return 0


def _joined(hub: Hub, lane: Lane, claim: str) -> int:
    file = hub.programmes.of(lane.store)
    if file is None:
        raise MemberRefused("refused", f"store {lane.store} has no membership; `membership set FILE` begins")
    hub.members.send_code(lane, _NUMBER, _LANGUAGE)
    told = (hub.folder.path / SIMULATED_FILE).read_text(encoding="utf-8").splitlines()
    code = json.loads(told[-1])["words"]["code"]
    given = given_by((file.programme.club,), (), _LANGUAGE)
    member = hub.members.join_by_phone(lane, claim, _NUMBER, code, given).member_id
    hub.members.run_steps(claim)  # their welcome is there with them: `serve` would find it within a minute
    hub.books.settle_claim(claim)
    return member

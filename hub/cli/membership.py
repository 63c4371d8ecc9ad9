"""Commands about membership: membership check, set, show, car-park; the books of it are in hub.cli.membership_books."""

from __future__ import annotations

import json
from argparse import Namespace
from importlib.metadata import entry_points
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.cli import membership_books
from hub.cli.amounts import plain_amount
from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json
from hub.cli.terminal import complain, say, table
from hub.membership import car_park as car_parks
from hub.membership import messages
from hub.membership import steps as member_steps
from hub.membership.benefit import Benefit, Give, PoolTerms
from hub.membership.membership_file import STEPS, MembershipFile, read_membership_file
from hub.membership.plug_ins import known_plug_ins
from hub.services import Hub


def add_commands(commands: Commands) -> None:
    """Declare them."""
    group = commands.add_parser("membership", help="members, what they consent to and what they are given")
    acts = group.add_subparsers(required=True, metavar="ACT")
    command = add_command(acts, "check", check, "say whether a membership file can be used; change nothing")
    command.add_argument("file", type=Path, metavar="FILE")
    command = add_command(acts, "set", set_file, "make a file a store's membership, for lists published from now on")
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--store", required=True, metavar="ID")
    command = add_command(acts, "show", show, "show what a store declared")
    command.add_argument("--store", required=True, metavar="ID")
    add_json(command)
    command = add_command(
        acts, "car-park", car_park, "give a store's car park a token, shown once; the one before ends"
    )
    command.add_argument("--store", required=True, metavar="ID")
    membership_books.add_commands(acts)


def check(args: Namespace) -> int:
    """Read a file."""
    file = read_membership_file(args.file)
    _warn(args.file, file)
    clubs = ", ".join(club.id for club in file.programme.clubs)
    say(f"{args.file}: can be used; clubs: {clubs}; {len(file.benefits)} benefits, {len(file.pools)} red packet pools")
    return 0


def set_file(args: Namespace) -> int:
    """Read a file and keep it."""
    with opened(args) as hub:
        file = read_membership_file(args.file, _zone(hub, args.store))
        hub.programmes.set(args.store, file)
    _warn(args.file, file)
    say(f"store {args.store}: its membership is that of {args.file}; `publish` tells the lanes")
    return 0


def car_park(args: Namespace) -> int:
    """A token by which a car park tells of cars."""
    with opened(args) as hub:
        say(hub.car_parks.issue(args.store))
    return 0


def show(args: Namespace) -> int:
    """What holds."""
    with opened(args) as hub:
        file = hub.programmes.of(args.store)
        currency = hub.payment_policies.currency_of(args.store)
    if args.json:
        said = dict(file.said) if file else None
        say(json.dumps({"store": args.store, "currency": currency, "membership": said}, ensure_ascii=False))
    elif file is None:
        say(f"store {args.store}: has no members; `kiosk-hub membership set FILE --store {args.store}` begins")
    else:
        say("\n".join(_lines(file, currency)))
    return 0


def _zone(hub: Hub, store: str) -> ZoneInfo:
    return ZoneInfo(hub.programmes.time_zone_of(store))


def _warn(path: Path, file: MembershipFile) -> None:
    for sentence in (*file.missing_texts(), *_not_installed(file)):
        complain(f"{path}: {sentence}")


def _not_installed(file: MembershipFile) -> list[str]:
    """A sentence for each plug-in that this machine lacks: another hub may have it, so it is no refusal."""
    steps = dict.fromkeys(step for taken in file.steps.values() for step in taken if step not in STEPS)
    named = [
        *((f"steps: besides {', '.join(STEPS)},", step, member_steps.GROUP) for step in steps),
        *(("[messages] sender", one.name, messages.GROUP) for one in (file.sms,) if one),
        *(("[car_park] name", one.name, car_parks.GROUP) for one in (file.car_park,) if one),
    ]
    return [
        f"{place} {name!r} is not installed here (there are: {known_plug_ins(group)}); correct or install it"
        for place, name, group in named
        if not entry_points(group=group, name=name)
    ]


def _lines(file: MembershipFile, currency: str) -> list[str]:
    told = file.programme
    rows = [
        (
            club.id,
            club.name("en"),
            ", ".join(f"{one.purpose} {one.version}" for one in club.asks),
            _steps(file, club.id),
        )
        for club in told.clubs
    ]
    lines = [table(("club", "name", "asks", "steps"), rows)]
    lines.append(f"join by: {', '.join(told.joins) or 'nothing at the lanes'}")
    lines += [f"messages by: {file.sms.name}"] if file.sms else []
    lines += [f"car park: {file.car_park.name}"] if file.car_park else []
    if told.points.points:
        lines.append(f"points: {told.points.points} for each {plain_amount(told.points.per_minor, currency)} paid")
    if told.parking.minutes:
        over = plain_amount(told.parking.over_minor, currency)
        lines.append(f"parking: {told.parking.minutes} minutes for a sale of {over} or more")
    lines += [f"benefit {one.id}: {_benefit(one, currency)}" for one in file.benefits]
    lines += [f"red packets {one.id}: {_pool(one, currency)}" for one in file.pools]
    return lines


def _steps(file: MembershipFile, club: str) -> str:
    return " ".join(file.steps[club])


def _benefit(one: Benefit, currency: str) -> str:
    if one.give is Give.POINTS:
        gift = f"{one.points} points"
    elif one.give is Give.RED_PACKET:
        gift = f"a red packet of {one.pool}"
    else:
        gift = "a coupon"
    over = f" of {plain_amount(one.over_minor, currency)} or more" if one.over_minor else ""
    return f"on {one.on}{over}, {gift} to {f'members of {one.club}' if one.members_only else 'everybody'}"


def _pool(one: PoolTerms, currency: str) -> str:
    budget, least, most = (plain_amount(x, currency) for x in (one.budget_minor, one.least_minor, one.most_minor))
    return f"{budget} in all, from {least} to {most} each"

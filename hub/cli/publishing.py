"""Commands about what is published: publish, resign, and the keys that sign it."""

from __future__ import annotations

from argparse import Namespace
from datetime import timedelta
from typing import Any

from hub.cli.opening import opened
from hub.cli.parsing import Commands, add_command, add_json, positive
from hub.cli.terminal import say, say_json, table
from hub.keys import OVERLAP, SigningKey
from hub.publishing.heads import CHANNELS
from hub.publishing.publisher import Publication
from offline_cache.price_list.keys import encode_public_key
from offline_cache.price_list.manifest import LANE_CHANNEL


def add_commands(commands: Commands) -> None:
    """Declare them."""
    command = add_command(commands, "publish", publish, "publish what changed in a store's list")
    command.add_argument("--store", required=True, metavar="ID")
    command.add_argument("--channel", choices=CHANNELS, default=LANE_CHANNEL, help="(default: %(default)s)")
    command.add_argument("--full", action="store_true", help="look at every product and file, not just at what changed")
    command.add_argument(
        "--override", type=str.strip, default="", metavar="PERSON", help="who answers for it, if lanes refuse it"
    )
    add_json(command)
    add_json(add_command(commands, "resign", resign, "sign all manifests again; serve does so by itself"))
    add_command(commands, "key", key, "print the public key that lanes pin")
    add_json(add_command(commands, "keys", keys, "list the keys that sign or signed price lists"))
    command = add_command(commands, "key-rotate", rotate, "make a new key; old and new sign until the overlap ends")
    command.add_argument("--overlap-days", type=positive, default=OVERLAP.days, metavar="N", help="(%(default)s)")
    command = add_command(commands, "key-retire", retire, "let a key sign no more, before its overlap ends")
    command.add_argument("key", metavar="ID")
    command = add_command(commands, "key-revoke", revoke, "have no lane ever trust a key again")
    command.add_argument("key", metavar="ID")
    command.add_argument("--reason", required=True, metavar="TEXT", help="for those who read `kiosk-hub keys`")


def publish(args: Namespace) -> int:
    """Make a revision of a store's list and announce it."""
    with opened(args) as hub:
        done = hub.publisher.publish(args.store, args.channel, full=args.full, approved_by=args.override)
    if args.json:
        say_json(_as_dict(done))
    else:
        channel = "" if done.channel == LANE_CHANNEL else f", channel {done.channel}"
        size = f"{max(done.size // 1024, 1):,} KiB"
        say(
            f"store {done.store}{channel}: revision {done.revision}, {done.products:,} products, "
            f"{done.changed:,} changed, {done.kind} of {size}, {done.published_at.isoformat()}"
        )
    return 0


def _as_dict(done: Publication) -> dict[str, Any]:
    return {
        "store": done.store,
        "channel": done.channel,
        "revision": done.revision,
        "kind": done.kind,
        "products": done.products,
        "changed": done.changed,
        "published_at": done.published_at.isoformat(),
        "sha256": done.sha256,
        "size": done.size,
        "uncompressed_size": done.uncompressed_size,
    }


def resign(args: Namespace) -> int:
    """Sign all manifests now."""
    with opened(args) as hub:
        count = hub.announcer.sign_all_again(always=True)
    if args.json:
        say_json({"signed": count})
    else:
        say(f"{count} signed")
    return 0


def key(args: Namespace) -> int:
    """Print the public key that lanes pin."""
    with opened(args, create=True) as hub:
        say(encode_public_key(hub.keys.active().public_key))
    return 0


def keys(args: Namespace) -> int:
    """List the keys, oldest first."""
    with opened(args, create=True) as hub:
        found, active = hub.keys.all(), hub.keys.active()
        rows = [(one, _standing(one, active, signs=one.signs(hub.keys.now()))) for one in found]
    if args.json:
        say_json(
            [
                {
                    "key_id": one.key_id,
                    "public_key": encode_public_key(one.public_key),
                    "standing": standing,
                    "made_at": one.made_at.isoformat(),
                    "retires_at": None if one.retires_at is None else one.retires_at.isoformat(),
                    "revoked_at": None if one.revoked_at is None else one.revoked_at.isoformat(),
                    "reason": one.reason,
                }
                for one, standing in rows
            ]
        )
        return 0
    lines = [
        (one.key_id, standing, str(one.made_at), str(one.revoked_at or one.retires_at or ""), one.reason)
        for one, standing in rows
    ]
    say(table(("key", "standing", "made", "until", "reason"), lines))
    return 0


def _standing(one: SigningKey, active: SigningKey, *, signs: bool) -> str:
    if one.revoked_at is not None:
        return "revoked"
    if not signs:
        return "retired"
    return "active" if one.key_id == active.key_id else "overlap"


def rotate(args: Namespace) -> int:
    """Make a new key and sign everything with both."""
    with opened(args, create=True) as hub:
        made = hub.keys.rotate(timedelta(days=args.overlap_days))
        count = hub.announcer.sign_all_again(always=True)
    say(f"key {made.key_id} is new; {count} manifests signed with it and those before it, for {args.overlap_days} days")
    say(encode_public_key(made.public_key))
    return 0


def retire(args: Namespace) -> int:
    """End a key's overlap."""
    with opened(args) as hub:
        hub.keys.retire(args.key)
        count = hub.announcer.sign_all_again(always=True)
    say(f"key {args.key} has retired; {count} manifests signed without it")
    return 0


def revoke(args: Namespace) -> int:
    """Revoke a key, and tell every lane that listens."""
    with opened(args) as hub:
        hub.keys.revoke(args.key, args.reason)
        count = hub.announcer.sign_all_again(always=True)
    say(f"key {args.key} is revoked; {count} manifests say so")
    return 0

"""The tables of membership: who members are, what they consented to, what they were given; times are epoch seconds UTC.

Whatever names a person stands in MEMBER and MEMBER_IDENTITY alone: erasing a member empties those, and everything else
then is of a number that is nobody's.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from hub.tables import METADATA


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _maybe(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=True)


def _own_number(name: str) -> Column[int]:
    # SQLite numbers rows by itself only where the type is INTEGER to the letter.
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _member(*, nullable: bool = False, primary_key: bool = False) -> Column[int]:
    key = ForeignKey("member.id")
    return Column("member_id", BigInteger, key, nullable=nullable, primary_key=primary_key, autoincrement=False)


# masked: what screens show of a member ('138····5678', or the end of the card's number); page: SHA-256 of the secret in
# the address of the member's own page; both are emptied with erasure.
MEMBER: Final = Table(
    "member",
    METADATA,
    _own_number("id"),
    Column("card", Text, nullable=False, unique=True),  # see retail.membership.member_code.card_number
    _text("masked"),
    _text("page"),
    _text("language"),
    _number("joined_at"),
    _maybe("erased_at"),
    sqlite_autoincrement=True,
)

# Who a member is: kind 'phone', 'wallet', 'card' or 'plate', and a keyed digest (hub.membership.identities).
MEMBER_IDENTITY: Final = Table(
    "member_identity",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    _member(),
    _number("since"),
    Index(None, "member_id"),
)

MEMBER_CLUB: Final = Table(
    "member_club",
    METADATA,
    _member(primary_key=True),
    Column("club", Text, primary_key=True),
    _number("joined_at"),
    _maybe("left_at"),
)

# Word for word what anybody was ever shown, and of what; never changed. Two clubs may say the same words.
CONSENT_TEXT: Final = Table(
    "consent_text",
    METADATA,
    Column("text_sha256", Text, primary_key=True),
    Column("club", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    _text("text"),
)

# Each consent and each withdrawal is a row; the latest of a member, club and purpose counts. origin: 'lane' or 'page';
# key: by which the same word of a lane counts once (the sale or claim).
CONSENT: Final = Table(
    "consent",
    METADATA,
    _own_number("id"),
    _member(),
    _text("club"),
    _text("purpose"),
    Column("granted", Boolean, nullable=False),
    _text("version"),
    _text("language"),
    _text("text_sha256"),
    _number("at"),
    _text("origin"),
    _text("store"),
    _text("lane"),
    _text("key"),
    UniqueConstraint("member_id", "club", "purpose", "granted", "key"),
)

# Whose a claim of a lane is. member_id empty: told, and nobody whom the hub knows; then nothing else of it is kept.
CLAIM: Final = Table(
    "claim",
    METADATA,
    Column("claim", Text, primary_key=True),
    Column("lane_id", Integer, ForeignKey("lane.id"), nullable=False),
    _text("kind"),
    _member(nullable=True),
    _number("at"),
    Index(None, "member_id"),
    Index(None, "at"),
)

# Who paid, as the payment itself told: a keyed digest (kind 'wallet'), kept until its sale is settled and then no more.
PAYER: Final = Table(
    "payer",
    METADATA,
    Column("payment_key", Text, primary_key=True),
    _text("digest"),
    _number("at"),
)

# Whose a sale was: the one link from what was bought to a member, taken away by erasure.
SALE_MEMBER: Final = Table(
    "sale_member",
    METADATA,
    Column("sale_id", Text, primary_key=True),
    _member(),
    _number("at"),
    Index(None, "member_id"),
)

# What each step of joining did: outcome 'done', 'skipped', 'failed', 'unknown' or 'waiting'; once for each claim, club
# and step. All but the first two are taken again, at a time.
OPEN_STEP: Final = text("outcome NOT IN ('done', 'skipped')")
JOIN_STEP: Final = Table(
    "join_step",
    METADATA,
    Column("claim", Text, primary_key=True),
    Column("club", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    _text("outcome"),
    _text("detail"),
    _number("at"),
    Index("ix_join_step_open", "at", sqlite_where=OPEN_STEP, postgresql_where=OPEN_STEP),
)

# Numbers that wait to be proved: the code is kept as a digest, with how often it was tried.
PHONE_CODE: Final = Table(
    "phone_code",
    METADATA,
    Column("digest", Text, primary_key=True),
    _text("code"),
    _number("sent_at"),
    Column("tries", Integer, nullable=False),
    Column("sent", Integer, nullable=False),  # how many in this hour
    _number("hour_began"),
)

# kind: 'sale', 'refund', 'welcome', ...; key: of the sale, the refund, ...: what came twice counts once.
POINTS: Final = Table(
    "points",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    _member(),
    _number("points"),
    _number("at"),
    Index(None, "key"),
    Index(None, "member_id"),
)

# A single coupon. campaign: its body, as JSON; source: what it was given for ('welcome:BENEFIT:CLUB:MEMBER',
# 'sale:BENEFIT:SALE', 'red_packet:POOL:SALE', ...), once each. state: 'free', 'reserved', 'used', 'void'; sale_id: of
# whom it then is; given_for: the sale that it was given for, empty if none.
COUPON: Final = Table(
    "coupon",
    METADATA,
    Column("code", Text, primary_key=True),
    _text("campaign_id"),
    _text("campaign"),
    _member(nullable=True),
    _text("source"),
    _text("state"),
    _text("sale_id"),
    Column("lane_id", Integer, ForeignKey("lane.id"), nullable=True),
    _number("issued_at"),
    _maybe("expires_at"),
    _number("changed_at"),
    _text("given_for"),
    UniqueConstraint("source"),
    Index(None, "member_id"),
    Index(None, "sale_id"),
    Index(None, "given_for"),
)

# Which completed sales used a single coupon, but for those that were given back whole; one of them had the right to.
# checked: the hub had said yes to it; at: when the sale was completed.
COUPON_USE: Final = Table(
    "coupon_use",
    METADATA,
    Column("code", Text, ForeignKey("coupon.code"), primary_key=True),
    Column("sale_id", Text, primary_key=True),
    Column("checked", Boolean, nullable=False),
    _text("at"),
    Index(None, "sale_id"),
)

# How often a member has used a campaign with a cap, by sale; refunds take nothing of it back.
CAMPAIGN_USE: Final = Table(
    "campaign_use",
    METADATA,
    Column("sale_id", Text, primary_key=True),
    Column("campaign_id", Text, primary_key=True),
    _member(),
    _number("times"),
    Index(None, "member_id"),
)

# A budget of red packets. commitment: SHA-256 of the seed, published when the pool is made; seed: told once it is over.
RED_PACKET_POOL: Final = Table(
    "red_packet_pool",
    METADATA,
    Column("id", Text, primary_key=True),
    _text("store"),
    _text("currency"),
    _number("budget_minor"),
    _number("left_minor"),
    _number("least_minor"),
    _number("most_minor"),
    _number("over_minor"),
    _text("seed"),
    _text("commitment"),
    _number("opens_at"),
    _number("closes_at"),
)

# amount_minor 0: the pool had run dry. number: in the order of the draws of a pool, from 1, without a gap.
RED_PACKET_DRAW: Final = Table(
    "red_packet_draw",
    METADATA,
    Column("pool", Text, ForeignKey("red_packet_pool.id"), primary_key=True),
    Column("sale_id", Text, primary_key=True),
    _number("number"),
    _number("amount_minor"),
    _text("coupon"),
    _number("at"),
    UniqueConstraint("pool", "number"),
)

# Free minutes that a sale's shopper asked for a car; the car is named by a keyed digest. state: 'asked', 'granted',
# 'refused'; detail: why.
PARKING_GRANT: Final = Table(
    "parking_grant",
    METADATA,
    Column("sale_id", Text, primary_key=True),
    _text("kind"),
    _text("car"),
    _number("minutes"),
    _text("state"),
    _text("detail"),
    _number("at"),
)

# What the car park told: each event once.
CAR_EVENT: Final = Table(
    "car_event",
    METADATA,
    Column("id", Text, primary_key=True),
    _text("kind"),
    _text("car"),
    _member(nullable=True),
    _number("at"),
    Index(None, "member_id"),
)

# What the books found that a person should look at: a coupon used twice offline, a join whose payment named nobody.
MEMBER_PROBLEM: Final = Table(
    "member_problem",
    METADATA,
    Column("key", Text, primary_key=True),
    _text("kind"),
    _text("detail"),
    _number("at"),
)

# Who has opened their own page, in which browser: SHA-256 of what its cookie says.
MEMBER_SESSION: Final = Table(
    "member_session",
    METADATA,
    Column("digest", Text, primary_key=True),
    _member(),
    _number("until"),
    Index(None, "member_id"),
)

# By what a store's car park is known when it tells of cars.
CAR_PARK_TOKEN: Final = Table(
    "car_park_token",
    METADATA,
    Column("store", Text, primary_key=True),
    Column("token_sha256", Text, nullable=False, unique=True),
)

"""How often members have used campaigns that count their members: for `per_member`, as lanes are told."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hub.membership.once import insert_once
from hub.membership.tables import CAMPAIGN_USE


def used(connection: Connection, member_id: int) -> dict[str, int]:
    """How often, by campaign id."""
    query = select(CAMPAIGN_USE.c.campaign_id, func.sum(CAMPAIGN_USE.c.times)).group_by(CAMPAIGN_USE.c.campaign_id)
    rows = connection.execute(query.where(CAMPAIGN_USE.c.member_id == member_id))
    return {campaign: int(times) for campaign, times in rows}


def count_uses(connection: Connection, sale: Row[Any], member_id: int) -> None:
    """Count a sale's uses, once. A sale may know a campaign in two versions: together they are one."""
    times: Counter[str] = Counter()
    for use in json.loads(sale.uses):
        if use.get("per_member") is not None:
            times[use["campaign"]] += use["times"]
    for campaign_id, count in sorted(times.items()):
        values = {"sale_id": sale.id, "campaign_id": campaign_id, "member_id": member_id, "times": count}
        insert_once(connection, CAMPAIGN_USE, **values)

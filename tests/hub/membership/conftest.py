"""A shop with members."""

from __future__ import annotations

import pytest

from hub.services import Hub
from tests.hub.membership.member_shop import MemberShop


@pytest.fixture
def shop(hub: Hub) -> MemberShop:
    return MemberShop(hub)

"""docs/promotion-feeds.md explains whatever the Israeli feed is refused or remarked upon for."""

import re
from pathlib import Path

import hub.promotions.feeds
from hub.promotions.feeds.il_profiles import PROFILES

MANUAL = (Path(__file__).resolve().parents[3] / "docs" / "promotion-feeds.md").read_text(encoding="utf-8")
ISRAEL = MANUAL.split("## Israel", 1)[1].split("\n## ", 1)[0]


def test_every_reason_and_every_remark_is_explained():
    package = Path(hub.promotions.feeds.__file__).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in package.glob("il*.py"))
    reasons = set(re.findall(r'(?:Unclear|RowRefused)\(\s*"([a-z_]+)"', sources))
    remarks = set(re.findall(r'\("(split|deposit|[a-z]+_[a-z_]+)",\s*f?"', sources))
    assert len(reasons) > 15
    assert len(remarks) > 6
    assert sorted(word for word in reasons | remarks if f"`{word}`" not in ISRAEL) == []


def test_every_chain_that_is_declared_is_in_the_table():
    assert sorted(one.name for one in PROFILES.values() if f"| {one.name} |" not in ISRAEL) == []

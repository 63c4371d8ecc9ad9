"""The examples of docs/price-rules.md and docs/price-lists-in.md are files that the program takes."""

import re
from pathlib import Path

import pytest

import hub.promotions.judging
import hub.stock
from hub.plausibility import DEFAULT_LIMITS
from hub.promotions.feeds.own import read_own
from hub.rules_file import read_rules
from hub.shops import Shop, Shops
from hub.stock_file import read_counts

DOCS = Path(__file__).resolve().parents[2] / "docs"
DEMO = Shop("demo", "CNY", "Asia/Shanghai", "north")
LATER = 1_800_000_000


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("language", ["csv", "toml"])
def test_the_rules_of_the_manual_are_right_ones(tmp_path, language):
    (text,) = blocks("price-rules.md", language)
    path = tmp_path / f"rules.{language}"
    path.write_text(text, "utf-8")
    assert len(read_rules(path, Shops([DEMO]))) == 2


def test_the_campaigns_and_the_stock_of_the_manual_are_right_ones(tmp_path):
    campaigns, stock = blocks("price-lists-in.md", "csv")
    path = tmp_path / "campaigns.csv"
    path.write_text(campaigns, "utf-8")
    assert [one.campaign.terms.kind.value for one in read_own(path, DEMO)] == ["n_for_x", "special_price"]
    path = tmp_path / "stock.csv"
    path.write_text(stock, "utf-8")
    assert [one.thousandths for one in read_counts(path, DEMO, now=LATER)] == [1_200_000, 24_000]


def test_the_manual_names_the_limits_as_they_are():
    manual = (DOCS / "price-lists-in.md").read_text("utf-8")
    for flag, limit in (
        ("--gone", f"{DEFAULT_LIMITS.gone_percent} %"),
        ("--moved", f"{DEFAULT_LIMITS.moved_percent} %"),
        ("--moved-far", f"{DEFAULT_LIMITS.moved_far_percent} %"),
        ("--at-least", f"{DEFAULT_LIMITS.at_least}"),
    ):
        assert re.search(rf"\| `{flag}` \| {limit} \|", manual), flag


def test_the_manual_explains_every_reason_of_a_campaign_or_a_count():
    sources = "".join(Path(str(module.__file__)).read_text("utf-8") for module in (hub.promotions.judging, hub.stock))
    reasons = set(re.findall(r'(?:warn|refuse)\("([a-z_]+)"', sources))
    reasons |= set(re.findall(r'(?:return|if saved < 0 else|append\(\() ?"([a-z]+_[a-z_]+)"', sources))
    assert len(reasons) == 10
    manual = (DOCS / "price-lists-in.md").read_text("utf-8")
    assert sorted(reason for reason in reasons if f"`{reason}`" not in manual) == []

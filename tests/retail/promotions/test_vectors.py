"""The golden vectors hold for the engine, and for the search that tries everything: see vectors/README.md."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from retail.promotions.body import campaign_of, reference, taking_of
from retail.promotions.campaign import Kind, Shopper
from retail.promotions.conditions import in_force
from retail.promotions.engine import Engine
from retail.promotions.goods import Goods, Priced
from retail.refunding import Given, SoldLine, worth
from tests.retail.promotions.brute_force import cheapest
from tests.retail.promotions.made_up import Asked
from tests.retail.promotions.settled import discounts_of, total_of

FILES = sorted((Path(__file__).parent / "vectors").glob("*.json"))
_ALL = [(file.stem, vector) for file in FILES for vector in json.loads(file.read_text(encoding="utf-8"))]
VECTORS: list[dict[str, Any]] = [vector for _, vector in _ALL]
of_each = pytest.mark.parametrize("vector", VECTORS, ids=[f"{topic}: {vector['name']}" for topic, vector in _ALL])
of_parts = pytest.mark.parametrize("vector", [one for one in VECTORS if "pieces" in one["expect"]])


def asked_by(vector: Mapping[str, Any]) -> Asked:
    campaigns = {one["id"]: campaign_of(one) for one in vector["campaigns"]}
    if "at" in vector:
        at = datetime.fromisoformat(vector["at"])
        campaigns = {name: one for name, one in campaigns.items() if in_force(one.when, at)}
    references = {name: reference(one) for name, one in campaigns.items()}
    return Asked(
        tuple(_goods(one, references) for one in vector["goods"]),
        {references[name]: one for name, one in campaigns.items()},
        _shopper(vector.get("shopper", {})),
    )


def _goods(body: Mapping[str, Any], references: Mapping[str, str]) -> Goods:
    takings = [taking for taking in body.get("takings", ()) if taking[0] in references]
    known = {key: value for key, value in body.items() if key != "takings"}
    return Goods(**known, takings=tuple(taking_of([references[name], *rest]) for name, *rest in takings))


def _shopper(body: Mapping[str, Any]) -> Shopper:
    sets: dict[str, Any] = {key: frozenset(body.get(key, ())) for key in ("clubs", "own_coupons")}
    return Shopper(**{**body, **sets, "coupons": tuple(body.get("coupons", ()))})


def price(case: Asked) -> Priced:
    return Engine().price(case.goods, case.campaigns, case.shopper)


def uses_of(priced: Priced, expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    single = {use["campaign"] for use in expected if "coupons" in use}
    return [
        {"campaign": use.campaign.id, "times": use.times}
        | ({"points": use.points} if use.points else {})
        | ({"coupons": list(use.coupons)} if use.campaign.id in single else {})
        for use in sorted(priced.uses, key=lambda use: use.campaign.id)
    ]


@of_each
def test_the_engine_gives_what_the_vector_says(vector: dict[str, Any]) -> None:
    case, expected = asked_by(vector), vector["expect"]
    priced = price(case)
    lines = [
        {
            "number": one.number,
            "discounts": sorted(
                ({"campaign": d.campaign.id, "amount": d.saving_minor} for d in found if d.saving_minor),
                key=lambda each: str(each["campaign"]),
            ),
            "net": net,
        }
        for one, (net, found) in zip(case.goods, discounts_of(case.goods, priced), strict=True)
    ]
    assert (total_of(case.goods, priced), lines) == (expected["total"], expected["lines"])
    assert uses_of(priced, expected["uses"]) == expected["uses"]


@of_each
def test_trying_everything_gives_the_total_that_the_vector_says(vector: dict[str, Any]) -> None:
    case = asked_by(vector)
    assert cheapest(case.goods, case.campaigns, case.shopper).total == vector["expect"]["total"]


@of_parts
def test_pieces_that_come_back_one_by_one_bring_what_they_cost(vector: dict[str, Any]) -> None:
    case = asked_by(vector)
    nets = {one.number: net for one, (net, _) in zip(case.goods, discounts_of(case.goods, price(case)), strict=True)}
    for expected in vector["expect"]["pieces"]:
        line = SoldLine(expected["number"], len(expected["amounts"]), nets[expected["number"]])
        given, amounts = Given(), list[int]()
        for _ in expected["amounts"]:
            amounts.append(worth(line, given, 1))
            given = Given(given.pieces + 1, given.amount_minor + amounts[-1])
        assert amounts == expected["amounts"]


def test_every_kind_of_campaign_has_its_vectors() -> None:
    kinds = [campaign_of(one).terms.kind for vector in VECTORS for one in vector["campaigns"]]
    assert {kind for kind in Kind if kinds.count(kind) < 7} == set()

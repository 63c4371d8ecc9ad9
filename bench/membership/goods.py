"""What the simulated mall sells, and its membership file: two brands, points, coupons, red packets, parking."""

from __future__ import annotations

from typing import Final

from retail.product import Listing, Price, Product
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms, When

STORE: Final = "mall"
BRANDS: Final = ("lark", "wren")
CLUBS: Final = ("member", *BRANDS)
POINTS_PER_MINOR: Final = 100
POINTS: Final = 3
PARKING_OVER_MINOR: Final = 2_000
PARKING_MINUTES: Final = 120
GIFT_OVER_MINOR: Final = 3_500  # from here on a sale brings its member a coupon
SHARE_OVER_MINOR: Final = 5_000  # and from here on anybody one that whoever shows it may use
PACKET_OVER_MINOR: Final = 2_500
POOL: Final = "spring"
WELCOME_POINTS: Final = 50
SINGLE_PREFIX: Final = "LEAF-"  # single coupons that the price list knows: printed on leaflets, some of them twice

MEMBERS: Final = Campaign(
    "member-tea", Terms(Kind.SPECIAL_PRICE, price=1_500), {"en": "Members' tea"}, clubs=("member",), per_member=3
)
OF_LARK: Final = Campaign("lark-ten", Terms(Kind.PERCENT, percent_bp=1_000), {"en": "Lark 10 %"}, clubs=("lark",))
DOUBLE: Final = Campaign("double", Terms(Kind.PERCENT, percent_bp=100), {"en": "Extra points"}, points=7)
LEAFLET: Final = Campaign(
    "leaflet",
    Terms(Kind.BASKET, amount_from=800, off=150),
    {"en": "1.50 off"},
    When(),
    coupon=f"{SINGLE_PREFIX}*",
    coupon_single=True,
    layer=800,
    everything=True,
)


def _listing(number: int, minor: int, *campaigns: Campaign) -> Listing:
    own = tuple(Taking(reference(one)) for one in campaigns)
    product = Product(f"P{number}", {"en": f"Goods {number}"}, tax_rate_bp=1300 if number % 2 else 900)
    return Listing(f"69300000000{number:02d}", product, Price(minor), takings=own, campaigns=(*campaigns, LEAFLET))


LISTINGS: Final = (
    _listing(1, 1_880, MEMBERS),
    _listing(2, 950, OF_LARK),
    _listing(3, 2_330, OF_LARK),
    _listing(4, 499, DOUBLE),
    _listing(5, 1_205),
    _listing(6, 3_999),
    _listing(7, 215),
)


def _asks(club: str, purposes: tuple[str, ...]) -> str:
    table = "shop.asks" if club == "member" else "brand.asks"
    return "".join(
        f'[[{table}]]\npurpose = "{purpose}"\nversion = "1"\ntexts.en = "{purpose} of {club}, in words."\n'
        for purpose in purposes
    )


def membership_file(*, budget_minor: int, opens: str, closes: str, coupons_offline: bool) -> str:
    """The file that `kiosk-hub membership set` takes."""
    brands = "".join(
        f'[[brand]]\nid = "{one}"\nnames.en = "{one.title()}"\n{_asks(one, ("membership", "sharing"))}'
        for one in BRANDS
    )
    return f"""
joins = ["wallet", "phone"]
[shop]
names.en = "Mall"
{_asks("member", ("membership", "marketing", "profiling"))}
{brands}
[points]
per_minor = {POINTS_PER_MINOR}
points = {POINTS}
[parking]
over_minor = {PARKING_OVER_MINOR}
minutes = {PARKING_MINUTES}
[offline]
cards = true
coupons = {str(coupons_offline).lower()}
[[benefit]]
id = "hello"
on = "joined"
give = "coupon"
coupon = {{ names.en = "Welcome", off_minor = 300, from_minor = 500, days = 30 }}
[[benefit]]
id = "hello-lark"
on = "joined"
club = "lark"
give = "points"
points = {WELCOME_POINTS}
[[benefit]]
id = "gift"
on = "sale"
over_minor = {GIFT_OVER_MINOR}
give = "coupon"
coupon = {{ names.en = "Thanks", percent_bp = 500, days = 2 }}
[[benefit]]
id = "share"
on = "sale"
over_minor = {SHARE_OVER_MINOR}
members_only = false
give = "coupon"
coupon = {{ names.en = "For a friend", off_minor = 200 }}
[[benefit]]
id = "packet"
on = "sale"
over_minor = {PACKET_OVER_MINOR}
give = "red_packet"
pool = "{POOL}"
coupon = {{ names.en = "Red packet", days = 3 }}
[[red_packet]]
id = "{POOL}"
budget_minor = {budget_minor}
least_minor = 20
most_minor = 300
opens = {opens}
closes = {closes}
over_minor = {PACKET_OVER_MINOR}
[messages]
sender = "simulated"
[car_park]
name = "simulated"
"""

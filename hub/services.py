"""The hub's parts, built in one place for the commands and the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.catalogue_store import CatalogueStore
from hub.data_folder import DataFolder
from hub.database import Database, open_database, sqlite_url
from hub.debts import Debts
from hub.events_store import EventsStore
from hub.keys import Keys
from hub.lanes import Lanes
from hub.limits_store import LimitsStore
from hub.membership.books import Books
from hub.membership.car_park_tokens import CarParkTokens
from hub.membership.members import Members
from hub.membership.payers import Payers
from hub.membership.programmes import Programmes
from hub.membership.secrets import MemberSecrets
from hub.membership.sessions import MemberSessions
from hub.parked_events import ParkedEvents
from hub.payment_opening import opened_gateways
from hub.payment_policies import PaymentPolicies
from hub.payment_store import PaymentStore
from hub.payments_desk import PaymentsDesk
from hub.payments_file import Declared
from hub.price_questions import PriceQuestions
from hub.promotions.store import PromotionStore
from hub.publishing.announcing import FRESH, Announcer
from hub.publishing.publisher import Publisher
from hub.recalls import RecallStore
from hub.refund_store import RefundStore
from hub.refunds_told import RefundsTold
from hub.rule_store import RuleStore
from hub.sales_list import SalesList
from hub.sold_items import SoldItems
from hub.sole_use import SoleUse
from hub.stock import StockStore
from hub.storage.door import Storage
from hub.storage.folder import FolderStorage
from hub.stored_chain import StoredChains

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Hub:
    """One opened data folder. `storage`: where published lists lie; `fresh`: how long lanes trust a manifest."""

    folder: DataFolder
    database: Database
    clock: Clock
    storage: Storage
    fresh: timedelta = FRESH

    @property
    def catalogues(self) -> CatalogueStore:
        """Stores and their lists."""
        return CatalogueStore(self.database, self.clock, self.folder.path)

    @property
    def rules(self) -> RuleStore:
        """Price rules that the shop writes beside its lists."""
        return RuleStore(self.database, self.clock)

    @property
    def price_questions(self) -> PriceQuestions:
        """Why a code costs what it costs."""
        return PriceQuestions(self.database, self.clock)

    @property
    def limits(self) -> LimitsStore:
        """How far lists may move without somebody's name."""
        return LimitsStore(self.database)

    @property
    def payment_policies(self) -> PaymentPolicies:
        """What lanes may sell for while a line is away."""
        return PaymentPolicies(self.database)

    @property
    def member_secrets(self) -> MemberSecrets:
        """The keys of membership."""
        return MemberSecrets(self.folder.keys)

    @property
    def programmes(self) -> Programmes:
        """What the stores declared of their membership."""
        return Programmes(self.database, self.member_secrets)

    @property
    def members(self) -> Members:
        """Who members are, and what they consented to."""
        return Members(self.database, self.member_secrets, self.programmes, self.clock, self.folder.path)

    @property
    def books(self) -> Books:
        """Points, coupons, red packets and parking."""
        secrets, clock = self.member_secrets, self.clock
        return Books(self.database, self.members, self.programmes, secrets, clock, folder=self.folder.path)

    @property
    def member_sessions(self) -> MemberSessions:
        """Browsers that members' own pages are open in."""
        return MemberSessions(self.database, self.clock)

    @property
    def car_parks(self) -> CarParkTokens:
        """Tokens of car parks."""
        return CarParkTokens(self.database)

    @property
    def debts(self) -> Debts:
        """Stored payments that the bank refused."""
        return Debts(self.database)

    @property
    def promotions(self) -> PromotionStore:
        """Campaigns."""
        return PromotionStore(self.database, self.clock)

    @property
    def stock(self) -> StockStore:
        """What the stores have counted."""
        return StockStore(self.database, self.clock)

    @property
    def recalls(self) -> RecallStore:
        """Goods that were called back."""
        return RecallStore(self.database, self.clock)

    @property
    def publisher(self) -> Publisher:
        """Makes lists and deltas."""
        return Publisher(self.database, self.folder, self.announcer)

    @property
    def announcer(self) -> Announcer:
        """Signs manifests and puts them where lanes look."""
        return Announcer(self.database, self.storage, self.keys, self.clock, self.fresh)

    @property
    def keys(self) -> Keys:
        """The keys that sign."""
        return Keys(self.database, self.folder.keys, self.clock)

    @property
    def lanes(self) -> Lanes:
        """Enrolment and tokens."""
        return Lanes(self.database, self.clock)

    @property
    def events(self) -> EventsStore:
        """The lanes' journals."""
        return EventsStore(self.database, self.clock)

    @property
    def parked(self) -> ParkedEvents:
        """Events that could not be used."""
        return ParkedEvents(self.database)

    @property
    def chains(self) -> StoredChains:
        """The check of the lanes' journals."""
        return StoredChains(self.database)

    @property
    def sales(self) -> SalesList:
        """Records of sales."""
        return SalesList(self.database)

    @property
    def refunds(self) -> RefundStore:
        """The refund book."""
        return RefundStore(self.database, self.clock)

    @property
    def refunds_told(self) -> RefundsTold:
        """Where the refund book and others differ."""
        return RefundsTold(self.database)

    @property
    def sold_items(self) -> SoldItems:
        """Items with serial numbers that were sold."""
        return SoldItems(self.database)

    def payments(self, declared: Sequence[Declared]) -> PaymentsDesk:
        """The desk that passes lanes' orders to these gateways; HubError or PaymentError now if one cannot work."""
        store = PaymentStore(self.database, self.clock, Payers(self.programmes, self.member_secrets))
        # Where the database is elsewhere, another hub may be sending from another folder or machine.
        alone = self.database.file == self.folder.database
        gateways = opened_gateways(self.folder, declared, alone=alone)
        use = SoleUse(self.folder.payments)
        if use.is_ours():
            if alone:
                store.nobody_sends()
            use.share()
        return PaymentsDesk(store, gateways, leaving=use.close)


@contextmanager
def open_hub(
    folder: DataFolder,
    *,
    address: str | None = None,
    create: bool = False,
    clock: Clock = system_clock,
    storage: Storage | None = None,
    fresh: timedelta = FRESH,
) -> Iterator[Hub]:
    """Open a data folder and its database, which `address` may place elsewhere, as `storage` does with what is
    published. Raises HubError.
    """
    if create:
        folder.create()
    folder.must_be_usable()
    database = open_database(address or sqlite_url(folder.database))
    try:
        yield Hub(folder, database, clock, storage or FolderStorage(folder.price_lists), fresh)
    finally:
        database.close()

"""What can go wrong at the hub; each says in one sentence what, where and how to mend it.

HubError
 ├─ DataFolderUnusable   missing, no permission, a file in its place, disk full: mend the disk or name another folder
 ├─ DatabaseUnusable     full, read-only, damaged, locked, no driver: nothing was stored, try again after mending
 ├─ DatabaseTooNew       written by a newer hub: update this one
 ├─ KeyUnusable          the signing key is damaged or unreadable: restore it from the backup
 ├─ AddressUnusable      the port is taken or not allowed: choose another
 ├─ StoreUnknown         there is no such store
 ├─ NameRefused          a store or lane name with characters that do not fit a folder or an address
 ├─ CatalogueRefused     products that contradict each other: mend the list
 ├─ NothingToPublish     the store has no products yet
 ├─ Busy                 another command works on the same store
 ├─ LaneTaken            the lane is enrolled already: rotate its token
 ├─ LaneUnknown          there is no such lane
 ├─ ChainBroken          events that do not continue what the hub has: the lane must send from `next_number`
 ├─ PaymentConflict      a payment key was used for something else: take a new key
 └─ PaymentUnknown       no payment of this lane has that key
"""


class HubError(Exception):
    """Root of the package's errors; str() is a sentence for people."""


class DataFolderUnusable(HubError):
    """The data folder cannot be used as it is."""


class DatabaseUnusable(HubError):
    """The database did not do what was asked; the transaction left nothing behind."""


class DatabaseTooNew(HubError):
    """A newer hub has changed the tables."""


class KeyUnusable(HubError):
    """The key that signs price lists cannot be read or made."""


class AddressUnusable(HubError):
    """The hub cannot listen at that address."""


class StoreUnknown(HubError):
    """No store has that id."""


class NameRefused(HubError):
    """A store's or lane's name that cannot be used."""


class CatalogueRefused(HubError):
    """Two products claim the same code or number."""


class NothingToPublish(HubError):
    """A store without products."""


class Busy(HubError):
    """Another command holds the store."""


class LaneTaken(HubError):
    """A second enrolment of the same lane."""


class LaneUnknown(HubError):
    """No lane has that name in that store."""


class ChainBroken(HubError):
    """Events that do not continue the stored chain."""

    def __init__(self, message: str, *, next_number: int) -> None:
        super().__init__(message)
        self.next_number = next_number


class PaymentConflict(HubError):
    """The same key, but not the same payment."""


class PaymentUnknown(HubError):
    """No payment of this lane has that key."""

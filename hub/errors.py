"""What can go wrong at the hub; each says in one sentence what, where and how to mend it.

HubError
 ├─ DataFolderUnusable   missing, no permission, a file in its place, disk full: mend the disk or name another folder
 ├─ DatabaseUnusable     full, read-only, damaged, locked, no driver: nothing was stored, try again after mending
 ├─ DatabaseTooNew       written by a newer hub: update this one
 ├─ KeyUnusable          a signing key is damaged, missing or the last one: restore it, copy it, or make another
 ├─ StorageUnusable      the folder or object store of the price lists refuses: mend it or its address
 ├─ AddressUnusable      the port is taken or not allowed: choose another
 ├─ StoreUnknown         there is no such store
 ├─ NameRefused          a store or lane name with characters that do not fit a folder or an address
 ├─ CatalogueRefused     products that contradict each other: mend the list
 ├─ ImplausibleImport    a list unlike the one before it: look at it, or let it through by name
 ├─ RulesRefused         price rules that nobody asked for, or that are not there: the sentence says what to add
 ├─ CodeUnknown          no product of the store has that code
 ├─ RecallRefused        a recall of nothing, with an end that is over, or one that is not there
 ├─ NothingToPublish     the store has no products yet
 ├─ Busy                 another command works on the same store
 ├─ LaneTaken            the lane is enrolled already: rotate its token
 ├─ LaneUnknown          there is no such lane
 ├─ EventUnreadable      an event whose body is not plain JSON: a fault of whoever wrote it
 ├─ ChainBroken          events that do not continue what the hub has: the lane must send from `next_number`
 ├─ PaymentsFileRefused  the file that names the payment gateways is wrong: mend what the sentence names
 ├─ PaymentConflict      a payment key was used for something else: take a new key
 ├─ PaymentUnknown       no payment of this lane has that key
 ├─ MembershipRefused    a membership file that cannot be used: the sentence names the key and a remedy
 ├─ RefundRefused        nothing of that receipt can be given back as asked; `code` says why
 └─ MemberRefused        a member's wish that is not granted: a wrong code, a coupon that is taken; `code` says why
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
    """A key that signs price lists cannot be read, made or given up."""


class StorageUnusable(HubError):
    """The place where published price lists lie cannot be used as it is."""


class AddressUnusable(HubError):
    """The hub cannot listen at that address."""


class StoreUnknown(HubError):
    """No store has that id."""


class NameRefused(HubError):
    """A store's or lane's name that cannot be used."""


class CatalogueRefused(HubError):
    """Two products claim the same code or number."""


class ImplausibleImport(HubError):
    """A list that goes beyond the store's limits, and that no person has let through."""


class RulesRefused(HubError):
    """Price rules that may not be written, or taken away, as asked."""


class CodeUnknown(HubError):
    """A code that no product of the store has."""


class BasketUnknown(HubError):
    """A basket's code that cannot be read, or of which the hub has heard nothing."""


class PolicyRefused(HubError):
    """A payment policy that cannot be used."""


class MembershipRefused(HubError):
    """A membership that cannot be used as it was declared."""


class RecallRefused(HubError):
    """A recall that cannot be made, or ended, as asked."""


class NothingToPublish(HubError):
    """A store without products."""


class Busy(HubError):
    """Another command holds the store."""


class LaneTaken(HubError):
    """A second enrolment of the same lane."""


class LaneUnknown(HubError):
    """No lane has that name in that store."""


class EventUnreadable(HubError):
    """An event's body that has no canonical text."""


class ChainBroken(HubError):
    """Events that do not continue the stored chain."""

    def __init__(self, message: str, *, next_number: int) -> None:
        super().__init__(message)
        self.next_number = next_number


class PaymentsFileRefused(HubError):
    """The file of the payment gateways cannot work."""


class PaymentConflict(HubError):
    """The same key, but not the same payment."""


class PaymentUnknown(HubError):
    """No payment of this lane has that key."""


class RefundRefused(HubError):
    """What was asked for is not given back, and nothing was promised; `code` chooses the words that staff read."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class MemberRefused(HubError):
    """What was asked of the members' books is not granted; `code` chooses the words that the shopper reads. The
    sentence names no person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

"""What can go wrong with the lane's files, its configuration and its way to the hub.

OfflineCacheError            str() is one sentence that names the thing, the place and the remedy
 ├─ ConfigError              a person's file or key is not right: correct it
 ├─ JournalError             the journal cannot be used: stop selling, reopen, call staff
 │   ├─ JournalFull          no room on the disk: nothing was written, append again when there is
 │   ├─ JournalReadOnly      no permission to write: correct the folder's owner, then reopen
 │   ├─ JournalBusy          another program has it open for writing: stop that one
 │   ├─ JournalDamaged       not sound, or its chain is broken: move it aside and call the service desk
 │   ├─ JournalTooNew        written by a newer version: update this one
 │   └─ JournalMissing       there is none: only readers raise it
 └─ SyncError                one round with the hub failed; what was there before is untouched: try again later
     ├─ HubAway              no answer: the network, or the hub is off
     ├─ HubRefused           the hub answered no (`status`): enrolment, store or version
     ├─ HubAnswerBad         the answer is not what the protocol says
     ├─ ChainRefused         the hub has other events under these numbers (`next` is what it waits for)
     ├─ DownloadRefused      what came is not what was announced, or its announcement is not to be trusted
     │   └─ ListRefused      just what was announced, and yet no list to sell from: the same again is no better
     │       └─ Implausible  a list that changes more than the shop's limits let pass: a person must approve it
     └─ DiskTrouble          the agent's folder is full, read-only or missing
"""


class OfflineCacheError(Exception):
    """Root of the package's errors."""


class ConfigError(OfflineCacheError):
    """A configuration or key file is missing, unreadable or wrong."""


class JournalError(OfflineCacheError):
    """The journal cannot be used."""


class JournalFull(JournalError):
    """The disk is full; nothing of the append was kept."""


class JournalReadOnly(JournalError):
    """The journal or its folder may not be written."""


class JournalBusy(JournalError):
    """Another program has the journal open for writing."""


class JournalDamaged(JournalError):
    """The file is not sound or its chain is broken."""


class JournalTooNew(JournalError):
    """The file has a version that this program does not know."""


class JournalMissing(JournalError):
    """There is no journal at that place."""


class SyncError(OfflineCacheError):
    """One round with the hub failed."""


class HubAway(SyncError):
    """The hub did not answer."""


class HubRefused(SyncError):
    """The hub answered with an error status."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class HubAnswerBad(SyncError):
    """The hub's answer cannot be understood."""


class ChainRefused(SyncError):
    """The hub waits for another event than the one sent, or its chain differs from ours."""

    def __init__(self, message: str, *, next_number: int) -> None:
        super().__init__(message)
        self.next_number = next_number


class DownloadRefused(SyncError):
    """The file that came is not the one that was announced, or the manifest is not to be trusted."""


class ListRefused(DownloadRefused):
    """The file is the one that was announced, but no price list to sell from."""


class Implausible(ListRefused):
    """The list changes more than the shop's limits let pass, and nobody has approved it."""


class DiskTrouble(SyncError):
    """The agent's folder cannot be written."""

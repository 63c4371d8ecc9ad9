"""What can be wrong with a price list.

PriceListError
 ├─ PriceListMissing      there is none yet: sync first
 ├─ PriceListUnreadable   not SQLite, damaged, no permission: keep or fetch another
 ├─ PriceListFormat       other tables or version than this program knows: update one side
 └─ ManifestError         signature, key, store or fields of the manifest are not right: refuse it
"""


class PriceListError(Exception):
    """Root of the package's errors; str() is one sentence that names the file and the remedy."""


class PriceListMissing(PriceListError):
    """There is no price list at that place yet."""


class PriceListUnreadable(PriceListError):
    """The file cannot be read as a database."""


class PriceListFormat(PriceListError):
    """The file is a database of another kind or version."""


class ManifestError(PriceListError):
    """The manifest cannot be trusted or does not fit."""

"""What can be wrong with a file that the shop gives to the hub, and with one row of it.

ImportRefused            the file as a whole: nothing of it is taken; str() is one sentence with place and remedy
 ├─ FeedStoreNeeded      it holds other stores than asked for, or several: name one with --feed-store
 ├─ MappingError         the mapping file, not the price list
 └─ ShopFolderError      a shop folder's shop.toml, products.csv or pictures
RowRefused               one row; the import goes on and reports it
"""


class ImportRefused(Exception):
    """The file is refused as a whole."""


class FeedStoreNeeded(ImportRefused):
    """The file holds several stores and none, or one that it has not, was named."""


class MappingError(ImportRefused):
    """The mapping file cannot be used."""


class ShopFolderError(ImportRefused):
    """The shop folder cannot be used; the sentence names file, row and column."""


class RowRefused(Exception):
    """One row is not taken: `reason` is the report's word for it, str() says what is wrong with this row."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason

"""What can be wrong with a file that the shop gives to the hub.

ImportRefused            the file as a whole: nothing of it is taken; str() is one sentence with place and remedy
 ├─ FeedStoreNeeded      it holds other stores than asked for, or several: name one with --feed-store
 ├─ MappingError         the mapping file, not the price list
 └─ ShopFolderError      a shop folder's shop.toml, products.csv or pictures
"""


class ImportRefused(Exception):
    """The file is refused as a whole."""


class FeedStoreNeeded(ImportRefused):
    """The file holds several stores and none, or one that it has not, was named."""


class MappingError(ImportRefused):
    """The mapping file cannot be used."""


class ShopFolderError(ImportRefused):
    """The shop folder cannot be used; the sentence names file, row and column."""

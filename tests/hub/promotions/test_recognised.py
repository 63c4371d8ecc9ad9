"""Which format a feed has is seen in the file, however it is encoded; what is none is called what it is."""

from pathlib import Path

import pytest

from hub.imports.errors import ImportRefused
from hub.promotions.feeds.il_table import COLUMNS
from hub.promotions.feeds.recognised import recognised

PRICES = "רשת,מזהה רשת,מזהה חנות,ברקוד,שם מוצר,שקיל\nא,1,1,1,א,0\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1255"])
def test_an_israeli_feed_is_known_in_every_encoding_that_is_read(tmp_path: Path, encoding: str):
    header = ",".join(COLUMNS)
    if encoding == "cp1255":
        header = header.replace("₪", "שח")  # the sign's place there is another in each table
    path = tmp_path / "promos.csv"
    path.write_bytes((header + "\n").encode(encoding))
    assert recognised(path) == "il-promos"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty; fetch it again"),
        (b"%PDF-1.7", "is a PDF"),
        (PRICES.encode(), r"is a price list \(kiosk-hub import --format il\), not a promotion feed"),
        (b"a,b\n1,2\n", "is not known as a promotion feed; if it is one, say its --format"),
    ],
    ids=["empty", "pdf", "prices", "anything"],
)
def test_what_is_no_feed_is_called_what_it_is(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "promos.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=said):
        recognised(path)

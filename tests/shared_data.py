"""Where the real price lists, barcodes and baskets lie that some tests read, if this machine has them."""

from pathlib import Path

import pytest

# Beside the repository, not in it: they are large, and not ours to publish.
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

needs_shared_data = pytest.mark.skipif(not SHARED.is_dir(), reason=f"there is no shared test data in {SHARED}")


def shared_file(*parts: str) -> Path:
    """Return the path of a file under SHARED; skips the test, with the reason, where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"there is no {path}")
    return path

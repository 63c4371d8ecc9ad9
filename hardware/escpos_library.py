"""Imports python-escpos without what it does to a process on the way in."""

import logging
import os
import shutil
from types import ModuleType


def escpos_printers() -> ModuleType:
    """`escpos.printer`. First called on a printer's own thread: it takes half a second and 17 MB.

    Version 3.1 calls `logging.basicConfig()` when it is imported, which writes all warnings to stderr twice, and
    leaves a new folder with a pickle of its printer database in /tmp at every start.
    """
    handlers = list(logging.root.handlers)
    import escpos.printer  # noqa: PLC0415 - see above
    from escpos import capabilities  # noqa: PLC0415

    logging.root.handlers[:] = handlers
    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    module: ModuleType = escpos.printer
    return module

"""What one process of a machine has prepared, mapped by the others: it is in memory once."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .arrays import read_shared, write_shared
    from .loaded import load_once
    from .meeting import Meeting
    from .prepared import prepare_once
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "arrays": "read_shared write_shared",
            "loaded": "load_once",
            "meeting": "Meeting",
            "prepared": "prepare_once",
        },
    )

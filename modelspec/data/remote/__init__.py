"""Remote files of sources: fetched into a cache, and read from there. Needs no numpy."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .cache import CACHE, RemoteCopy, copy_at
    from .fetch import find_copies, local_path
else:
    __getattr__ = lazy_names(
        __name__,
        {"cache": "CACHE RemoteCopy copy_at", "fetch": "find_copies local_path"},
    )

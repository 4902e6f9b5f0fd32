"""The data sets of Keras: where its cache has them, and what is in their files."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .cache import (
        RemoteFile,
        cache_folder,
        cached,
        files_of_data_set,
        place_by_hand,
    )
    from .fetch import fetch_files
    from .plain_data import UnreadableError
    from .read import Half, read_half
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "cache": "RemoteFile cache_folder cached files_of_data_set place_by_hand",
            "fetch": "fetch_files",
            "plain_data": "UnreadableError",
            "read": "Half read_half",
        },
    )

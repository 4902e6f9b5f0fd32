"""Data sets of Keras and of TensorFlow Datasets: where they lie, and what their files hold."""

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
    from .prepared import (
        NotPreparedError,
        PreparedData,
        data_folder,
        find_prepared,
        read_prepared,
    )
    from .prepared_records import read_records
    from .read import Half, read_half
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "cache": "RemoteFile cache_folder cached files_of_data_set place_by_hand",
            "fetch": "fetch_files",
            "plain_data": "UnreadableError",
            "prepared": "NotPreparedError PreparedData data_folder find_prepared read_prepared",
            "prepared_records": "read_records",
            "read": "Half read_half",
        },
    )

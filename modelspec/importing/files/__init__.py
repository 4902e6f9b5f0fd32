"""Model files: told apart, read safely, and written as specs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .archive import WEIGHTS, open_archive
from .files import WeightsSource
from .hdf5 import check_members, get_member, import_h5py, read_array
from .saved_layers import SavedLayer

if TYPE_CHECKING:
    from .files import ImportResult, from_keras, import_file

__all__ = [
    "WEIGHTS",
    "ImportResult",
    "SavedLayer",
    "WeightsSource",
    "check_members",
    "from_keras",
    "get_member",
    "import_file",
    "import_h5py",
    "open_archive",
    "read_array",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "ImportResult": "files",
            "from_keras": "files",
            "import_file": "files",
        },
    )

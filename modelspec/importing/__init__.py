"""Keras models as specs: their configs are converted, their weights extracted; no code is run."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .model_files import ImportResult, from_keras, import_file
    from .safe_files import (
        CONFIG,
        WEIGHTS,
        check_members,
        get_member,
        import_h5py,
        open_archive,
        read_array,
        read_member,
        refuse_unsafe_archive,
    )
    from .stored_members import StoredMember
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "model_files": "ImportResult from_keras import_file",
            "safe_files": "CONFIG WEIGHTS check_members get_member import_h5py open_archive "
            "read_array read_member refuse_unsafe_archive",
            "stored_members": "StoredMember",
        },
    )

"""What decides the bits of a training: recorded in lock.json, compared when it is done again."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .lock_file import LockDifference, LockFile, Surroundings, read_lock, sha256_of_text
    from .outcome import first_difference
    from .surroundings import (
        deciding_variables,
        describe_surroundings,
        hardware_flags,
        restore_variables,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "lock_file": "LockDifference LockFile Surroundings read_lock sha256_of_text",
            "outcome": "first_difference",
            "surroundings": "deciding_variables describe_surroundings hardware_flags "
            "restore_variables",
        },
    )

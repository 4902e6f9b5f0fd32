"""Processes on this machine that train one model together: started, watched, and ended as one."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .group import LostWorkerError, WorkerGroup
    from .results import FAILED, TRAINED, failed, packed, unpacked
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "group": "WorkerGroup LostWorkerError",
            "results": "FAILED TRAINED failed packed unpacked",
        },
    )

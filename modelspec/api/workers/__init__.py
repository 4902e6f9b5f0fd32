"""`train` with several workers: what this process does for them, and what runs in each."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .request import TrainRequest

if TYPE_CHECKING:
    from .begin import ALONE, AS_WRITTEN, AUTO, WORKER, begin_engine
    from .launch import LAUNCHERS, train_with_workers, with_models
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "begin": "ALONE AS_WRITTEN AUTO WORKER begin_engine",
            "launch": "LAUNCHERS train_with_workers with_models",
        },
    )

"""`train` with several workers: what this process does for them, what runs in each, and what other
launchers read."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .request import TrainRequest

if TYPE_CHECKING:
    from .begin import AS_WRITTEN, WORKER, begin_engine
    from .cluster_job import launch
    from .start import train_with_workers, with_models
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "begin": "AS_WRITTEN WORKER begin_engine",
            "cluster_job": "launch",
            "start": "train_with_workers with_models",
        },
    )

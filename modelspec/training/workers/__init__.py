"""Processes that work on the batches of one prediction or evaluation together."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .devices import gpu_environment
    from .divided import BatchPredictor, DividedPredictor
    from .pool import Workers
    from .serve import MEASURE
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "devices": "gpu_environment",
            "divided": "BatchPredictor DividedPredictor",
            "pool": "Workers",
            "serve": "MEASURE",
        },
    )

"""Processes that work on the batches of one prediction or evaluation together."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .divided import BatchPredictor, DividedPredictor
    from .pool import Workers
    from .serve import MEASURE
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "divided": "BatchPredictor DividedPredictor",
            "pool": "Workers",
            "serve": "MEASURE",
        },
    )

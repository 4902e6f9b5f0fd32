"""Evaluate runs, predict with them, and read the predictions that they keep."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .kept import confusions_of, predictions_of
    from .loading import load
    from .run_model import evaluate, evaluate_in_detail, predict
    from .run_worth import RunWorth, importance, worth
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "kept": "confusions_of predictions_of",
            "loading": "load",
            "run_model": "evaluate evaluate_in_detail predict",
            "run_worth": "RunWorth importance worth",
        },
    )

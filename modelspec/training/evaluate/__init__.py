"""Metrics and confusion matrices of a complete run."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .confusion_views import confusion_text, draw_confusions
    from .evaluate import PREFIXES, Evaluation, EvaluationOptions, evaluate_run
    from .evaluators import evaluator_of_worker
    from .forecasts import ForecastErrors, forecast_errors
    from .thresholds import with_metrics_at_thresholds
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "confusion_views": "confusion_text draw_confusions",
            "evaluate": "Evaluation EvaluationOptions PREFIXES evaluate_run",
            "evaluators": "evaluator_of_worker",
            "forecasts": "ForecastErrors forecast_errors",
            "thresholds": "with_metrics_at_thresholds",
        },
    )

"""Metrics and confusion matrices of a complete run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .confusion_views import confusion_text, draw_confusions
    from .evaluate import PREFIXES, Evaluation, EvaluationOptions, evaluate_run

__all__ = [
    "PREFIXES",
    "Evaluation",
    "EvaluationOptions",
    "confusion_text",
    "draw_confusions",
    "evaluate_run",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "confusion_text": "confusion_views",
            "draw_confusions": "confusion_views",
            "Evaluation": "evaluate",
            "EvaluationOptions": "evaluate",
            "PREFIXES": "evaluate",
            "evaluate_run": "evaluate",
        },
    )

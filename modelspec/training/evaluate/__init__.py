"""Metrics and confusion matrices of a finished run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .confusion_picture import draw_confusions
    from .confusion_table import confusion_text
    from .evaluate import PREFIXES, Evaluation, Wanted, evaluate_run

__all__ = [
    "PREFIXES",
    "Evaluation",
    "Wanted",
    "confusion_text",
    "draw_confusions",
    "evaluate_run",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "draw_confusions": "confusion_picture",
            "confusion_text": "confusion_table",
            "Evaluation": "evaluate",
            "PREFIXES": "evaluate",
            "Wanted": "evaluate",
            "evaluate_run": "evaluate",
        },
    )

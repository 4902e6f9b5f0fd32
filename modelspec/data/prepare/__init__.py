"""What happens to a table before it becomes examples: checks, missing values, labels, splits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .labels import encode, learn_labels
    from .learned import LearnedState
    from .missing import DROP, fill, learn_fills
    from .rest import complete, resolve_rest, takes_one
    from .row_survey import RowNumbers, pieces, survey
    from .series import (
        TRAIN,
        Numbers,
        Series,
        Windows,
        divide,
        learning_rows,
        series_of,
        windows_of,
    )
    from .splits import fold, split
    from .value_errors import (
        STATISTICS,
        Seen,
        check_rules,
        end_of,
        fits,
        input_shape,
        labels_of_several,
        missing_values,
        negative_weight,
        no_number,
        no_rows,
        no_statistic,
        one_class,
        report_values,
        text_statistic,
        too_large,
        unknown_label,
        wrong_dtype,
    )

__all__ = [
    "DROP",
    "STATISTICS",
    "TRAIN",
    "LearnedState",
    "Numbers",
    "RowNumbers",
    "Seen",
    "Series",
    "Windows",
    "check_rules",
    "complete",
    "divide",
    "encode",
    "end_of",
    "fill",
    "fits",
    "fold",
    "input_shape",
    "labels_of_several",
    "learn_fills",
    "learn_labels",
    "learning_rows",
    "missing_values",
    "negative_weight",
    "no_number",
    "no_rows",
    "no_statistic",
    "one_class",
    "pieces",
    "report_values",
    "resolve_rest",
    "series_of",
    "split",
    "survey",
    "takes_one",
    "text_statistic",
    "too_large",
    "unknown_label",
    "windows_of",
    "wrong_dtype",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "encode": "labels",
            "learn_labels": "labels",
            "LearnedState": "learned",
            "DROP": "missing",
            "fill": "missing",
            "learn_fills": "missing",
            "complete": "rest",
            "resolve_rest": "rest",
            "takes_one": "rest",
            "RowNumbers": "row_survey",
            "pieces": "row_survey",
            "survey": "row_survey",
            "Numbers": "series",
            "Series": "series",
            "TRAIN": "series",
            "Windows": "series",
            "divide": "series",
            "learning_rows": "series",
            "series_of": "series",
            "windows_of": "series",
            "fold": "splits",
            "split": "splits",
            "STATISTICS": "value_errors",
            "Seen": "value_errors",
            "check_rules": "value_errors",
            "end_of": "value_errors",
            "fits": "value_errors",
            "input_shape": "value_errors",
            "labels_of_several": "value_errors",
            "missing_values": "value_errors",
            "negative_weight": "value_errors",
            "no_number": "value_errors",
            "no_rows": "value_errors",
            "no_statistic": "value_errors",
            "one_class": "value_errors",
            "report_values": "value_errors",
            "text_statistic": "value_errors",
            "too_large": "value_errors",
            "unknown_label": "value_errors",
            "wrong_dtype": "value_errors",
        },
    )

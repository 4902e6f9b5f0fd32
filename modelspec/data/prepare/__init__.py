"""What happens to a table before it becomes examples: checks, missing values, labels, splits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .labels import encode_labels, learn_labels
    from .learned import LearnedState
    from .missing import DROP, fill_missing, learn_fill_values
    from .rest import feeds_single_column, resolve_remaining_columns, with_remaining_columns
    from .row_survey import check_values, read_chunks
    from .series import (
        TRAIN,
        RowNumbers,
        Series,
        WindowOptions,
        order_series,
        rows_of_windows,
        split_windows,
        window_options,
    )
    from .splits import fold_rows, split_rows
    from .value_errors import (
        STATISTICS,
        ValueSummary,
        check_missing_rules,
        check_missing_values,
        is_shape_accepted,
        overflow_limit,
        report_input_shape,
        report_labels_of_several,
        report_negative_weight,
        report_no_number,
        report_no_rows,
        report_no_statistic,
        report_one_class,
        report_text_statistic,
        report_too_large,
        report_unknown_label,
        report_values,
        report_wrong_dtype,
    )

__all__ = [
    "DROP",
    "STATISTICS",
    "TRAIN",
    "LearnedState",
    "RowNumbers",
    "Series",
    "ValueSummary",
    "WindowOptions",
    "check_missing_rules",
    "check_missing_values",
    "check_values",
    "encode_labels",
    "feeds_single_column",
    "fill_missing",
    "fold_rows",
    "is_shape_accepted",
    "learn_fill_values",
    "learn_labels",
    "order_series",
    "overflow_limit",
    "read_chunks",
    "report_input_shape",
    "report_labels_of_several",
    "report_negative_weight",
    "report_no_number",
    "report_no_rows",
    "report_no_statistic",
    "report_one_class",
    "report_text_statistic",
    "report_too_large",
    "report_unknown_label",
    "report_values",
    "report_wrong_dtype",
    "resolve_remaining_columns",
    "rows_of_windows",
    "split_rows",
    "split_windows",
    "window_options",
    "with_remaining_columns",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "encode_labels": "labels",
            "learn_labels": "labels",
            "LearnedState": "learned",
            "DROP": "missing",
            "fill_missing": "missing",
            "learn_fill_values": "missing",
            "with_remaining_columns": "rest",
            "resolve_remaining_columns": "rest",
            "feeds_single_column": "rest",
            "read_chunks": "row_survey",
            "check_values": "row_survey",
            "RowNumbers": "series",
            "Series": "series",
            "TRAIN": "series",
            "WindowOptions": "series",
            "split_windows": "series",
            "rows_of_windows": "series",
            "order_series": "series",
            "window_options": "series",
            "fold_rows": "splits",
            "split_rows": "splits",
            "STATISTICS": "value_errors",
            "ValueSummary": "value_errors",
            "check_missing_rules": "value_errors",
            "overflow_limit": "value_errors",
            "is_shape_accepted": "value_errors",
            "report_input_shape": "value_errors",
            "report_labels_of_several": "value_errors",
            "check_missing_values": "value_errors",
            "report_negative_weight": "value_errors",
            "report_no_number": "value_errors",
            "report_no_rows": "value_errors",
            "report_no_statistic": "value_errors",
            "report_one_class": "value_errors",
            "report_values": "value_errors",
            "report_text_statistic": "value_errors",
            "report_too_large": "value_errors",
            "report_unknown_label": "value_errors",
            "report_wrong_dtype": "value_errors",
        },
    )

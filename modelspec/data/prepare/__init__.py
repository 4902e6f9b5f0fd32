"""What happens to a table before it becomes examples: checks, missing values, labels, splits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .learned_state import LearnedState, encode_labels, fill_missing, learn_state
    from .splits import check_split_sizes, split_tables
    from .unused_columns import resolve_unused_columns, with_unused_columns
    from .value_checks import CheckedTable, check_values, read_chunks
    from .value_errors import (
        ValueSummary,
        is_shape_accepted,
        overflow_limit,
        report_empty_split,
        report_input_shape,
        report_negative_weight,
        report_no_windows,
        report_too_large,
        report_unknown_label,
        report_values,
        report_wrong_dtype,
    )
    from .value_rules import (
        DROP,
        MissingCount,
        check_fill_rule,
        check_missing_rules,
        check_missing_values,
        classes_of,
        columns_that_need_values,
        rows_in_fraction,
        summaries_of,
    )
    from .windows import TRAIN, Series, WindowOptions, order_series, rows_of_windows, split_windows

__all__ = [
    "DROP",
    "TRAIN",
    "CheckedTable",
    "LearnedState",
    "MissingCount",
    "Series",
    "ValueSummary",
    "WindowOptions",
    "check_fill_rule",
    "check_missing_rules",
    "check_missing_values",
    "check_split_sizes",
    "check_values",
    "classes_of",
    "columns_that_need_values",
    "encode_labels",
    "fill_missing",
    "is_shape_accepted",
    "learn_state",
    "order_series",
    "overflow_limit",
    "read_chunks",
    "report_empty_split",
    "report_input_shape",
    "report_negative_weight",
    "report_no_windows",
    "report_too_large",
    "report_unknown_label",
    "report_values",
    "report_wrong_dtype",
    "resolve_unused_columns",
    "rows_in_fraction",
    "rows_of_windows",
    "split_tables",
    "split_windows",
    "summaries_of",
    "with_unused_columns",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "LearnedState": "learned_state",
            "encode_labels": "learned_state",
            "fill_missing": "learned_state",
            "learn_state": "learned_state",
            "check_split_sizes": "splits",
            "split_tables": "splits",
            "resolve_unused_columns": "unused_columns",
            "with_unused_columns": "unused_columns",
            "CheckedTable": "value_checks",
            "check_values": "value_checks",
            "read_chunks": "value_checks",
            "ValueSummary": "value_errors",
            "is_shape_accepted": "value_errors",
            "overflow_limit": "value_errors",
            "report_empty_split": "value_errors",
            "report_input_shape": "value_errors",
            "report_negative_weight": "value_errors",
            "report_no_windows": "value_errors",
            "report_too_large": "value_errors",
            "report_unknown_label": "value_errors",
            "report_values": "value_errors",
            "report_wrong_dtype": "value_errors",
            "DROP": "value_rules",
            "MissingCount": "value_rules",
            "check_fill_rule": "value_rules",
            "check_missing_rules": "value_rules",
            "check_missing_values": "value_rules",
            "classes_of": "value_rules",
            "columns_that_need_values": "value_rules",
            "rows_in_fraction": "value_rules",
            "summaries_of": "value_rules",
            "Series": "windows",
            "TRAIN": "windows",
            "WindowOptions": "windows",
            "order_series": "windows",
            "rows_of_windows": "windows",
            "split_windows": "windows",
        },
    )

"""What happens to a table before it becomes examples: checks, missing values, labels, splits."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .categories import check_categories
    from .counted_rows import (
        ConditionTally,
        check_split_values,
        comparable_values,
        condition_tallies,
        report_no_counted_rows,
    )
    from .learned_state import (
        LearnedState,
        encode_labels,
        encode_tokens,
        fill_missing,
        learn_state,
    )
    from .split_errors import (
        check_group_count,
        check_shared_groups,
        is_number,
        is_time,
        report_missing_time,
        report_no_time,
        wants_numbers,
    )
    from .split_warnings import class_counts, warn_of_copies, warn_of_empty_classes
    from .splits import check_split_column, check_split_sizes, split_tables
    from .time_steps import season_of
    from .tokenizers import TrainingTexts, columns_by_tokenizer, learn_tokenizers
    from .unused_columns import resolve_unused_columns, with_unused_columns
    from .value_checks import CheckedTable, check_values, read_chunks
    from .value_errors import (
        DateCheck,
        ValueSummary,
        overflow_limit,
        report_dates,
        report_empty_classes,
        report_empty_split,
        report_input_shape,
        report_negative_weight,
        report_no_date,
        report_no_windows,
        report_too_large,
        report_unknown_label,
        report_values,
        report_wrong_dtype,
        stored_dtype,
    )
    from .value_rules import (
        MissingCount,
        check_fill_rule,
        check_missing_rules,
        check_missing_values,
        classes_of,
        columns_that_need_values,
        rows_in_fraction,
        summaries_of,
    )
    from .windows import (
        TRAIN,
        Series,
        WindowOptions,
        find_step_of,
        order_series,
        rows_of_windows,
        split_windows,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "categories": "check_categories",
            "counted_rows": "ConditionTally check_split_values comparable_values "
            "condition_tallies report_no_counted_rows",
            "learned_state": "LearnedState encode_labels encode_tokens fill_missing learn_state",
            "split_errors": "check_group_count check_shared_groups is_number is_time "
            "report_missing_time report_no_time wants_numbers",
            "split_warnings": "class_counts warn_of_copies warn_of_empty_classes",
            "splits": "check_split_column check_split_sizes split_tables",
            "tokenizers": "TrainingTexts columns_by_tokenizer learn_tokenizers",
            "unused_columns": "resolve_unused_columns with_unused_columns",
            "value_checks": "CheckedTable check_values read_chunks",
            "value_errors": "DateCheck ValueSummary overflow_limit report_dates "
            "report_empty_classes report_empty_split "
            "report_input_shape report_negative_weight report_no_date report_no_windows "
            "report_too_large report_unknown_label report_values report_wrong_dtype stored_dtype",
            "value_rules": "MissingCount check_fill_rule check_missing_rules "
            "check_missing_values classes_of columns_that_need_values rows_in_fraction "
            "summaries_of",
            "time_steps": "season_of",
            "windows": "Series TRAIN WindowOptions find_step_of order_series rows_of_windows "
            "split_windows",
        },
    )

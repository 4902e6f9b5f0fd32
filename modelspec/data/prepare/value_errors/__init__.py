"""Findings for values that do not suit their use, whoever found them. Needs no numpy."""

from .labels import (
    report_empty_classes,
    report_labels_of_several,
    report_one_class,
    report_unknown_label,
)
from .missing_rules import (
    report_list_fill,
    report_no_number,
    report_no_statistic,
    report_text_statistic,
    warn_of_rule_as_text,
)
from .ranges import (
    overflow_limit,
    report_negative_weight,
    report_too_large,
    report_wrong_dtype,
    stored_dtype,
)
from .sizes import report_empty_split, report_input_shape, report_no_windows
from .values import (
    DateCheck,
    ListCut,
    RowLocator,
    ValueSummary,
    quoted,
    report_cut_lists,
    report_dates,
    report_no_date,
    report_values,
)

__all__ = [
    "DateCheck",
    "ListCut",
    "RowLocator",
    "ValueSummary",
    "overflow_limit",
    "quoted",
    "report_cut_lists",
    "report_dates",
    "report_empty_classes",
    "report_empty_split",
    "report_input_shape",
    "report_labels_of_several",
    "report_list_fill",
    "report_negative_weight",
    "report_no_date",
    "report_no_number",
    "report_no_statistic",
    "report_no_windows",
    "report_one_class",
    "report_text_statistic",
    "report_too_large",
    "report_unknown_label",
    "report_values",
    "report_wrong_dtype",
    "stored_dtype",
    "warn_of_rule_as_text",
]

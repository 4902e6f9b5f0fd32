"""Whether what was counted in a csv file can be what it is used for: needs no numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from modelspec.analysis.losses import (
    TargetRequirement,
    check_class_labels,
    check_target_shape,
    report_out_of_range,
)
from modelspec.data.prepare import (
    STATISTICS,
    is_shape_accepted,
    overflow_limit,
    report_empty_split,
    report_input_shape,
    report_labels_of_several,
    report_negative_weight,
    report_no_number,
    report_no_statistic,
    report_one_class,
    report_text_statistic,
    report_too_large,
    report_unknown_label,
    report_wrong_dtype,
)
from modelspec.data.table import FeaturePlan, Purpose, purpose_text
from modelspec.diagnostics import Findings
from modelspec.spec.data import Columns, DataSpec, label_text
from modelspec.tabular import parse_number, sort_labels

from .tally import ColumnTally


class CsvSummary(NamedTuple):
    """One source after one look at every row.

    Attributes:
        parts: its files, with how many rows each has.
        kept: rows that no rule drops.
        cells: column to what it holds.
    """

    parts: Sequence[tuple[str, int]]
    kept: int
    cells: Mapping[str, ColumnTally]

    @property
    def names(self) -> str:
        """What messages call the source."""
        first, more = self.parts[0][0], len(self.parts) - 1
        return f"{first} and {more} more" if more else first

    def locate(self, row: int) -> str:
        """Where the row with a number from 0 stands; a header is row 1."""
        for name, rows in self.parts:
            if row < rows:
                return f"{name}, row {row + 2}"
            row -= rows
        return self.names


class Use(NamedTuple):
    """What columns are for: the section, its plan, and the outputs with their losses."""

    data: DataSpec
    plan: FeaturePlan
    requirements: Sequence[TargetRequirement]


def check_sizes(data: DataSpec, found: Mapping[str, CsvSummary], findings: Findings) -> bool:
    """Whether every split has rows."""
    before = findings.error_count
    train = found["train"].kept
    for part in (data.validation, data.test):
        if part is not None and part.share:
            train -= max(1, round(part.share * found["train"].kept))
    if train <= 0:
        report_empty_split("train", found["train"].names, data, findings)
    for name, counted in found.items():
        if name != "train" and not counted.kept:
            report_empty_split(name, counted.names, data, findings)
    return findings.error_count == before


def check_fills(data: DataSpec, train: CsvSummary, findings: Findings) -> bool:
    """Whether what stands in for missing values suits the columns."""
    before = findings.error_count
    for name, rule in data.missing.items():
        column = train.cells.get(name)
        if column is None or rule == "drop":
            continue
        text = not column.numeric or column.is_text
        if rule in STATISTICS and text:
            report_text_statistic(name, data, findings)
        elif rule in STATISTICS and not column.present:
            report_no_statistic(name, data, findings)
        elif rule not in STATISTICS and not text and not _is_number(rule):
            report_no_number(name, data, findings)
    return findings.error_count == before


def _is_number(rule: object) -> bool:
    return not isinstance(rule, str) or parse_number(rule) == parse_number(rule)


def check_use(use: Use, found: Mapping[str, CsvSummary], findings: Findings) -> None:
    """Check labels, weights, inputs and targets of all sources."""
    before = findings.error_count
    labels = {
        target.name: _labels(target, use.data, found, findings) for target in use.plan.targets
    }
    if findings.error_count > before:
        return
    for counted in found.values():
        for target in use.plan.targets:
            _check_labels(target, labels[target.name], counted, use.data, findings)
        name, span = use.data.sample_weight, use.data.sample_weight_span
        suspect = None if name is None else counted.cells[name].suspect
        if name is not None and suspect is not None:
            value, row = suspect
            place = counted.locate(row)
            if value < 0:
                report_negative_weight(name, value, place, span, findings)
            else:
                odd = name, value, place
                report_too_large(
                    purpose_text(Purpose.SAMPLE_WEIGHT), "float32", odd, span, findings
                )
        _check_inputs(use.plan, counted, findings)
        _check_targets(use.plan, labels, counted, findings)
    if findings.error_count == before:
        _check_goals(use, labels, found, findings)


Labels = tuple[str, ...] | None


def _labels(
    target: Columns, data: DataSpec, found: Mapping[str, CsvSummary], findings: Findings
) -> Labels:
    """The classes of a target; None where it has none."""
    column = found["train"].cells[target.columns[0]]
    if isinstance(target.labels, tuple):
        labels = target.labels
    elif target.labels is None and not column.is_text:
        return None
    else:
        labels = sort_labels(list(_words(column, target.columns[0], data)))
        if len(labels) < 2:
            report_one_class(target, labels[0], findings)
    if len(target.columns) > 1:
        report_labels_of_several(target, findings)
    return labels


def _words(column: ColumnTally, name: str, data: DataSpec) -> dict[str, int]:
    """The labels of a column, each with its first row; what stands in for a missing one, too."""
    words = dict(column.words)
    rule = data.missing.get(name)
    if column.missing and rule is not None and rule != "drop":
        words.setdefault(label_text(rule), column.first_missing)
    return words


def _check_labels(
    target: Columns, labels: Labels, counted: CsvSummary, data: DataSpec, findings: Findings
) -> None:
    if labels is None:
        return
    name = target.columns[0]
    unknown = [
        (row, word)
        for word, row in _words(counted.cells[name], name, data).items()
        if word not in labels
    ]
    if unknown:
        row, word = min(unknown)
        report_unknown_label(word, counted.locate(row), labels, target, findings)


def _check_inputs(plan: FeaturePlan, counted: CsvSummary, findings: Findings) -> None:
    for entry, columns in plan.inputs:
        if columns is None:
            continue
        shape = () if columns.single else (len(columns.columns),)
        if not is_shape_accepted(shape, entry.shape or ()):
            report_input_shape(entry, columns, shape, findings)
            continue
        suspects = [(name, counted.cells[name].suspect) for name in columns.columns]
        odd = [(*suspect[::-1], name) for name, suspect in suspects if suspect is not None]
        dtype = entry.dtype or "float32"
        if not odd or dtype == "string":
            continue
        row, value, name = min(odd)
        found = name, value, counted.locate(row)
        if "float" not in dtype:
            report_wrong_dtype(entry, columns, found, findings)
        elif abs(value) >= overflow_limit(dtype):
            report_too_large(
                purpose_text(Purpose.INPUT, entry.name), dtype, found, columns.span, findings
            )


def _check_targets(
    plan: FeaturePlan, labels: Mapping[str | None, Labels], counted: CsvSummary, findings: Findings
) -> None:
    """A finding for the first number of each target that is too large for a float32."""
    for target in plan.targets:
        suspects = [(name, counted.cells[name].suspect) for name in target.columns]
        odd = [(*suspect[::-1], name) for name, suspect in suspects if suspect is not None]
        if odd and labels[target.name] is None and abs(min(odd)[1]) >= overflow_limit("float32"):
            row, value, name = min(odd)
            found = name, value, counted.locate(row)
            role = purpose_text(Purpose.TARGET, target.name)
            report_too_large(role, "float32", found, target.span, findings)


def _check_goals(
    use: Use,
    labels: Mapping[str | None, Labels],
    found: Mapping[str, CsvSummary],
    findings: Findings,
) -> None:
    targets = {target.name: target for target in use.plan.targets}
    for requirement in use.requirements:
        target = targets[requirement.name]
        known = labels[requirement.name]
        if requirement.class_weight is not None and known is not None:
            check_class_labels(requirement.name, requirement.class_weight, known, findings)
        if (
            not check_target_shape(requirement, known, (len(target.columns),), findings)
            or known is not None
        ):
            continue
        for counted in found.values():
            _check_range(requirement, target, counted, findings)


def _check_range(
    requirement: TargetRequirement, target: Columns, counted: CsvSummary, findings: Findings
) -> None:
    """A finding for the first value that the loss cannot take."""
    bad = []
    cells = counted.cells[target.columns[0]]
    for word, row in cells.words.items():
        value = parse_number(word, cells.decimal)
        if (
            value < 0
            or value > requirement.largest
            or (requirement.takes_class_numbers and value % 1)
        ):
            bad.append((row, value))
    if bad:
        row, value = min(bad)
        report_out_of_range(requirement, value, counted.locate(row), findings)

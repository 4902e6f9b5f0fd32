"""Whether the columns of csv files suit what they are used for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from modelspec.analysis.data import (
    CategoryLookup,
    report_few_tokens,
    report_unknown_category,
    takes_shape,
)
from modelspec.analysis.losses import (
    TargetRequirement,
    check_class_labels,
    check_target_shape,
    report_out_of_range,
    report_out_of_reach,
)
from modelspec.data.prepare import (
    check_fill_rule,
    check_split_values,
    classes_of,
    overflow_limit,
    report_empty_classes,
    report_empty_split,
    report_input_shape,
    report_negative_weight,
    report_no_date,
    report_too_large,
    report_unknown_label,
    report_wrong_dtype,
    rows_in_fraction,
)
from modelspec.data.table import TEXT, FeaturePlan, Purpose, purpose_text
from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import (
    DROP,
    Columns,
    DataSpec,
    DateOptions,
    date_options,
    label_text,
    type_of,
)
from modelspec.tabular import LabelNumbers, parse_date, parse_number, whole_label

from .splits import check_groups_and_times
from .tally import ColumnTally, TableTally

TRAIN = "train"

Labels = tuple[str, ...] | None

Tallies = Mapping[str, TableTally]
"""Split name to the files of its source; a split that is not in it is a fraction of train."""


def check_columns_of_splits(
    data: DataSpec,
    plan: FeaturePlan,
    requirements: Sequence[TargetRequirement],
    tallies: Tallies,
    findings: Findings,
) -> None:
    """Check sizes of splits, fill values, labels, weights, inputs and targets.

    Args:
        data: the section.
        plan: which columns feed which input and target.
        requirements: the outputs with their losses.
        tallies: what the files hold.
        findings: takes what is wrong.
    """
    before = findings.error_count
    train = tallies[TRAIN]
    if check_split_values(data, train.splits, train.names, findings):
        _check_split_sizes(data, tallies, findings)
    check_groups_and_times(data, tallies, findings)
    if findings.error_count == before:
        _check_fill_rules(data, tallies[TRAIN], findings)
    if findings.error_count > before:
        return
    labels = {target.name: _labels(target, data, tallies, findings) for target in plan.targets}
    if findings.error_count > before:
        return
    for tally in tallies.values():
        for target in plan.targets:
            _check_labels(target, labels[target.name], tally, data, findings)
        _check_weights(data, plan, tally, findings)
        _check_inputs(plan, tally, data, findings)
        for target in plan.targets:
            if labels[target.name] is None:
                _check_number_target(target, tally, findings)
    for target in plan.targets:
        listed = labels[target.name]
        if listed is not None and isinstance(target.labels, tuple):
            words = [
                whole_label(w)
                for w in _words(tallies[TRAIN].columns[target.columns[0]], target.columns[0], data)
            ]
            empty = [label for label in listed if whole_label(label) not in words]
            report_empty_classes(target, {TRAIN: empty}, data, findings)
    if findings.error_count == before:
        _check_requirements(plan, requirements, labels, tallies, findings)


def _check_split_sizes(data: DataSpec, tallies: Tallies, findings: Findings) -> None:
    rows = tallies[TRAIN].kept
    for split in (data.validation, data.test):
        if split is not None and split.share:
            rows -= rows_in_fraction(split.share, tallies[TRAIN].kept)
    if rows <= 0:
        report_empty_split(TRAIN, tallies[TRAIN].names, data, findings)
    for name, tally in tallies.items():
        if name != TRAIN and not tally.kept:
            report_empty_split(name, tally.names, data, findings)


def _check_fill_rules(data: DataSpec, train: TableTally, findings: Findings) -> None:
    for name, rule in data.missing.items():
        column = train.columns.get(name)
        if column is not None and rule != DROP:
            has_values = bool(column.present)
            check_fill_rule(name, data, findings, is_text=column.is_text, has_values=has_values)


def _labels(target: Columns, data: DataSpec, tallies: Tallies, findings: Findings) -> Labels:
    name = target.columns[0]
    column = tallies[TRAIN].columns[name]
    is_text = column.is_numeric and column.is_text  # where the use of the column leaves it open
    is_text |= type_of(data.train, name) == TEXT
    return classes_of(target, is_text, lambda: _words(column, name, data), findings)


def _words(column: ColumnTally, name: str, data: DataSpec) -> dict[str, int]:
    """The labels of a column, each with its first row; a fill value is one of them."""
    words = dict(column.words)
    rule = data.missing.get(name)
    if column.missing.count and rule is not None and rule != DROP:
        words.setdefault(label_text(rule), column.missing.first_row)
    return words


def _check_labels(
    target: Columns, labels: Labels, tally: TableTally, data: DataSpec, findings: Findings
) -> None:
    if labels is None:
        return
    name = target.columns[0]
    words = _words(tally.columns[name], name, data)
    numbers = LabelNumbers(labels)
    unknown = [(row, word) for word, row in words.items() if numbers.of(word) < 0]
    if unknown:
        row, word = min(unknown)
        report_unknown_label(word, tally.locate(row), labels, target, findings)


def _first_unsuitable(names: Iterable[str], tally: TableTally) -> tuple[str, float, str] | None:
    """The first unsuitable number of some columns: its column, the number, and its location."""
    found = []
    for name in names:
        unsuitable = tally.columns[name].unsuitable
        if unsuitable is not None:
            found.append((*unsuitable, name))
    if not found:
        return None
    row, value, name = min(found)
    return name, value, tally.locate(row)


def _check_weights(
    data: DataSpec, plan: FeaturePlan, tally: TableTally, findings: Findings
) -> None:
    if data.sample_weight is not None:
        purpose, span = purpose_text(Purpose.SAMPLE_WEIGHT), data.sample_weight_span
        _check_weight(data.sample_weight, purpose, span, tally, findings)
    for target in plan.targets:
        if target.weight is not None:
            purpose = purpose_text(Purpose.TARGET_WEIGHT, target.name)
            _check_weight(target.weight, purpose, target.place("weight"), tally, findings)


def _check_weight(
    name: str, purpose: str, span: Span, tally: TableTally, findings: Findings
) -> None:
    found = _first_unsuitable([name], tally)
    if found is not None and found[1] < 0:
        report_negative_weight(*found, span, findings)
    elif found is not None:
        report_too_large(purpose, "float32", found, span, findings)


def _check_dates(
    dates: DateOptions, columns: Columns, tally: TableTally, data: DataSpec, findings: Findings
) -> None:
    """Report the first text of each column that is no date."""
    for name in columns.columns:
        words = _words(tally.columns[name], name, data)
        bad = [
            (row, word)
            for word, row in words.items()
            if parse_date(word, dates.form, is_time=dates.is_time) is None
        ]
        if bad:
            row, word = min(bad)
            report_no_date(columns, name, word, tally.locate(row), findings)


def _check_inputs(plan: FeaturePlan, tally: TableTally, data: DataSpec, findings: Findings) -> None:
    for entry, columns in plan.inputs:
        if columns is None or columns.tokens is not None:
            continue
        dates = date_options(columns)
        shape = () if columns.single else (columns.size,)
        if dates is not None:
            shape = (dates.values_each * len(columns.columns),)
        if columns.width is not None:
            shape = (columns.width,)
        if not takes_shape(entry.shape or (), shape):
            report_input_shape(entry, columns, shape, findings)
            continue
        if dates is not None:
            _check_dates(dates, columns, tally, data, findings)
            continue
        dtype = entry.dtype or "float32"
        found = _first_unsuitable(columns.columns, tally)
        if found is None or dtype == "string":
            continue
        if "float" not in dtype:
            report_wrong_dtype(entry, columns, found, findings)
        elif abs(found[1]) >= overflow_limit(dtype):
            use = purpose_text(Purpose.INPUT, entry.name)
            report_too_large(use, dtype, found, columns.span, findings)


def _check_number_target(target: Columns, tally: TableTally, findings: Findings) -> None:
    """Report the first number of a target that is too large for a float32."""
    found = _first_unsuitable(target.columns, tally)
    if found is not None and abs(found[1]) >= overflow_limit("float32"):
        use = purpose_text(Purpose.TARGET, target.name)
        report_too_large(use, "float32", found, target.span, findings)


def _check_requirements(
    plan: FeaturePlan,
    requirements: Sequence[TargetRequirement],
    labels: Mapping[str | None, Labels],
    tallies: Tallies,
    findings: Findings,
) -> None:
    """Report targets that their losses cannot compare with the outputs."""
    targets = {target.name: target for target in plan.targets}
    for requirement in requirements:
        name = requirement.name
        target, known = targets[name], labels[name]
        if target.tokens is not None:  # what it learns is known only where it learns
            continue
        if requirement.class_weight is not None and known is not None:
            check_class_labels(name, requirement.class_weight, known, findings)
        shape = (target.width or len(target.columns),)
        if known is not None and target.has_column_per_label:
            steps = () if target.width is None else (target.width,)
            shape, known = (*steps, len(known)), None
        is_sound = check_target_shape(requirement, known, shape, findings)
        if requirement.reach is not None and known is None:
            for tally in tallies.values():
                _check_reach(requirement, requirement.reach, target, tally, findings)
        if is_sound and known is None and not target.has_column_per_label:
            for tally in tallies.values():
                _check_range(requirement, target, tally, findings)


def check_categories_of_splits(
    data: DataSpec,
    plan: FeaturePlan,
    lookups: Sequence[CategoryLookup],
    tallies: Tallies,
    findings: Findings,
) -> None:
    """Check the columns of the inputs that a layer looks up, as far as no split is drawn.

    Args:
        data: the section.
        plan: which columns feed the inputs.
        lookups: the layers.
        tallies: what the files hold.
        findings: takes categories that no layer has a number for.
    """
    fed = {entry.name: columns for entry, columns in plan.inputs}
    for lookup in lookups:
        columns = fed.get(lookup.input)
        if columns is None or columns.options:
            continue
        words = {
            name: _words_of_all(tally, columns.columns, data) for name, tally in tallies.items()
        }
        if lookup.most is not None:
            report_few_tokens(lookup, columns.columns[0], words[TRAIN], findings)
        known = tuple(words[TRAIN]) if lookup.vocabulary is None else lookup.vocabulary
        for name, found in words.items() if not lookup.unknown else ():
            unknown = [(row, word) for word, row in found.items() if word not in known]
            if unknown:
                row, word = min(unknown)
                place = tallies[name].locate(row)
                report_unknown_category(lookup, known, (word, place), lookup.span, findings)
                break


def _words_of_all(tally: TableTally, names: Sequence[str], data: DataSpec) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        for word, row in _words(tally.columns[name], name, data).items():
            found[word] = min(row, found.get(word, row))
    return found


def _check_reach(
    requirement: TargetRequirement,
    reach: tuple[float, float],
    target: Columns,
    tally: TableTally,
    findings: Findings,
) -> None:
    """Report targets that the last activation cannot give; each different value counts once."""
    column = tally.columns[target.columns[0]]
    values = [(row, parse_number(word, column.marks)) for word, row in column.words.items()]
    far = [(row, value) for row, value in values if not reach[0] <= value <= reach[1]]
    if far:
        row, value = min(far)
        found = value, tally.locate(row)
        report_out_of_reach(requirement, found, (len(far), len(values)), findings)


def _check_range(
    requirement: TargetRequirement, target: Columns, tally: TableTally, findings: Findings
) -> None:
    """Report the first value that the loss cannot take."""
    column = tally.columns[target.columns[0]]
    bad = []
    for word, row in column.words.items():
        value = parse_number(word, column.marks)
        is_fraction = requirement.takes_class_numbers and value % 1
        if value != requirement.ignored and (
            value < 0 or value > requirement.largest or is_fraction
        ):
            bad.append((row, value))
    if bad:
        row, value = min(bad)
        report_out_of_range(requirement, value, tally.locate(row), findings)

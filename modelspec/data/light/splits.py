"""Whether the columns that put rows of csv files into splits can do so."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from modelspec.data.prepare import (
    check_group_count,
    check_shared_groups,
    is_number,
    is_time,
    report_missing_time,
    report_no_time,
    wants_numbers,
)
from modelspec.diagnostics import Findings
from modelspec.spec.data import DROP, DataSpec, Value, comparable, split_times
from modelspec.tabular import parse_number

from .tally import ColumnTally, TableTally

TRAIN = "train"


def check_groups_and_times(
    data: DataSpec, tallies: Mapping[str, TableTally], findings: Findings
) -> None:
    """Check the values of `group` and of `by`.

    Args:
        data: the section.
        tallies: split name to the files of its source.
        findings: takes too few groups, one in two sources, and values that have no time.
    """
    train = tallies[TRAIN]
    if data.group is not None:
        groups = {name: _groups(tally.columns[data.group]) for name, tally in tallies.items()}
        missing = train.columns[data.group].missing.count and data.missing[data.group] != DROP
        count = len(groups[TRAIN]) + bool(missing)
        check_group_count(data, count, train.names, findings)
        check_shared_groups(data, _splits_of_groups(groups, train.groups), findings)
    for split, by in split_times(data).items():
        column = train.columns[by.column]
        as_number = wants_numbers(list(column.words), by, column.marks)
        bad = [
            (row, word)
            for word, row in column.words.items()
            if not (is_number(word, column.marks) if as_number else is_time(word, by))
        ]
        if bad:
            row, word = min(bad)
            report_no_time(by, split, word, train.locate(row), findings, as_number=as_number)
        elif column.missing.count and data.missing.get(by.column) != DROP:
            place = train.locate(column.missing.first_row)
            report_missing_time(by, split, place, findings)


def _splits_of_groups(
    groups: Mapping[str, set[Value]], by_column: Mapping[Value, set[str]]
) -> dict[Value, set[str]]:
    """Each group with the splits that have rows of it, by their sources or by a column."""
    found = {group: set(splits) for group, splits in by_column.items()}
    for split, values in groups.items():
        for value in values if split != TRAIN or not by_column else ():
            found.setdefault(value, set()).add(split)
    return found


def _groups(column: ColumnTally) -> set[Value]:
    parse = partial(parse_number, marks=column.marks)
    return {comparable(word, parse) for word in column.words}

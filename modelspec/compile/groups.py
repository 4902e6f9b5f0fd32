"""Groups of `each`: their columns, each an input of its own, and how many values these have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, did_you_mean
from modelspec.document import LocatedDict, LocatedList, value_span
from modelspec.spec.data import NAMED_RULES, TABLES, column_key, fill_of, label_text, made_of
from modelspec.spec.expansion import CATEGORIES, input_name
from modelspec.spec.expressions import has_expression, words_in

from .headers import READ_ERRORS, add_words, paths_of, report_unreadable, table_of
from .open_columns import with_column, written_names


def write_groups(data: LocatedDict, groups: LocatedDict, folder: Path, findings: Findings) -> None:
    """Put the columns of groups into them, each an input of its own, and their categories.

    Args:
        data: its `inputs` change.
        groups: by name; they change.
        folder: what the paths of files are relative to.
        findings: takes groups without columns, names that are taken, and a table that cannot be
            read where the categories are counted.
    """
    for name in groups:
        _write_group(data, name, groups, findings)
    counted = [
        group
        for group in groups.values()
        if isinstance(group, LocatedDict)
        and isinstance(group.get("columns"), LocatedList)
        and CATEGORIES in words_of(group)
    ]
    if counted:
        _count_categories(data, counted, folder, findings)


def _write_group(data: LocatedDict, name: str, groups: LocatedDict, findings: Findings) -> None:
    """The columns of a group of `each` into the group, and each an input of its own."""
    group, inputs = groups[name], data.get("inputs")
    if not isinstance(group, LocatedDict):
        return
    if not isinstance(inputs, LocatedDict) or name not in inputs:
        if "columns" not in group:
            message = f"`each` has the group `{name}`, and nothing names its columns"
            hint = f"write `{name}: [COLUMN, …]` under `data.inputs`, or `columns` in the group"
            findings.error(groups.key_spans[name], "missing-key", message, hint=hint)
        return
    span, key = inputs.value_spans[name], inputs.key_spans[name]
    options = inputs[name] if isinstance(inputs[name], LocatedDict) else None
    given = inputs[name] if options is None else options[column_key(options)]
    columns = LocatedList(span)
    for index, column in enumerate(written_names(given)):
        columns.put(column, value_span(given, index, span))
    written = LocatedDict(inputs.span)
    slugs = [input_name(column) for column in columns]
    for other, item in inputs.items():
        if other != name:
            written.put(other, item, inputs.key_spans[other], inputs.value_spans[other])
            continue
        for slug, column, place in zip(slugs, columns, columns.item_spans, strict=True):
            if slug in written or (slug in inputs and slug != name):
                message = f"the column `{column}` makes an input `{slug}`, which is there already"
                hint = "rename the other input, or the column in the table"
                findings.error(place, "duplicate-name", message, hint=hint)
            made = column
            if options is not None:  # all columns of a group have the same options
                made = with_column(options, column_key(options), column, place)
            written.put(slug, made, place, place)
    data.put("inputs", written, data.key_spans["inputs"], data.value_spans["inputs"])
    group.put("columns", columns, key, span)


def words_of(value: Any) -> set[str]:
    """The words in all expressions of a part of a spec."""
    if isinstance(value, LocatedDict):
        return set().union(*map(words_of, value.values()))
    if isinstance(value, LocatedList):
        return set().union(*map(words_of, value))
    return set(words_in(value)) if has_expression(value) else set()


def _count_categories(
    data: LocatedDict, groups: Sequence[LocatedDict], folder: Path, findings: Findings
) -> None:
    """How many different values each column of some groups has in the training table."""
    table = table_of(data)
    places = {
        column: place
        for group in groups
        for column, place in zip(group["columns"], group["columns"].item_spans, strict=True)
    }
    paths = list(paths_of(table, folder))
    if not paths or table.kind not in TABLES:
        message = "`categories` is known only with a table, such as a csv, which is not there"
        findings.error(data.key_spans["train"], "no-data-file", message, hint="write the number")
        return
    derived = made_of(data)
    for column in (name for name in places if name in derived):
        message = f"`{column}` is derived, and `categories` counts the values of the table"
        hint = "write a number in place of `categories`"
        findings.error(places[column], "unknown-column", message, hint=hint)
        return
    found: dict[str, set[str]] = {column: set() for column in places}
    for path in paths:
        try:
            header = add_words(table, path, found)
        except READ_ERRORS as error:
            span = next(iter(table.path_spans), table.span)
            report_unreadable(path.name, table, error, span, findings)
            return
        for column in (name for name in found if name not in header):
            message = f"`{column}` is not a column of {path.name}{did_you_mean(column, header)}"
            findings.error(places[column], "unknown-column", message)
            return
    rules = data.get("missing") or {}
    for column in found.keys() & rules.keys():
        fill = fill_of(rules[column])
        if fill not in NAMED_RULES:  # what stands in for missing values is a category, too
            found[column].add(label_text(fill))
    for group in groups:
        columns = group["columns"]
        counts = LocatedList(columns.span)
        for column, place in zip(columns, columns.item_spans, strict=True):
            counts.put(len(found[column]), place)
        group.put(CATEGORIES, counts, columns.span, columns.span)

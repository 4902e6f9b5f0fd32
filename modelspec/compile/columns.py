"""The columns that a spec leaves to its table: patterns, and all but some.

They are written out before anything else looks at the spec, so that all later stages, the run and
an export know the columns by their names. `headers.py` looks at the table, and `groups.py` writes
the columns of the groups of `each`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Span, did_you_mean, join_words
from modelspec.document import LocatedDict, LocatedList, value_span
from modelspec.spec.data import (
    DROP,
    STATISTICS,
    column_key,
    deciding_columns,
    fill_of,
    has_indicator,
    made_of,
)

from .groups import write_groups
from .headers import columns_of_table
from .open_columns import ANY, EXCEPT, groups_of, is_open, items_of, with_column, written_names


class _Names(NamedTuple):
    """Columns, each with the place of what named it."""

    columns: Sequence[str]
    spans: Sequence[Span]

    def located(self, span: Span) -> LocatedList:
        found = LocatedList(span)
        for name, place in zip(self.columns, self.spans, strict=True):
            found.put(name, place)
        return found


def write_out_columns(document: LocatedDict, folder: Path, findings: Findings) -> None:
    """Put the names of columns in the place of patterns, and shapes in that of `[null]`.

    Args:
        document: checked against the schema; its `data` and the inputs of its model change.
        folder: what the paths of files are relative to.
        findings: takes patterns that no column matches, and a table that cannot be read.
    """
    data = document["data"]
    before = findings.error_count
    groups = groups_of(document)
    sections = [data[key] for key in ("inputs", "targets") if key in data]
    has_open = any(is_open(item) for section in sections for item in items_of(section))
    header: tuple[str, ...] = ()
    if has_open or ("inputs" not in data and "missing" in data):
        may_be_names = has_open and _may_be_names(document, data)
        found = columns_of_table(data, folder, Findings() if may_be_names else findings)
        if found is None and not may_be_names:
            return
        has_open &= found is not None
        header = () if found is None else tuple(dict.fromkeys((*found, *made_of(data))))
    writer = _Writer(document, data, header, findings)
    if has_open:
        writer.write()
    if findings.error_count == before:
        _write_missing(document, data, header, findings)
        writer.write_sizes()
        if groups is not None:
            write_groups(data, groups, folder, findings)


def _may_be_names(document: LocatedDict, data: LocatedDict) -> bool:
    """Whether each `*` may belong to the name of a column, as in `rho (g/m**3)`.

    So it is where an input has as many names as its shape has columns.
    """
    targets = data.get("targets")
    if not all(isinstance(item, str) for item in items_of(targets) if is_open(item)):
        return False
    section = data.get("inputs")
    if not isinstance(section, LocatedDict) or EXCEPT in section:
        section = {None: section}
    return all(
        _columns_of(_entry(document, name)) == len(written_names(item))
        for name, item in section.items()
        if is_open(item) and not isinstance(item, LocatedDict)
    ) and not any(is_open(item) for item in section.values() if isinstance(item, LocatedDict))


def _columns_of(entry: Any) -> Any:
    """How many columns the shape of an input takes, as written."""
    shape = entry.get("shape") if isinstance(entry, LocatedDict) else None
    return shape[-1] if isinstance(shape, LocatedList) and shape else None


class _Writer:
    """Writes the columns of inputs and targets out."""

    def __init__(
        self, document: LocatedDict, data: LocatedDict, header: Sequence[str], findings: Findings
    ) -> None:
        self._document = document
        self._data = data
        self._header = header
        self._findings = findings
        self._kept = _other_uses(data)
        self._lists = _derived_lists(data)
        self._named = {name for key in ("inputs", "targets") for name in _named(data.get(key))}
        self._found: dict[str | None, Sequence[str]] = {}

    def write(self) -> None:
        for key in ("inputs", "targets"):
            section = self._data.get(key)
            span = value_span(self._data, key, self._data.span)
            if section is None:
                continue
            if not isinstance(section, LocatedDict) or EXCEPT in section:
                if is_open(section) and not self._has_other(section, key):
                    names = self._columns(section, span, is_target=key == "targets")
                    self._data.put(key, names.located(span), self._data.key_spans[key], span)
                    if key == "inputs":
                        self._found[None] = names.columns
                continue
            for name, item in section.items():
                if is_open(item):
                    self._write_item(section, name, item, is_target=key == "targets")

    def _write_item(self, section: LocatedDict, name: str, item: Any, *, is_target: bool) -> None:
        place = span = section.value_spans[name]
        key, columns = None, item
        if isinstance(item, LocatedDict) and list(item) != [EXCEPT]:
            if self._has_two_keys(name, item):
                return
            key = EXCEPT if EXCEPT in item else column_key(item)
            columns, place = item if key == EXCEPT else item[key], item.value_spans[key]
        names = self._columns(columns, place, is_target=is_target)
        written: Any = names.located(place)
        if key is not None:
            written = with_column(item, key, written, place)
        section.put(name, written, section.key_spans[name], span)
        if not is_target and (key is None or item.keys() <= {key, "rows"}):
            self._found[name] = names.columns

    def _has_other(self, section: Any, key: str) -> bool:
        """Whether `except` stands beside inputs; a finding where it does."""
        if not isinstance(section, LocatedDict) or (key == "inputs" and len(section) == 1):
            return False
        if key == "inputs":
            place = section.key_spans[EXCEPT]
            message = "`except` without the name of an input is for a model with one, got others"
            hint = "write it below the name: NAME: {except: [COLUMN, …]}"
            self._findings.error(place, "not-one-key", message, hint=hint)
        return True  # a target called `except` is reported with the outputs

    def _has_two_keys(self, name: str, item: LocatedDict) -> bool:
        """Whether `except` stands beside columns; a finding where it does."""
        if EXCEPT not in item or column_key(item) not in item:
            return False
        message = f"`{name}` has `{EXCEPT}` and `{column_key(item)}`, which both say its columns"
        self._findings.error(item.key_spans[EXCEPT], "not-one-key", message, hint="keep one")
        return True

    def _columns(self, item: Any, span: Span, *, is_target: bool) -> _Names:
        """The columns of what is written of one input or target."""
        if isinstance(item, LocatedDict):
            return self._all_but(item, span)
        columns: dict[str, Span] = {}
        written = [item] if isinstance(item, str) else item
        for index, name in enumerate(written):
            place = span if isinstance(item, str) else value_span(item, index, span)
            found = [name]
            if ANY in name and name not in self._header:
                taken = self._lists | (set() if is_target else self._kept)
                matched = matching(name, self._header)
                found = [one for one in matched if one not in taken]
                if not found:
                    self._report_none(name, place, matched)
            for one in found:
                columns.setdefault(one, place)
        return _Names(list(columns), list(columns.values()))

    def _all_but(self, item: LocatedDict, span: Span) -> _Names:
        """The columns that nothing else names, and `except` does not name."""
        given = item[EXCEPT]
        left = self._kept | self._named | self._lists | _sources(self._data)
        for index, name in enumerate(given):
            found = [name] if name in self._header else matching(name, self._header)
            if not found:
                self._report_none(name, value_span(given, index, span))
            left.update(found)
        columns = [name for name in self._header if name not in left]
        if not columns:
            message = "`except` leaves no column: all others are named elsewhere"
            self._findings.error(span, "unknown-column", message, hint="remove it")
        return _Names(columns, [span] * len(columns))

    def _report_none(self, name: str, place: Span, matched: Sequence[str] = ()) -> None:
        message = f"`{name}` is not a column{did_you_mean(name, self._header)}"
        if ANY in name:
            message = f"no column matches `{name}`"
        if matched:
            taken = join_words((f"`{column}`" for column in matched), most=12)
            message = f"`{name}` matches only what other keys use: {taken}"
        shown = join_words((f"`{column}`" for column in self._header), most=12)
        self._findings.error(place, "unknown-column", message, hint=f"the columns are {shown}")

    def write_sizes(self) -> None:
        """Give each input that columns feed their number, with that of their indicators."""
        missing = self._data.get("missing") or {}
        marked = {name for name, rule in missing.items() if has_indicator(rule)}
        for name, columns in self._found.items():
            self._size(name, len(columns) + len(marked & set(columns)))

    def _size(self, name: str | None, size: int) -> None:
        """Give the input that columns feed their number, where its shape is `[null]`."""
        model = self._document.get("model")
        body = next(iter(model.values())) if isinstance(model, LocatedDict) and model else None
        if not isinstance(body, LocatedDict):
            return
        entry = body.get("input")
        inputs = body.get("inputs")
        if isinstance(inputs, LocatedDict):
            alone = next(iter(inputs.values())) if len(inputs) == 1 else None
            entry = inputs.get(name) if name is not None else alone
        if not isinstance(entry, LocatedDict) or not isinstance(entry.get("shape"), LocatedList):
            return
        if list(entry["shape"]) == [None]:
            place = entry["shape"].item_spans[0]
            shape = LocatedList(entry["shape"].span)
            shape.put(size, place)
            entry.put("shape", shape, entry.key_spans["shape"], entry.value_spans["shape"])


def matching(pattern: str, header: Sequence[str]) -> list[str]:
    """The columns that a pattern matches, in their order."""
    form = re.compile(".*".join(map(re.escape, pattern.split(ANY))), re.DOTALL)
    return [name for name in header if form.fullmatch(name)]


def _named(section: Any) -> set[str]:
    """The columns that inputs or targets name, not by a pattern."""
    found: set[str] = set()
    for item in items_of(section):
        if isinstance(item, LocatedDict):
            found |= _named(item.get(column_key(item)))
            found |= {item["weight"]} if isinstance(item.get("weight"), str) else set()
        elif isinstance(item, str):
            found.add(item)
        elif isinstance(item, LocatedList):
            found |= {name for name in item if isinstance(name, str)}
    return found


def _other_uses(data: LocatedDict) -> set[str]:
    """The columns that no input gets by a pattern: those of targets, weights and splits."""
    found = _named(data.get("targets"))
    made, wanted = made_of(data), [*found]
    while wanted:  # what a derived target is made of would tell it
        wanted = [name for name in made.get(wanted.pop(), ()) if name not in found] + wanted
        found.update(wanted)
    return found | {name for _, name, _ in deciding_columns(data)}


def _derived_lists(data: LocatedDict) -> set[str]:
    """The derived columns that have several values in each row."""
    given = data.get("derive")
    pairs = given.items() if isinstance(given, LocatedDict) else ()
    return {name for name, value in pairs if isinstance(value, LocatedDict) and "split" in value}


def _sources(data: LocatedDict) -> set[str]:
    """What derived columns are made of, without those that have the name of their source."""
    return {name for made, sources in made_of(data).items() for name in sources if name != made}


def _write_missing(
    document: LocatedDict, data: LocatedDict, header: Sequence[str], findings: Findings
) -> None:
    """Rules for patterns as rules for columns; one for a column alone comes first."""
    missing = data.get("missing")
    if not isinstance(missing, LocatedDict) or not any(ANY in name for name in missing):
        return
    numeric, words = _inputs_by_kind(document, data, header)
    targets = _named(data.get("targets"))
    written = LocatedDict(missing.span)
    for name, rule in missing.items():
        if ANY not in name or name in header:
            written.put(name, rule, missing.key_spans[name], missing.value_spans[name])
    for name, rule in sorted(missing.items(), key=lambda pair: -len(pair[0])):
        if name in written or ANY not in name:
            continue
        fill = fill_of(rule)
        is_numeric = fill in STATISTICS or has_indicator(rule)
        of_rule = [*numeric] if is_numeric else [*numeric, *words]
        of_rule += [*targets] if fill == DROP else []
        found = matching(name, of_rule)
        if not found:
            message = f"`missing` names `{name}`, which no column of an input matches"
            place = missing.key_spans[name]
            findings.error(place, "unused-column", message, hint="fix the pattern, or remove it")
        for column in found:
            if column not in written:
                written.put(column, rule, missing.key_spans[name], missing.value_spans[name])
    data.put("missing", written, data.key_spans["missing"], data.value_spans["missing"])


def _inputs_by_kind(
    document: LocatedDict, data: LocatedDict, header: Sequence[str]
) -> tuple[list[str], list[str]]:
    """The columns that feed inputs: those read as numbers, and those read as text."""
    section = data.get("inputs")
    if section is None:
        taken = _other_uses(data) | _derived_lists(data) | _sources(data)
        return [name for name in header if name not in taken], []
    if not isinstance(section, LocatedDict):
        return list(written_names(section)), []
    groups: Mapping[str, Any] = groups_of(document) or {}
    numeric: dict[str, None] = {}
    words: dict[str, None] = {}
    for name, written in section.items():
        group, item = groups.get(name), written
        entry = group.get("input") if isinstance(group, LocatedDict) else _entry(document, name)
        is_text = isinstance(entry, LocatedDict) and entry.get("dtype") == "string"
        if isinstance(item, LocatedDict):
            is_text |= "tokens" in item or "date" in item
            item = item.get(column_key(item))
        (words if is_text else numeric).update(dict.fromkeys(written_names(item)))
    return list(numeric), [name for name in words if name not in numeric]


def _entry(document: LocatedDict, name: str | None) -> Any:
    body = next(iter(document["model"].values()))
    inputs = body.get("inputs") if isinstance(body, LocatedDict) else None
    if isinstance(inputs, LocatedDict):
        if name is None:
            return next(iter(inputs.values())) if len(inputs) == 1 else None
        return inputs.get(name)
    return body.get("input") if isinstance(body, LocatedDict) else None

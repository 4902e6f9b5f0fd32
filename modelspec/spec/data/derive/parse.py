"""The key `derive`: its forms, their options, and the order in which columns can be made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from modelspec.diagnostics import Findings, Span, join_words
from modelspec.document import LocatedDict, part_span, value_span
from modelspec.spec.data import CORPUS, DATE_PARTS, SYNTHETIC, Source, moment_of

from .derived import (
    BINS,
    CIRCLES,
    CLIP,
    DATES,
    EXPRESSION,
    FUNCTIONS,
    NUMBERS,
    PART,
    SPLIT,
    TEXTS,
    UNITS,
    UNTIL,
    Derived,
    DerivedColumns,
    own_source,
)

LENGTHS = ("until", "since")
"""The options that make a length of time of a date."""

FORMS = ("date", *FUNCTIONS, CLIP, BINS, SPLIT)
_OPTIONS = {
    "date": {"part", "until", "since", "unit", "cyclic", "format"},
    CLIP: {"min", "max"},
    BINS: {"edges", "quantiles"},
    SPLIT: {"by"},
}

NOTHING_DERIVED = DerivedColumns({}, {}, {}, {})


def parse_derive(section: LocatedDict, train: Source, findings: Findings) -> DerivedColumns:
    """The derived columns of a `data` section, in the order in which they can be made.

    Args:
        section: the section.
        train: the source of the training split.
        findings: takes forms that make no sense, and columns that are made of themselves.
    """
    given = section["derive"]
    if train.kind in (SYNTHETIC, CORPUS):
        what = "synthetic data" if train.kind == SYNTHETIC else "a corpus"
        message = f"{what} has no columns to derive others from"
        place = section.key_spans["derive"]
        findings.error(place, "unused-column", message, hint="remove `derive`")
        return NOTHING_DERIVED
    made: list[Derived] = []
    lists: dict[str, tuple[str, str, Span]] = {}
    for name, value in given.items():
        span, before = value_span(given, name, section.span), findings.error_count
        if isinstance(value, str):
            made += _expression(name, value, span, findings)
            continue
        forms = [key for key in value if key in FORMS]
        if len(forms) != 1:
            _report_forms(name, forms, span, findings)
            continue
        _check_options(name, forms[0], value, findings)
        if findings.error_count > before:
            continue
        if forms[0] == SPLIT:
            lists[name] = value[SPLIT], str(value["by"]), span
        else:
            made += _derived(name, forms[0], value, span, findings)
    columns = _in_order(made, findings)
    _check_kinds(columns.values(), lists, findings)
    return DerivedColumns(
        columns,
        {name: mark for name, (_, mark, _) in lists.items()},
        {name: span for name, (_, _, span) in lists.items()},
        {name: source for name, (source, _, _) in lists.items()},
        frozenset(one.name.removesuffix("_sin") for one in made if one.circle == "sin")
        - set(columns),
    )


def _report_forms(name: str, forms: Sequence[str], span: Span, findings: Findings) -> None:
    if forms:
        shown = join_words(f"`{form}`" for form in forms)
        message = f"the derived column `{name}` has one form, got {shown}"
        findings.error(span, "wrong-value", message, hint="make a column of each")
        return
    message = f"the derived column `{name}` does not say what it is made of"
    hint = "write for example {date: COLUMN, part: month}, {log1p: COLUMN}, or an expression"
    findings.error(span, "missing-key", message, hint=f'{hint} such as "${{a / b}}"')


def _check_options(name: str, form: str, value: LocatedDict, findings: Findings) -> None:
    """Report options of other forms, and options that are missing."""
    known = _OPTIONS.get(form, set())
    for key in value:
        if key != form and key not in known:
            message = f"`{key}` is not for `{form}`"
            takes = join_words(f"`{one}`" for one in sorted(known))
            hint = f"remove it: `{form}` takes {takes}" if known else "remove it"
            findings.error(value.key_spans[key], "wrong-value", message, hint=hint)
    span = value.value_spans[form]
    if form == SPLIT and "by" not in value:
        message = f"the derived column `{name}` needs `by`"
        findings.error(span, "missing-key", message, hint='for example `by: "|"`')
    if form == BINS and len({"edges", "quantiles"} & set(value)) != 1:
        message = f"the derived column `{name}` needs either `edges` or `quantiles`"
        hint = "for example `edges: [18, 30, 65]`, or `quantiles: 4` for bins of as many rows"
        findings.error(span, "missing-key", message, hint=hint)
    if form == CLIP and not {"min", "max"} & set(value):
        message = f"the derived column `{name}` needs `min` or `max`"
        findings.error(span, "missing-key", message, hint="for example `min: 0`")
    if form == CLIP and value.get("min", -math.inf) > value.get("max", math.inf):
        message = f"`min` of `{name}` is larger than `max`"
        findings.error(span, "wrong-value", message, hint="exchange `min` and `max`")
    edges = value.get("edges", ())
    if any(later <= earlier for earlier, later in pairwise(edges)):
        message = f"`edges` of `{name}` do not ascend"
        place = value.value_spans["edges"]
        findings.error(place, "wrong-value", message, hint="sort them, and write each once")
    if form == "date":
        _check_date_options(name, value, span, findings)


def _check_date_options(name: str, value: LocatedDict, span: Span, findings: Findings) -> None:
    parts = {"part", *LENGTHS} & set(value)
    if len(parts) != 1:
        message = f"the derived column `{name}` needs one of `part`, `until` and `since`"
        hint = (
            "write {date: COLUMN, part: month}, {date: COLUMN, until: COLUMN, unit: days}, or"
            " {date: COLUMN, since: 2024-01-31}"
        )
        findings.error(span, "missing-key", message, hint=hint)
        return
    for key, owners in (("unit", LENGTHS), ("cyclic", ("part",))):
        if key in value and not set(owners) & set(value):
            shown = join_words((f"`{owner}`" for owner in owners), "or")
            message = f"`{key}` goes with {shown}, which `{name}` does not have"
            findings.error(value.key_spans[key], "wrong-value", message, hint="remove it")
    since = value.get("since")
    if since is not None and _moment(since) is None:
        message = f'`since` of `{name}` must be a date in ISO form, got "{since}"'
        hint = "write it as year-month-day, such as since: 2024-01-31; `format` is for the column"
        findings.error(value.value_spans["since"], "wrong-value", message, hint=hint)
    part = value.get("part")
    if value.get("cyclic") and part is not None and DATE_PARTS[part].period is None:
        message = f"`{part}` does not begin again and again, so it is on no circle"
        findings.error(value.value_spans["cyclic"], "wrong-value", message, hint="remove `cyclic`")
    form = value.get("format")
    if form is not None and "%" not in form:
        message = f'`format` has no field such as %Y, got "{form}"'
        hint = 'for example `format: "%d.%m.%Y %H:%M"`, as for Python\'s strptime'
        findings.error(value.value_spans["format"], "wrong-value", message, hint=hint)


def _derived(
    name: str, form: str, value: LocatedDict, span: Span, findings: Findings
) -> list[Derived]:
    if form != "date":
        kind = Derived(
            name,
            form,
            {value[form]: NUMBERS},
            span,
            least=_optional(value.get("min")),
            largest=_optional(value.get("max")),
            edges=tuple(map(float, value.get("edges", ()))),
            quantiles=int(value.get("quantiles", 0)),
        )
        return [kind]
    dates, text_form = {value["date"]: DATES}, value.get("format")
    unit = UNITS[value.get("unit", "days")]
    if "until" in value:
        takes = {**dates, value["until"]: DATES}
        return [Derived(name, UNTIL, takes, span, unit=unit, form=text_form)]
    if "since" in value:
        since = _moment(value["since"])
        return [Derived(name, UNTIL, dates, span, unit=unit, form=text_form, since=since)]
    part = Derived(name, PART, dates, span, part=value["part"], form=text_form)
    if not value.get("cyclic"):
        return [part]
    return [replace(part, name=f"{name}_{circle}", circle=circle) for circle in CIRCLES]


def _moment(text: str) -> datetime | None:
    """A date or a time in ISO form, as a moment in UTC; None for other text."""
    try:
        return moment_of(datetime.fromisoformat(text))
    except ValueError:
        return None


def _optional(value: Any) -> float | None:
    return None if value is None else float(value)


def _expression(name: str, text: str, span: Span, findings: Findings) -> list[Derived]:
    """The column of an expression; nothing with a finding where it is wrong."""
    from modelspec.spec.expressions import NUMBER, ExpressionError, columns_in

    plain = text.replace("$${", "${")  # as it stands in the expanded spec of a run
    if "${" not in plain:
        message = f"the derived column `{name}` is {plain!r}, which is not an expression"
        hint = f'write it as "${{{plain}}}"'
        findings.error(span, "wrong-value", message, hint=hint)
        return []
    try:
        kinds = columns_in(plain)
    except ExpressionError as error:
        place = part_span(span, plain, error.start, error.end)
        findings.error(place, error.code, error.message, hint=error.hint)
        return []
    takes = {column: NUMBERS if kind == NUMBER else TEXTS for column, kind in kinds.items()}
    return [Derived(name, EXPRESSION, takes, span, text=plain)]


def _in_order(made: Sequence[Derived], findings: Findings) -> dict[str, Derived]:
    """The columns, each after those that it is made of; those in a circle are reported."""
    left = {one.name: _from_file(one) for one in made}
    done: dict[str, Derived] = {}
    while left:
        ready = [one for one in left.values() if not set(one.takes) & set(left)]
        if not ready:
            first = _circle(left)
            path = join_words(f"`{name}`" for name in first)
            message = f"the derived columns {path} are made of one another"
            findings.error(left[first[0]].span, "derived-circle", message)
            return done
        for one in ready:
            done[one.name] = left.pop(one.name)
    return done


def _from_file(one: Derived) -> Derived:
    """The column; one that is made of its own name takes the column of the file."""
    if one.name not in one.takes:
        return one
    takes = {own_source(n) if n == one.name else n: kind for n, kind in one.takes.items()}
    return replace(one, takes=takes)


def _circle(left: Mapping[str, Derived]) -> list[str]:
    """Columns of which each takes the next one, and the last the first."""
    path = [next(iter(left))]
    while True:
        after = next(name for name in left[path[-1]].takes if name in left)
        if after in path:
            return path[path.index(after) :]
        path.append(after)


def _check_kinds(columns: Iterable[Derived], lists: Mapping[str, Any], findings: Findings) -> None:
    """Report derived columns that are made of derived ones of another kind."""
    known = {one.name: one for one in columns}
    for one in known.values():
        for name, kind in one.takes.items():
            if name in lists:
                message = f"`{one.name}` takes {kind}, and `{name}` has lists"
                findings.error(one.span, "wrong-column-type", message)
            elif name in known and known[name].quantiles:
                message = f"`{one.name}` is made of `{name}`, whose edges are learned after it"
                hint = f"give `{name}` `edges` in place of `quantiles`"
                findings.error(one.span, "wrong-value", message, hint=hint)
            elif name in known and kind != NUMBERS:
                message = f"`{one.name}` takes {kind}, and the derived column `{name}` has numbers"
                findings.error(one.span, "wrong-column-type", message)

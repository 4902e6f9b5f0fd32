"""Columns that are made of columns. Needs no numpy: `data.table` makes whole columns."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from modelspec.diagnostics import Findings, Span, join_words
from modelspec.document import LocatedDict, value_span

from .columns import Columns
from .dates import DATE_PARTS
from .rows import deciding_columns
from .sources import CORPUS, SYNTHETIC, Source

PART, UNTIL, CLIP, BINS, EXPRESSION = "part", "until", "clip", "bins", "expression"
"""The kinds of derived columns besides `FUNCTIONS`."""

SPLIT = "split"

FUNCTIONS: dict[str, Callable[[float], float]] = {
    "log": math.log,
    "log1p": math.log1p,
    "log10": math.log10,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "abs": abs,
}
"""The functions of one number, by their name in the spec."""

UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
"""The seconds of each unit of a length of time."""

NUMBERS, DATES, TEXTS = "numbers", "dates", "text"
"""What a derived column takes."""

CIRCLES = {"sin": math.sin, "cos": math.cos}

_FORMS = ("date", *FUNCTIONS, CLIP, BINS, SPLIT)
_OPTIONS = {
    "date": {"part", "until", "unit", "cyclic", "format"},
    CLIP: {"min", "max"},
    BINS: {"edges", "quantiles"},
    SPLIT: {"by"},
}


@dataclass(frozen=True, slots=True)
class Derived:
    """One derived column.

    Attributes:
        name: of the column.
        kind: `PART`, `UNTIL`, `CLIP`, `BINS`, `EXPRESSION`, or one of `FUNCTIONS`.
        takes: the columns that it is made of, each with what that must hold. A column of the file
            with its own name is called `own_source`.
        span: where it stands in the spec.
        part: the part of a date.
        circle: "sin" or "cos" of its place on a circle; "" for the part itself.
        unit: the seconds of the unit of a length of time.
        form: how dates are written, as for `strptime`; None for the common forms.
        least: the bound of `CLIP`; None for none.
        largest: the other one.
        edges: of `BINS`, ascending.
        quantiles: the number of bins whose edges are learned; 0 for edges that are given.
        text: the expression, between `${` and `}`.
    """

    name: str
    kind: str
    takes: Mapping[str, str]
    span: Span
    part: str = ""
    circle: str = ""
    unit: int = 1
    form: str | None = None
    least: float | None = None
    largest: float | None = None
    edges: tuple[float, ...] = ()
    quantiles: int = 0
    text: str = ""

    @property
    def own_source(self) -> str:
        """What the column of the file is called that has the name of the derived one."""
        return own_source(self.name)

    @property
    def is_time(self) -> bool:
        """Whether a time without a date will do."""
        return self.kind == PART and DATE_PARTS[self.part].is_time

    def of_row(self, values: Mapping[str, Any]) -> float | None:
        """The value in one row; None where one of its columns has none, or there is no finite one.

        Args:
            values: column to its value: a number, a `datetime` or a text, or None.
        """
        if any(values[name] is None for name in self.takes):
            return None
        try:
            found = self._of_row(values)
        except (ValueError, OverflowError):
            return None
        return found if found is not None and math.isfinite(found) else None

    def _of_row(self, values: Mapping[str, Any]) -> float | None:
        if self.kind == EXPRESSION:
            from modelspec.spec.expressions import row_value

            given = {name: values[name] for name in self.takes}
            if self.own_source in given:
                given[self.name] = given.pop(self.own_source)
            return row_value(self.text, given)
        first, *others = (values[name] for name in self.takes)
        if self.kind == UNTIL:
            last: datetime = others[0] if others else first
            return (_naive(last) - _naive(first)).total_seconds() / self.unit
        if self.kind == PART:
            part = DATE_PARTS[self.part]
            value = part.of(first)
            if not self.circle or part.period is None:
                return float(value)
            return CIRCLES[self.circle](2 * math.pi * (value - part.first) / part.period)
        if self.kind == BINS and self.quantiles and not self.edges:
            return 0.0  # which bin is known only after training has learned the edges
        if self.kind == BINS:
            return float(bisect_right(self.edges, first))
        if self.kind == CLIP:
            least = first if self.least is None else max(first, self.least)
            return float(least if self.largest is None else min(least, self.largest))
        return FUNCTIONS[self.kind](first)


def own_source(name: str) -> str:
    """What a column of a file is called of which a derived one has the name."""
    return f"{name} (of the file)"


def _naive(date: datetime) -> datetime:
    return date.replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class DerivedColumns:
    """The derived columns of a section.

    Attributes:
        columns: by name, each after those that it is made of.
        lists: column to what separates the values in its cells, for those that are lists.
        list_spans: where these stand.
        list_sources: what the columns of lists are called in the file.
        circles: the names that became two columns each.
    """

    columns: Mapping[str, Derived]
    lists: Mapping[str, str]
    list_spans: Mapping[str, Span]
    list_sources: Mapping[str, str]
    circles: frozenset[str] = frozenset()


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
        forms = [key for key in value if key in _FORMS]
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
    parts = {"part", "until"} & set(value)
    if len(parts) != 1:
        message = f"the derived column `{name}` needs either `part` or `until`"
        hint = "write {date: COLUMN, part: month}, or {date: COLUMN, until: COLUMN, unit: days}"
        findings.error(span, "missing-key", message, hint=hint)
        return
    for key, owner in (("unit", "until"), ("cyclic", "part")):
        if key in value and owner not in value:
            message = f"`{key}` goes with `{owner}`, which `{name}` does not have"
            findings.error(value.key_spans[key], "wrong-value", message, hint="remove it")
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
    if "until" in value:
        takes = {**dates, value["until"]: DATES}
        unit = UNITS[value.get("unit", "days")]
        return [Derived(name, UNTIL, takes, span, unit=unit, form=text_form)]
    part = Derived(name, PART, dates, span, part=value["part"], form=text_form)
    if not value.get("cyclic"):
        return [part]
    return [replace(part, name=f"{name}_{circle}", circle=circle) for circle in CIRCLES]


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
        place = _part(span, plain, error.start, error.end)
        findings.error(place, error.code, error.message, hint=error.hint)
        return []
    takes = {column: NUMBERS if kind == NUMBER else TEXTS for column, kind in kinds.items()}
    return [Derived(name, EXPRESSION, takes, span, text=plain)]


def _part(span: Span, text: str, start: int, end: int) -> Span:
    """The place of some characters of a text in quotes on one line; else that of all of it."""
    if span.line != span.end_line or span.end_column - span.column != len(text) + 2:
        return span
    column = span.column + 1
    return span._replace(column=column + start, end_column=column + max(end, start + 1))


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


def with_lists(columns: Columns, derived: DerivedColumns, findings: Findings) -> Columns:
    """An input or a target; of a derived column of lists, the column of the file and its mark."""
    for name, place in zip(columns.columns, columns.column_spans, strict=True):
        if name in derived.circles:
            message = f"`{name}` is on a circle: it is the columns `{name}_sin` and `{name}_cos`"
            hint = f"write [{name}_sin, {name}_cos], or remove `cyclic`"
            findings.error(place, "unknown-column", message, hint=hint)
    names = [name for name in columns.columns if name in derived.lists]
    if not names:
        return columns
    name = names[0]
    if not {"pad", "multi_hot"} & set(columns.options):
        message = f"`{name}` has several values in a cell, and is read as one"
        hint = f"name the input or target, and write NAME: {{column: {name}, pad: 5}},"
        hint += f" or for a target {{column: {name}, labels: auto, multi_hot: true}}"
        place = columns.column_spans[columns.columns.index(name)]
        findings.error(place, "column-options", message, hint=hint)
        return columns
    sources = tuple(derived.list_sources.get(one, one) for one in columns.columns)
    options = {**columns.options, "split": derived.lists[name]}
    spans = {**columns.option_spans, "split": derived.list_spans[name]}
    return replace(columns, columns=sources, options=options, option_spans=spans)


def check_lists_in_use(section: LocatedDict, derived: DerivedColumns, findings: Findings) -> None:
    """Report derived columns of lists where single values are compared."""
    for key in ("group", "stratify", "sample_weight"):
        if section.get(key) in derived.lists:
            message = f"`{key}` takes single values, and `{section[key]}` has lists"
            place = section.value_spans[key]
            findings.error(place, "wrong-column-type", message, hint="name another column")


def made_of(section: LocatedDict) -> dict[str, set[str]]:
    """The derived columns of a section that may have mistakes, each with what it is made of.

    Args:
        section: of data, as it is written; it may have expressions of params.
    """
    found: dict[str, set[str]] = {}
    given = section.get("derive")
    for name, value in given.items() if isinstance(given, LocatedDict) else ():
        if isinstance(value, str):
            found[name] = _columns_of(value)
            continue
        keys = [key for key in (*_FORMS, "until") if key in value]
        sources = {value[key] for key in keys if isinstance(value[key], str)}
        is_circle = "date" in value and value.get("cyclic") is True
        names = [f"{name}_{circle}" for circle in CIRCLES] if is_circle else [name]
        found |= dict.fromkeys(names, sources)
    return found


def _columns_of(text: str) -> set[str]:
    from modelspec.spec.expressions import ExpressionError, columns_in

    try:
        return set(columns_in(text.replace("$${", "${")))
    except ExpressionError:
        return set()


def check_unused(
    section: LocatedDict,
    derived: DerivedColumns,
    inputs: Iterable[Columns],
    targets: Iterable[Columns],
    findings: Findings,
) -> None:
    """Warn of derived columns that nothing uses: they are never made.

    Args:
        section: of data.
        derived: its derived columns.
        inputs: all of them.
        targets: all of them.
        findings: takes the warnings.
    """
    used = {name for columns in inputs for name in columns.columns}
    used |= {name for _, name, _ in (*deciding_columns(section), *_of_targets(targets))}
    made = {_written_name(one) for one in needed(used, derived.columns)}
    unused = {_written_name(one): one.span for one in derived.columns.values()}
    for name, span in unused.items():
        if name not in made:
            message = f"nothing uses the derived column `{name}`"
            hint = "name it under `inputs`, or remove it"
            findings.warning(span, "unused-column", message, hint=hint)


def _written_name(one: Derived) -> str:
    return one.name.removesuffix(f"_{one.circle}") if one.circle else one.name


def check_learned_in_use(
    section: LocatedDict, derived: DerivedColumns, targets: Iterable[Columns], findings: Findings
) -> None:
    """Report bins of learned edges anywhere but in inputs.

    The edges are learned from the training split, which is known when rows and targets are.
    """
    learned = {one.name for one in derived.columns.values() if one.quantiles}
    if not learned:
        return
    for what, name, span in (*deciding_columns(section), *_of_targets(targets)):
        if name in learned:
            message = f"{what} takes `{name}`, whose edges are learned from the training split"
            hint = f"give `{name}` `edges` in place of `quantiles`; learned ones are for inputs"
            findings.error(span, "wrong-value", message, hint=hint)


def _of_targets(targets: Iterable[Columns]) -> Iterator[tuple[str, str, Span]]:
    for target in targets:
        for name, span in zip(target.columns, target.column_spans, strict=True):
            yield "a target", name, span
        if target.weight is not None:
            yield "the weight of a target", target.weight, target.place("weight")


def needed(names: Iterable[str], derived: Mapping[str, Derived]) -> list[Derived]:
    """The derived columns that some columns are or are made of, in the order of making."""
    wanted = set(names)
    found = []
    for one in reversed(list(derived.values())):
        if one.name in wanted:
            found.append(one)
            wanted |= set(one.takes)
    return found[::-1]

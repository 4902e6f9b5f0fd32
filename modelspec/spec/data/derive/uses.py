"""Where derived columns are used, and what each is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict
from modelspec.spec.data import Columns, deciding_columns

from .derived import (
    CIRCLES,
    Derived,
    DerivedColumns,
    needed,
)
from .parse import FORMS


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
        keys = [key for key in (*FORMS, "until") if key in value]
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

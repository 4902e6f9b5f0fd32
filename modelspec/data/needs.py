"""Which columns a spec uses, what for, and where it says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from modelspec.diagnostics import Findings, Span, did_you_mean, listed
from modelspec.graph import Graph
from modelspec.spec import InputSpec
from modelspec.spec.data import Columns, DataSpec

NUMBER, TEXT, LABEL, ANY = "number", "text", "label", "any"


class Need(NamedTuple):
    """One use of a column.

    Attributes:
        column: its name.
        use: "number", "text", "label", or "any" where the values decide.
        role: what messages call the use: "the input `measures`".
        span: where the spec names the column.
    """

    column: str
    use: str
    role: str
    span: Span


@dataclass(frozen=True, slots=True)
class Plan:
    """What the model is fed and held to.

    Attributes:
        inputs: the model's inputs with their columns. Columns are None for the one input that
            takes all columns which nothing else uses.
        targets: the model's outputs with their columns, each with its name filled in.
        needs: every use of a column that the spec names.
    """

    inputs: tuple[tuple[InputSpec, Columns | None], ...]
    targets: tuple[Columns, ...]
    needs: tuple[Need, ...]

    @property
    def takes_the_rest(self) -> bool:
        """Whether an input takes the columns that nothing else uses."""
        return any(columns is None for _, columns in self.inputs)


def plan(data: DataSpec, graph: Graph, findings: Findings) -> Plan | None:
    """Match the `data` section with the model's inputs and outputs; None with findings."""
    before = len(findings)
    inputs = _inputs(data, graph, findings)
    targets = _targets(data, graph, findings)
    if len(findings) > before:
        return None
    return Plan(inputs, targets, tuple(_needs(data, inputs, targets)))


def _inputs(
    data: DataSpec, graph: Graph, findings: Findings
) -> tuple[tuple[InputSpec, Columns | None], ...]:
    known = {entry.name: entry for entry in graph.inputs}
    if data.inputs is None or data.inputs[0].name is None:
        if len(known) == 1:
            given = None if data.inputs is None else data.inputs[0]
            return ((graph.inputs[0], given),)
        span = data.span if data.inputs is None else data.inputs[0].span
        names = listed(f"`{name}`" for name in known)
        message = (
            f"the model has {len(known)} inputs, {names}; `data` must say which columns feed each"
        )
        findings.error(
            span, "input-without-columns", message, hint="write `inputs: {NAME: COLUMNS}`"
        )
        return ()
    given_names = {columns.name for columns in data.inputs}
    for columns in data.inputs:
        _check_name(columns, list(known), "input", findings)
    for name in known:
        if name not in given_names:
            message = f"no columns feed the model's input `{name}`"
            findings.error(data.inputs[0].span, "input-without-columns", message)
    return tuple((known[c.name], c) for c in data.inputs if c.name in known)


def _targets(data: DataSpec, graph: Graph, findings: Findings) -> tuple[Columns, ...]:
    known = list(graph.output_names)
    only = data.targets[0]
    if only.name is None:
        if len(known) == 1:
            return (_named(only, known[0]),)
        names = listed(f"`{name}`" for name in known)
        message = (
            f"the model has {len(known)} outputs, {names}; `targets` must name a column for each"
        )
        findings.error(
            only.span, "output-without-target", message, hint="write `targets: {NAME: COLUMN}`"
        )
        return ()
    before = len(findings)
    for columns in data.targets:
        _check_name(columns, known, "output", findings)
    missing = [name for name in known if all(c.name != name for c in data.targets)]
    if missing and len(findings) == before:
        names = listed(f"`{name}`" for name in missing)
        message = f"`targets` has no column for the model's output {names}"
        findings.error(only.span, "output-without-target", message)
    return data.targets


def _named(columns: Columns, name: str) -> Columns:
    return Columns(name, columns.columns, columns.column_spans, columns.single, columns.span)


def _check_name(columns: Columns, known: Sequence[str], what: str, findings: Findings) -> None:
    name = columns.name or ""
    if name in known:
        return
    message = f"the model has no {what} `{name}`{did_you_mean(name, known)}"
    hint = f"its {what}s are {listed(f'`{n}`' for n in known)}"
    findings.error(columns.span, f"unknown-{what}", message, hint=hint)


def _needs(
    data: DataSpec,
    inputs: tuple[tuple[InputSpec, Columns | None], ...],
    targets: tuple[Columns, ...],
) -> list[Need]:
    needs = []
    for entry, columns in inputs:
        use = TEXT if entry.dtype == "string" else NUMBER
        needs += _of(columns, use, f"the input `{entry.name}`")
    for columns in targets:
        use = ANY if columns.labels is None else LABEL
        needs += _of(columns, use, f"the target `{columns.name}`")
    if data.stratify is not None:
        needs.append(Need(data.stratify, ANY, "`stratify`", data.stratify_span))
    if data.sample_weight is not None:
        role = "`sample_weight`"
        needs.append(Need(data.sample_weight, NUMBER, role, data.sample_weight_span))
    return needs


def _of(columns: Columns | None, use: str, role: str) -> list[Need]:
    if columns is None:
        return []
    pairs = zip(columns.columns, columns.column_spans, strict=True)
    return [Need(name, use, role, span) for name, span in pairs]


def without(needs: Sequence[Need], *roles: str) -> tuple[Need, ...]:
    """The needs of all other roles."""
    return tuple(need for need in needs if need.role not in roles)

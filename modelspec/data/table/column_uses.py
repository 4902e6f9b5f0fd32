"""Which columns a spec uses, what for, and where it says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from modelspec.analysis.data_checks import match_inputs, match_targets
from modelspec.diagnostics import Findings, Span
from modelspec.graph import Graph
from modelspec.spec.data import SERIES, Columns, DataSpec
from modelspec.spec.model import InputSpec

NUMBER, TEXT, LABEL, ANY = "number", "text", "label", "any"


class ColumnUse(NamedTuple):
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

    @property
    def orders(self) -> bool:
        """Whether the column says how rows follow one another."""
        return self.role in ("`group`", "`time`")

    @property
    def is_input(self) -> bool:
        """Whether the column feeds an input of the model."""
        return self.role.startswith("the input")


@dataclass(frozen=True, slots=True)
class FeaturePlan:
    """What the model is fed and held to.

    Attributes:
        inputs: the model's inputs with their columns. Columns are None for the one input that
            takes all columns which nothing else uses.
        targets: the model's outputs with their columns, each with its name filled in.
        needs: every use of a column that the spec names.
    """

    inputs: tuple[tuple[InputSpec, Columns | None], ...]
    targets: tuple[Columns, ...]
    needs: tuple[ColumnUse, ...]

    @property
    def takes_the_rest(self) -> bool:
        """Whether an input takes the columns that nothing else uses."""
        return any(columns is None for _, columns in self.inputs)


def plan(data: DataSpec, graph: Graph, findings: Findings) -> FeaturePlan | None:
    """Match the `data` section with the model's inputs and outputs; None with findings."""
    before = len(findings)
    inputs = match_inputs(data, graph, findings)
    targets = match_targets(data, graph, findings)
    if len(findings) > before:
        return None
    return FeaturePlan(inputs, targets, tuple(_needs(data, inputs, targets)))


def _needs(
    data: DataSpec,
    inputs: tuple[tuple[InputSpec, Columns | None], ...],
    targets: tuple[Columns, ...],
) -> list[ColumnUse]:
    needs = []
    for entry, columns in inputs:
        use = TEXT if entry.dtype == "string" else NUMBER
        needs += _of(columns, use, f"the input `{entry.name}`")
    for columns in targets:
        use = ANY if columns.labels is None else LABEL
        needs += _of(columns, use, f"the target `{columns.name}`")
    if data.stratify is not None:
        needs.append(ColumnUse(data.stratify, ANY, "`stratify`", data.stratify_span))
    if data.sample_weight is not None:
        role = "`sample_weight`"
        needs.append(ColumnUse(data.sample_weight, NUMBER, role, data.sample_weight_span))
    for option in ("group", "time") if data.train.kind == SERIES else ():
        if option in data.train.options:
            place = data.train.place(option)
            needs.append(ColumnUse(data.train.options[option], ANY, f"`{option}`", place))
    return needs


def _of(columns: Columns | None, use: str, role: str) -> list[ColumnUse]:
    if columns is None:
        return []
    pairs = zip(columns.columns, columns.column_spans, strict=True)
    return [ColumnUse(name, use, role, span) for name, span in pairs]


def without(needs: Sequence[ColumnUse], *roles: str) -> tuple[ColumnUse, ...]:
    """The needs of all other roles."""
    return tuple(need for need in needs if need.role not in roles)


def columns_of(needs: Sequence[ColumnUse]) -> list[str]:
    """The columns that are needed, each once."""
    return list(dict.fromkeys(need.column for need in needs))

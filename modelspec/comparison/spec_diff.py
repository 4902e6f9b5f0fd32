"""What changed between two specs: the model, the data, the training and what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelspec.analysis import Analysis
from modelspec.compile import CompiledSpec
from modelspec.report import Summary
from modelspec.runs import differing_settings
from modelspec.spec import fill_defaults

from .changes import Changes, LayerChange, Value
from .matching import Matching
from .nodes import nodes_of
from .weights import Fit, TensorFit, tensor_fits

SECTIONS = ("data", "training", "expect")
"""Of a spec, beside its model."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared.

    Attributes:
        label: what the user called it.
        compiled: its spec.
        summary: of its model.
        metrics: what a complete run has reached, by name; empty for a spec.
        missed: the expectations that it misses, as sentences.
    """

    label: str
    compiled: CompiledSpec
    summary: Summary
    metrics: Mapping[str, float]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpecDiff:
    """How two specs differ.

    Attributes:
        old: the first one.
        new: the second one.
        layers: the layers, inputs and outputs that are not as they were.
        affected: layers whose shapes, params or FLOPs follow from those.
        kind: of the model, `sequential` or `functional`, where it is another.
        totals: params, trained params, FLOPs and memory, where they differ.
        settings: dotted path to values, for `data`, `training` and `expect`.
        metrics: what the runs reached, where both are runs.
        tensors: every tensor with whether the old one fits.
    """

    old: Side
    new: Side
    layers: tuple[LayerChange, ...]
    affected: tuple[LayerChange, ...]
    kind: Value | None
    totals: Mapping[str, Value]
    settings: Mapping[str, Value]
    metrics: Mapping[str, Value]
    tensors: tuple[TensorFit, ...]

    @property
    def is_same(self) -> bool:
        """Whether model, data, training and expectations are equal."""
        return not (self.layers or self.affected or self.kind or self.settings)

    def tensors_that(self, fit: Fit) -> list[TensorFit]:
        """The tensors with one fate."""
        return [tensor for tensor in self.tensors if tensor.fit is fit]


def diff_specs(old: Side, new: Side) -> SpecDiff:
    """Compare two specs whose models are analysed."""
    parts = list(_matchings(old.compiled.analysis, new.compiled.analysis, ""))
    layers: list[LayerChange] = []
    affected: list[LayerChange] = []
    tensors: list[TensorFit] = []
    for matching, prefix in parts:
        changes = Changes(matching, prefix)
        layers += changes.layers()
        affected += changes.affected()
        tensors += tensor_fits(matching, prefix)
    kinds = old.summary.kind, new.summary.kind
    metrics = {
        name: Value(old.metrics[name], new.metrics[name])
        for name in old.metrics
        if name in new.metrics and old.metrics[name] != new.metrics[name]
    }
    return SpecDiff(
        old,
        new,
        tuple(layers),
        tuple(affected),
        Value(*kinds) if kinds[0] != kinds[1] else None,
        _totals(old.summary, new.summary),
        _settings(old.compiled, new.compiled),
        metrics,
        tuple(tensors),
    )


def _matchings(old: Analysis, new: Analysis, prefix: str) -> Iterator[tuple[Matching, str]]:
    """The matching of two models, and those of the nested models that are the same layer."""
    matching = Matching(nodes_of(old), nodes_of(new))
    yield matching, prefix
    for old_name, new_name in matching.to_new.items():
        inner = matching.old[old_name].inside, matching.new[new_name].inside
        if inner[0] is not None and inner[1] is not None:
            yield from _matchings(inner[0], inner[1], f"{prefix}{new_name}/")


def _totals(old: Summary, new: Summary) -> dict[str, Value]:
    before, now = _numbers(old), _numbers(new)
    return {key: Value(before[key], now[key]) for key in before if before[key] != now[key]}


def _numbers(summary: Summary) -> dict[str, int | None]:
    return {
        "params": summary.params["total"],
        "trained params": summary.params["trainable"],
        "FLOPs": summary.flops,
        "training memory": summary.memory["training"],
        "inference memory": summary.memory["inference"],
    }


def _settings(old: CompiledSpec, new: CompiledSpec) -> dict[str, Value]:
    before, now = (fill_defaults(one.spec.document, one.spec.name) for one in (old, new))
    documents: list[dict[str, Any]] = [
        {key: document[key] for key in SECTIONS if key in document} for document in (before, now)
    ]
    return {path: Value(*values) for path, values in differing_settings(documents)}

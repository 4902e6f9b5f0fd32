"""What changed between two specs: the model, the data, the training and what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modelspec.analysis import Analysis
from modelspec.compile import CompiledSpec
from modelspec.report import Summary
from modelspec.runs import differing_settings
from modelspec.spec import Spec, fill_defaults
from modelspec.spec.model import ModelSpec
from modelspec.value_classes import value_class

from .changes import Changes, LayerChange, Value
from .ends import changed_ends
from .matching import Matching
from .nodes import Prefix, nodes_of
from .weights import Fit, TensorFit, has_pair_inside, tensor_fits

SECTIONS = ("data", "training", "expect")
"""Of a spec, beside its model."""


@value_class
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


@value_class
class SpecDiff:
    """How two specs differ.

    Attributes:
        old: the first one.
        new: the second one.
        layers: the layers, inputs and outputs that are not as they were.
        affected: layers whose shapes, params or FLOPs follow from those.
        kind: of the model, `sequential` or `functional`, where it is another.
        ends: what a model takes and returns, where its structure or its order is another:
            `inputs`, `input_structure` and `outputs`, of nested models under their paths.
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
    ends: Mapping[str, Value]
    totals: Mapping[str, Value]
    settings: Mapping[str, Value]
    metrics: Mapping[str, Value]
    tensors: tuple[TensorFit, ...]

    @property
    def is_same(self) -> bool:
        """Whether model, data, training and expectations are equal."""
        return not (self.layers or self.affected or self.kind or self.ends or self.settings)

    def _repr_html_(self) -> str:
        """For notebooks: the text that `modelspec diff` prints."""
        from modelspec.markup import text, view

        from .views import FORMATS

        title = f"{self.old.label} and {self.new.label}"
        return view(title, text(FORMATS["text"](self)))

    def tensors_that(self, fit: Fit) -> list[TensorFit]:
        """The tensors with one fate."""
        return [tensor for tensor in self.tensors if tensor.fit is fit]


def diff_specs(old: Side, new: Side) -> SpecDiff:
    """Compare two specs whose models are analysed."""
    before, now = (_Model(one.compiled.analysis, one.compiled.spec.model) for one in (old, new))
    layers: list[LayerChange] = []
    affected: list[LayerChange] = []
    tensors: list[TensorFit] = []
    ends: dict[str, Value] = {}
    for matching, prefix, one, other in _matchings(before, now, Prefix("", "")):
        tensors += tensor_fits(matching, prefix)
        if one.spec is None or other.spec is None:
            continue  # layers inside an application are Keras's
        changes = Changes(matching, prefix.new)
        layers += changes.layers()
        affected += changes.affected()
        found = changed_ends(matching, one.analysis.graph, other.analysis.graph)
        ends |= {f"{prefix.new}{key}": value for key, value in found.items()}
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
        ends,
        _totals(old.summary, new.summary),
        _settings(old.compiled, new.compiled),
        metrics,
        tuple(tensors),
    )


class _Model(NamedTuple):
    """A model as it is analysed, and as the spec has it; None for what is inside an application."""

    analysis: Analysis
    spec: ModelSpec | None


def _matchings(
    old: _Model, new: _Model, prefix: Prefix
) -> Iterator[tuple[Matching, Prefix, _Model, _Model]]:
    """The matching of two models, and those of the nested models that are the same layer."""
    is_nested = bool(prefix.new)
    matching = Matching(*(nodes_of(*one, is_nested=is_nested) for one in (old, new)))
    yield matching, prefix, old, new
    for pair in matching.to_new.items():
        before, now = matching.old[pair[0]], matching.new[pair[1]]
        if has_pair_inside(before, now):
            assert before.inside is not None and now.inside is not None
            inner = _Model(before.inside, before.model), _Model(now.inside, now.model)
            paths = Prefix(f"{prefix.old}{pair[0]}/", f"{prefix.new}{pair[1]}/")
            yield from _matchings(*inner, paths)


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
    documents = [_sections(one.spec) for one in (old, new)]
    return {path: Value(*values) for path, values in differing_settings(documents)}


def _sections(spec: Spec) -> dict[str, Any]:
    written = {key: spec.document[key] for key in SECTIONS if key in spec.document}
    filled = fill_defaults(written, spec.name)
    return {key: filled[key] for key in written}

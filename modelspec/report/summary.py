"""The summary of a model: its layers, parameters, FLOPs and memory, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from modelspec.analysis import Analysis, LayerFacts, TensorStructure, count_parameters, tensors_of
from modelspec.analysis.memory import Memory
from modelspec.layers.rule import Tensor
from modelspec.value_classes import value_class

if TYPE_CHECKING:
    from modelspec.analysis.sizes import SizeFacts


@value_class
class LayerSummary:
    """One layer. Shapes have the batch axis first; None is an unknown size.

    Attributes:
        name: inside a nested model, prefixed with the model's name and a slash.
        type: the class, or `ops.NAME`.
        inputs: the names of the tensors that its calls read.
        output_shape: a shape, or a list (or mapping) of shapes if it has several outputs; None
            if unknown.
        dtype: of its (first) output; None if unknown.
        params: the number of parameters in its weights.
        trainable: how many of these are trained.
        flops: of all its calls, for the forward pass of one example.
        line: the line in the spec, from 1.
        output_sizes: `output_shape` with what is known of open sizes, such as `T // 2`; None, and
            left out of the JSON form, in a model whose inputs leave no size open.
    """

    name: str
    type: str
    inputs: list[str]
    output_shape: Any
    dtype: str | None
    params: int | None
    trainable: int | None
    flops: int | None
    line: int
    output_sizes: Any = None


@value_class
class Summary:
    """A whole model (the language reference, section 9).

    `input_sizes` says which sizes are legal where inputs leave them open, each as a dict; None
    where that is not known. The JSON form leaves it out where no size is open.

    `exported` is the metadata of an exported model (`modelspec.exporting.metadata`); None for a
    spec, whose JSON form leaves it out.

    `params` and `memory` are those of the training, with the layers that it freezes: trained is
    what any phase changes, and the memory that of the phase which needs most. `training` has each
    phase, or the training as a whole where it freezes layers; the JSON form leaves it out where
    there is neither.

    `workers` is what each of several workers needs that divide a batch (`WorkerNeeds.to_dict`);
    None, and left out of the JSON form, where nobody asked.
    """

    name: str
    kind: str
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    layers: list[LayerSummary]
    params: dict[str, int | None]
    flops: int | None
    memory: dict[str, int | None]
    exported: Mapping[str, Any] | None = None
    input_sizes: list[dict[str, Any]] | None = None
    training: Sequence[dict[str, Any]] = ()
    workers: dict[str, Any] | None = None

    @property
    def has_open_sizes(self) -> bool:
        """Whether an input leaves a size open, that of the batch apart."""
        return any(
            None in entry["shape"][1:] for entry in self.inputs if isinstance(entry["shape"], list)
        )

    def _repr_html_(self) -> str:
        """For notebooks: the layers and the totals."""
        from .summary_text import as_html

        return as_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain data in the JSON form of the language reference."""
        found = asdict(self)
        if self.exported is None:
            del found["exported"]
        if not self.training:
            del found["training"]
        if self.workers is None:
            del found["workers"]
        if not self.has_open_sizes:
            del found["input_sizes"]
            for layer in found["layers"]:
                del layer["output_sizes"]
        return found


def summary_of(
    name: str,
    analysis: Analysis,
    memory: Memory,
    sizes: SizeFacts | None = None,
    *,
    expand: bool = False,
) -> Summary:
    """The summary of an analysed model.

    Args:
        name: the model's name.
        analysis: of the model.
        memory: at the requested batch size.
        sizes: what is known of sizes that inputs leave open.
        expand: give the layers of nested models rows of their own, below the model's.
    """
    weights = analysis.weights
    total = None if weights is None else count_parameters(weights)
    trained = None if weights is None else count_parameters(w for w in weights if w.trainable)
    rest = None if total is None or trained is None else total - trained
    return Summary(
        name,
        analysis.graph.kind,
        [_tensor(key, value) for key, value in analysis.inputs.items()],
        [_tensor(key, value) for key, value in analysis.outputs.items()],
        list(_layers(analysis, "", expand, sizes)),
        {"total": total, "trainable": trained, "non_trainable": rest},
        analysis.flops,
        memory.to_dict(),
        input_sizes=None if sizes is None else _input_sizes(sizes),
    )


def _input_sizes(sizes: SizeFacts) -> list[dict[str, Any]] | None:
    """The legal sizes of open axes; None where they are not known."""
    found = [
        {
            "name": size.name,
            "axes": [axis._asdict() for axis in size.axes],
            **size.legal._asdict(),
        }
        for size in sizes.open
    ]
    return found or None


def _layers(
    analysis: Analysis, prefix: str, expand: bool, sizes: SizeFacts | None
) -> Iterator[LayerSummary]:
    for name, facts in analysis.layers.items():
        if facts.layer.helper_of:  # the spec does not have it
            continue
        yield _layer(prefix + name, facts, sizes)
        nested = facts.calls[0].nested
        if expand and nested is not None:
            yield from _layers(nested, f"{prefix}{name}/", expand, None)


def _layer(name: str, facts: LayerFacts, sizes: SizeFacts | None) -> LayerSummary:
    written = facts.layer.written  # by a layer that no edge leads into
    reads = [] if written else [ref.label for call in facts.calls for ref in call.call.reads()]
    output = facts.calls[0].output
    first = next(tensors_of(output), None)
    return LayerSummary(
        name,
        written or facts.layer.object.class_name,
        [source for source in dict.fromkeys(reads) if source],
        _shapes(output),
        None if first is None else first.dtype,
        facts.params,
        facts.trainable,
        facts.flops,
        facts.layer.span.line,
        None if sizes is None else _sizes(facts.calls[0].call.name, output, sizes),
    )


def _shapes(value: TensorStructure) -> Any:
    if value is None:
        return None
    if isinstance(value, Tensor):
        return list(value.shape)
    if isinstance(value, Mapping):
        return {key: _shapes(item) for key, item in value.items()}
    return [_shapes(item) for item in value]


def _sizes(
    source: str, value: TensorStructure, sizes: SizeFacts, path: tuple[str | int, ...] = ()
) -> Any:
    """Shapes with an expression in the place of an open size."""
    from modelspec.analysis.sizes import Place

    if value is None:
        return None
    if isinstance(value, Tensor):
        return [
            sizes.expression(Place(source, path, axis)) if size is None else size
            for axis, size in enumerate(value.shape)
        ]
    if isinstance(value, Mapping):
        return {key: _sizes(source, item, sizes, (*path, key)) for key, item in value.items()}
    return [_sizes(source, item, sizes, (*path, i)) for i, item in enumerate(value)]


def _tensor(name: str, value: TensorStructure) -> dict[str, Any]:
    dtype = value.dtype if isinstance(value, Tensor) else None
    return {"name": name, "shape": _shapes(value), "dtype": dtype}

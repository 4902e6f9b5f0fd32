"""The summary of a model: its layers, parameters, FLOPs and memory, in three formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from modelspec.analysis import Analysis, LayerFacts, TensorStructure, count_parameters, tensors_of
from modelspec.analysis.memory import Memory
from modelspec.diagnostics import bytes_text, join_words, scaled_text
from modelspec.layers.rule import Tensor

from .table import table

if TYPE_CHECKING:
    from modelspec.analysis.sizes import Pattern, SizeFacts

MISSING = "?"
"""Shown for an unknown value, except in JSON."""

MAX_LABELS = 12
"""How many class names of an output are printed."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


def as_table(summary: Summary) -> str:
    """Layers as rows of a table for a terminal, then the totals."""
    rows = [
        (
            layer.name,
            layer.type,
            shape_text(_shown_sizes(layer)),
            number_text(layer.params),
            flops_text(layer.flops),
            ", ".join(layer.inputs),
        )
        for layer in summary.layers
    ]
    header = ("layer", "type", "output shape", "params", "FLOPs", "reads")
    kind = {"sequential": "Sequential", "functional": "Model"}[summary.kind]
    lines = [f"{name}: {text}\n" for name, text in _totals(summary)]
    listing = table(header, rows, right="params,FLOPs")
    return f"{summary.name} (tf.keras.{kind})\n\n{listing}\n{''.join(lines)}"


def _totals(summary: Summary) -> list[tuple[str, str]]:
    params, memory = summary.params, summary.memory
    size = memory["batch_size"]
    trained = number_text(params["trainable"])
    about = [] if summary.exported is None else _exported(summary.exported)
    return [
        *about,
        *([("input sizes", _input_sizes_text(summary))] if summary.has_open_sizes else []),
        ("params", f"{number_text(params['total'])}, of which {trained} are trained"),
        ("FLOPs", f"{flops_text(summary.flops)} for one example, forward"),
        (
            "memory",
            f"{memory_text(memory['weights'])} weights; training at batch size {size} "
            f"{memory_text(memory['training'])} at its peak "
            f"(gradients {memory_text(memory['gradients'])}, "
            f"optimizer {memory_text(memory['optimizer'])}, "
            f"activations {memory_text(memory['activations'])}); "
            f"inference {memory_text(memory['inference'])}",
        ),
        *(_phase(needs) for needs in summary.training if needs["phase"]),
        *([] if summary.workers is None else [_worker(summary.workers)]),
    ]


def _phase(needs: Mapping[str, Any]) -> tuple[str, str]:
    """What a phase trains and needs."""
    name = f"phase {needs['phase']}"
    memory, epochs = needs["memory"], needs["epochs"]
    times = "1 epoch" if epochs == 1 else f"{epochs} epochs"
    return (
        name,
        f"{times}, {number_text(needs['trained'])} params trained;"
        f" {memory_text(memory['training'])} at its peak"
        f" (gradients {memory_text(memory['gradients'])},"
        f" optimizer {memory_text(memory['optimizer'])},"
        f" activations {memory_text(memory['activations'])})",
    )


def _worker(needs: Mapping[str, Any]) -> tuple[str, str]:
    """What each of several workers needs."""
    memory, few, many = needs["memory"], needs["smallest_share"], needs["largest_share"]
    share = str(many) if few == many else f"{few} or {many}"
    examples = "1 example" if share == "1" else f"{share} examples"
    summed = needs["summed_bytes"]
    return (
        "one worker" if needs["count"] == 1 else f"each of {needs['count']} workers",
        f"{examples} of a batch; {memory_text(memory['training'])} at its peak"
        f" (weights {memory_text(memory['weights'])},"
        f" gradients {memory_text(memory['gradients'])},"
        f" optimizer {memory_text(memory['optimizer'])},"
        f" activations {memory_text(memory['activations'])});"
        f" sends and receives {memory_text(needs['sent_bytes'])} a step (to sum gradients"
        f" {memory_text(summed['gradients'])}, predictions and targets"
        f" {memory_text(summed['predictions'])}, statistics {memory_text(summed['statistics'])})",
    )


def _shown_sizes(layer: LayerSummary) -> Any:
    return layer.output_shape if layer.output_sizes is None else layer.output_sizes


def _input_sizes_text(summary: Summary) -> str:
    """`image (None, H, W, 3) with H and W multiples of 16`."""
    from modelspec.analysis.sizes import Pattern

    if summary.input_sizes is None:
        return MISSING
    shapes = {entry["name"]: list(entry["shape"]) for entry in summary.inputs}
    names: dict[Pattern, list[str]] = {}
    for size in summary.input_sizes:
        pattern = Pattern(*(size[field] for field in Pattern._fields))
        names.setdefault(pattern, []).append(size["name"])
        for axis in size["axes"]:
            shapes[axis["input"]][axis["axis"]] = size["name"]
    used = {axis["input"] for size in summary.input_sizes for axis in size["axes"]}
    inputs = [f"{name} {shape_text(shape)}" for name, shape in shapes.items() if name in used]
    legal = [pattern.text(each) for pattern, each in names.items()]
    return f"{join_words(inputs)} with {', '.join(legal)}"


def _exported(about: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The metadata of an exported model, as rows of the totals."""
    asked = "".join(f", {name} {value}" for name, value in about["settings"].items())
    rows = [
        ("exported", f"as {about['format']}{asked}, by modelspec {about['modelspec']}"),
        ("spec hash", f"sha256 {about['spec_sha256']}"),
    ]
    parts = {} if about["metrics"] is None else about["metrics"]
    for part in ("train", "validation", "test"):
        values = [
            f"{name} {value:.4g}"
            for name, value in parts.get(part, {}).items()
            if value is not None
        ]
        if values:
            rows.append((f"{part} split", ", ".join(values)))
    for output, labels in about["labels"].items():
        shown = ", ".join(labels[:MAX_LABELS]) + (" ..." if len(labels) > MAX_LABELS else "")
        rows.append((f"classes of {output}", f"{len(labels)}: {shown}"))
    return rows


def as_json(summary: Summary) -> str:
    """The JSON form."""
    return json.dumps(summary.to_dict(), indent=1, ensure_ascii=False) + "\n"


def as_markdown(summary: Summary) -> str:
    """A table in Markdown, with every layer."""
    lines = [
        f"## {summary.name}",
        "",
        "| layer | type | output shape | params | FLOPs | reads |",
        "| --- | --- | --- | ---: | ---: | --- |",
    ]
    for layer in summary.layers:
        cells = (
            f"`{layer.name}`",
            layer.type,
            shape_text(_shown_sizes(layer)),
            number_text(layer.params),
            flops_text(layer.flops),
            ", ".join(f"`{name}`" for name in layer.inputs),
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", *(f"- {name}: {text}" for name, text in _totals(summary)), ""]
    return "\n".join(lines)


def shape_text(shape: Any) -> str:
    """`(None, 28, 28, 1)`; several shapes with their names or in brackets."""
    if shape is None:
        return MISSING
    if isinstance(shape, dict):
        return ", ".join(f"{key}: {shape_text(item)}" for key, item in shape.items())
    if not shape or not isinstance(shape[0], (list, dict)):
        return f"({', '.join(str(size) for size in shape)}{',' if len(shape) == 1 else ''})"
    return f"[{', '.join(shape_text(item) for item in shape)}]"


def number_text(value: int | None) -> str:
    """`1,234,567`."""
    return MISSING if value is None else f"{value:,}"


def flops_text(value: int | None) -> str:
    """`1.23 G`: three digits and a unit."""
    return MISSING if value is None else short_number_text(value)


def short_number_text(value: int) -> str:
    """`1.23 M`: three digits and a unit, of powers of 1000."""
    return scaled_text(value, 1000, ("", " k", " M", " G", " T", " P"))


def memory_text(value: int | None) -> str:
    """`97.8 MiB`."""
    return MISSING if value is None else bytes_text(value)


SUMMARY_FORMATS: dict[str, Callable[[Summary], str]] = {
    "table": as_table,
    "json": as_json,
    "markdown": as_markdown,
}

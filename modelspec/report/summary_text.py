"""A summary as text: a table for a terminal, JSON, or Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import bytes_text, join_words, scaled_text

from .summary import LayerSummary, Summary
from .table import table

if TYPE_CHECKING:
    from modelspec.analysis.sizes import Pattern

MISSING = "?"
"""Shown for an unknown value, except in JSON."""

MAX_LABELS = 12
"""How many class names of an output are printed."""


def as_html(summary: Summary) -> str:
    """For notebooks: the layers as rows of a table, then the totals."""
    from modelspec.markup import table as html_table
    from modelspec.markup import view

    rows = [
        (
            layer.name,
            layer.type,
            shape_text(_shown_sizes(layer)),
            number_text(layer.params),
            ", ".join(layer.inputs),
        )
        for layer in summary.layers
    ]
    header = ("layer", "type", "output shape", "params", "reads")
    return view(summary.name, html_table(header, rows), html_table((), _totals(summary)))


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
    for output, threshold in about.get("thresholds", {}).items():
        rows.append((f"threshold of {output}", f"{threshold:g}"))
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

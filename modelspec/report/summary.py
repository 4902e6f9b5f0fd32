"""The summary of a model, and its views."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .table import table


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One layer. Shapes have the batch axis first; None is a size that is not known.

    Attributes:
        inputs: the names of the layers and inputs that its calls read.
        output_shape: a shape, or a list (or mapping) of shapes where it gives several tensors.
        params: how many numbers its weights hold.
        trainable: how many of these are trained.
        flops: None until they are analysed.
        line: the line in the spec, from 1.
    """

    name: str
    type: str
    inputs: list[str]
    output_shape: Any
    dtype: str
    params: int
    trainable: int
    flops: int | None
    line: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole model (the language reference, section 9)."""

    name: str
    kind: str
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    layers: list[LayerSummary]
    params: dict[str, int]
    flops: int | None
    memory: dict[str, int | None]

    def to_dict(self) -> dict[str, Any]:
        """Plain data in the JSON form of the language reference."""
        return asdict(self)


def as_table(summary: Summary) -> str:
    """Layers as rows for a terminal, then the totals."""
    rows = [
        (
            layer.name,
            layer.type,
            shape_text(layer.output_shape),
            f"{layer.params:,}",
            ", ".join(layer.inputs),
        )
        for layer in summary.layers
    ]
    header = ("layer", "type", "output shape", "params", "reads")
    kind = {"sequential": "Sequential", "functional": "Model"}[summary.kind]
    return (
        f"{summary.name} (tf.keras.{kind})\n\n{table(header, rows, right='params')}\n"
        f"params: {summary.params['total']:,} ({summary.params['trainable']:,} trainable, "
        f"{summary.params['non_trainable']:,} not)\n"
    )


def as_json(summary: Summary) -> str:
    """The JSON form."""
    return json.dumps(summary.to_dict(), indent=1, ensure_ascii=False) + "\n"


def as_markdown(summary: Summary) -> str:
    """A table in Markdown, with every layer."""
    lines = [
        f"## {summary.name}",
        "",
        "| layer | type | output shape | params | reads |",
        "| --- | --- | --- | ---: | --- |",
    ]
    for layer in summary.layers:
        cells = (
            f"`{layer.name}`",
            layer.type,
            shape_text(layer.output_shape),
            f"{layer.params:,}",
            ", ".join(f"`{name}`" for name in layer.inputs),
        )
        lines.append(f"| {' | '.join(cells)} |")
    params = summary.params
    lines += [
        "",
        f"Parameters: {params['total']:,}, of which {params['trainable']:,} are trained.",
        "",
    ]
    return "\n".join(lines)


def shape_text(shape: Any) -> str:
    """`(None, 28, 28, 1)`; several shapes with their names or in brackets."""
    if isinstance(shape, dict):
        return ", ".join(f"{key}: {shape_text(item)}" for key, item in shape.items())
    if shape and isinstance(shape[0], (list, tuple, dict)):
        return f"[{', '.join(shape_text(item) for item in shape)}]"
    return f"({', '.join(str(size) for size in shape)}{',' if len(shape) == 1 else ''})"


SUMMARY_FORMATS: dict[str, Callable[[Summary], str]] = {
    "table": as_table,
    "json": as_json,
    "markdown": as_markdown,
}

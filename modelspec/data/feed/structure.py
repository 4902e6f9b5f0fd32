"""Arrays by name in the structure that a model takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelspec.graph import Graph, TensorRef


@dataclass(frozen=True, slots=True)
class Structure:
    """How a model takes arrays by name: as one tensor, as a tuple in order, or as a dict.

    Attributes:
        input_names: in the order of the model.
        output_names: in the order of the model.
        input_kind: "single", "list" or "dict".
        output_kind: the same for what the model gives.
    """

    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    input_kind: str
    output_kind: str

    def inputs(self, arrays: Mapping[str, Any]) -> Any:
        """The inputs as the model takes them."""
        return _structured(arrays, self.input_names, self.input_kind)

    def targets(self, arrays: Mapping[str, Any], absent: Any = None) -> Any:
        """Targets (or anything by output name) in the structure of the model's outputs.

        Args:
            arrays: by output name.
            absent: what stands for an output that has none, which is one without a loss.
        """
        complete = {**dict.fromkeys(self.output_names, absent), **arrays}
        return _structured(complete, self.output_names, self.output_kind)

    def by_output(self, value: Any) -> dict[str, Any]:
        """What the model gives, by output name."""
        if self.output_kind == "single":
            return {self.output_names[0]: value[0] if isinstance(value, (list, tuple)) else value}
        if self.output_kind == "dict":
            return {name: value[name] for name in self.output_names}
        # a layer that leads from one tensor to a list of one gives the tensor alone
        values = value if isinstance(value, (list, tuple)) else [value]
        return dict(zip(self.output_names, values, strict=True))


def _structured(arrays: Mapping[str, Any], names: tuple[str, ...], kind: str) -> Any:
    if kind == "single":
        return arrays[names[0]]
    if kind == "dict":
        return {name: arrays[name] for name in names}
    return tuple(arrays[name] for name in names)


def structure_of(graph: Graph) -> Structure:
    """The structure of a graph's inputs and outputs; of one that is fitted without the noise, which
    training draws."""
    given = graph.fed_inputs if graph.losses else graph.inputs
    inputs = tuple(entry.name for entry in given)
    if isinstance(graph.outputs, TensorRef):
        kind = "single"
    else:
        kind = "dict" if isinstance(graph.outputs, Mapping) else "list"
    return Structure(inputs, tuple(graph.output_names), graph.input_structure, kind)

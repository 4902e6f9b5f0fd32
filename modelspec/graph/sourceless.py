"""Layers that no edge leads into: learned tensors (`Weight`) and constants (`ops.arange`, ...).

Keras builds a model from what depends on its inputs, so each becomes plain layers and ops that
begin at an input and use nothing of it but its size: what is saved loads without modelspec.
A learned tensor is the kernel of an EinsumDense that multiplies ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import ascii_letters
from typing import Any

from modelspec.diagnostics import Findings, Related, join_words
from modelspec.schema import UNKNOWN_LAYER, class_schema
from modelspec.spec.model import (
    WEIGHT,
    Edge,
    FunctionalSpec,
    InputSpec,
    KerasObject,
    LayerSpec,
    UniqueNames,
    is_op,
)

from .graph import Call, TensorRef, needed_for

CONSTANT_OPS = frozenset((
    "arange", "array", "bartlett", "blackman", "convert_to_tensor", "eye", "full", "geomspace",
    "hamming", "hanning", "identity", "kaiser", "linspace", "logspace", "ones", "tri", "zeros",
))  # fmt: skip
"""Ops that make a tensor from constants."""


def is_weight(layer: LayerSpec) -> bool:
    """Whether a layer is a learned tensor."""
    return layer.object.class_name == WEIGHT


def makes_constants(layer: LayerSpec) -> bool:
    """Whether a layer is an op that makes a tensor from constants."""
    if not is_op(layer):
        return False
    known = class_schema("layer", layer.object.class_name)
    return known is not None and known.name in CONSTANT_OPS


def _is_unknown(layer: LayerSpec) -> bool:
    """Whether an invalid layer was here, which may be one that needs no edge."""
    return layer.object.class_name == UNKNOWN_LAYER


def sourceless_layers(model: FunctionalSpec) -> frozenset[str]:
    """The names of the layers that need no edge, and into which none leads."""
    into = {edge.layer for edge in model.edges}
    return frozenset(
        layer.name
        for layer in model.layers
        if is_weight(layer)
        or (layer.name not in into and (makes_constants(layer) or _is_unknown(layer)))
    )


def refuse_edge(layer: LayerSpec, edges: list[Edge], findings: Findings) -> None:
    """The finding for an edge that leads into a learned tensor."""
    message = f'"{layer.name}" is a Weight, a learned tensor, and takes no tensor'
    hint = f'let edges begin at it: "x, {layer.name} -> add"'
    related = (Related(layer.span, "defined here"),)
    findings.error(edges[0].span, "too-many-tensors", message, hint=hint, related=related)


class SourcelessCalls:
    """The plain layers and calls that layers without an edge become.

    Args:
        model: the model.
        calls: those that edges make.
        outputs: the tensors that outputs are.
        findings: takes what has no input to begin at.

    Attributes:
        layers: the layers to be put in the place of those of the model, by name, and helpers.
        calls: their calls.
    """

    def __init__(
        self,
        model: FunctionalSpec,
        calls: tuple[Call, ...],
        outputs: Iterable[TensorRef],
        findings: Findings,
    ) -> None:
        self.model = model
        self.findings = findings
        self.names = UniqueNames(
            [
                *(entry.name for entry in model.inputs),
                *(layer.name for layer in model.layers),
                *(name for edge in model.edges for name in edge.names),
            ]
        )
        self.origin = _origin(model, needed_for(calls, outputs))
        self.layers: dict[str, LayerSpec] = {}
        self.calls: list[Call] = []
        self.made: dict[str, TensorRef] = {}

    def add(self, layer: LayerSpec) -> None:
        """Make the calls of one layer without an edge."""
        if _is_unknown(layer):
            self._call(layer, (), {})
        elif self.origin is None:
            self._refuse_inputs(layer)
        elif self.origin.dtype == "string" and layer.object.args.get("batch", is_weight(layer)):
            message = f'"{layer.name}" takes the size of the batch from an input of numbers, and '
            message += "the inputs are text"
            hint = "write `batch: false`, and join it by functions of keras.ops, such as ops.add"
            self.findings.error(layer.span, "no-dense-input", message, hint=hint)
        elif is_weight(layer):
            self._add_weight(layer)
        else:
            self._add_constant(layer)

    def _refuse_inputs(self, layer: LayerSpec) -> None:
        kinds = join_words([f'"{entry.name}"' for entry in self.model.inputs])
        message = (
            f'"{layer.name}" takes the size of the batch from an input that is neither sparse '
        )
        message += f"nor ragged, and there is none: the inputs are {kinds}"
        hint = "leave `sparse` and `ragged` out of one of them"
        self.findings.error(layer.span, "no-dense-input", message, hint=hint)

    def _add_weight(self, layer: LayerSpec) -> None:
        args = layer.object.args
        shape = args.get("shape")
        if not isinstance(shape, list):
            shape = []
        letters = ascii_letters[1 : len(shape) + 1]
        if args.get("batch", True):
            ones, equation, sizes = self._batch_of_ones(layer), f"a,{letters}->a{letters}", shape
        else:
            ones = self._ones(shape[0], layer)
            equation, sizes = f"{letters[0]},{letters}->{letters}", shape[1:]
        plain: dict[str, Any] = {"equation": equation, "output_shape": list(sizes)}
        plain |= {name: args[key] for key, name in _AS_PLAIN.items() if key in args}
        spans = {
            name: layer.object.arg_spans[key]
            for key, name in (("shape", "output_shape"), *_AS_PLAIN.items())
            if key in layer.object.arg_spans
        }
        item = KerasObject("layer", "EinsumDense", plain, layer.object.span, spans)
        self._call(LayerSpec(layer.name, item, layer.span, written=WEIGHT), (ones,), {})

    def _add_constant(self, layer: LayerSpec) -> None:
        item, args = layer.object, dict(layer.object.args)
        known = class_schema("layer", item.class_name)
        if known is not None and known.name == "arange" and "stop" in args:
            args = {"start": 0, **args}
        name = self.names.unique(f"{layer.name}_values")
        values = KerasObject("layer", item.class_name, args, item.span, item.arg_spans)
        ref = self._call(LayerSpec(name, values, layer.span, layer.name), (), {})
        # `where` keeps the dtype, as no arithmetic on truth values and small integers does
        named = {"condition": self._always(layer), "x1": ref, "x2": ref}
        where = KerasObject("layer", "ops.where", {}, item.span)
        self._call(LayerSpec(layer.name, where, layer.span, written=item.class_name), (), named)

    def _batch_of_ones(self, layer: LayerSpec) -> TensorRef:
        """A one for each example: (batch,), float32."""
        if "batch" not in self.made:
            assert self.origin is not None
            source, shape = TensorRef(self.origin.name), self.origin.shape
            if shape is None:  # which takes it from its use
                source = self._helper("flat", "Flatten", {}, (source,), layer)
                shape = (None,)
            if shape:
                key = ", ".join((":", *"0" * len(shape)))
                source = self._helper("first", "ops.get_item", {"key": key}, {"x": source}, layer)
            ones = {"dtype": "float32"}
            found = self._helper("batch_of_ones", "ops.ones_like", ones, {"x": source}, layer)
            self.made["batch"] = found
        return self.made["batch"]

    def _ones(self, count: int, layer: LayerSpec) -> TensorRef:
        """So many ones, whatever the batch: (count,), float32."""
        if "one" not in self.made:
            one = {"x": self._size(layer)}
            self.made["one"] = self._helper(
                "one", "ops.ones_like", {"dtype": "float32"}, one, layer
            )
        if f"ones {count}" not in self.made:
            shape = {"shape": [count]}
            self.made[f"ones {count}"] = self._helper(
                f"ones_{count}", "ops.broadcast_to", shape, {"x": self.made["one"]}, layer
            )
        return self.made[f"ones {count}"]

    def _always(self, layer: LayerSpec) -> TensorRef:
        """A truth value that is true: ()."""
        if "always" not in self.made:
            size = {"x1": self._size(layer)}
            self.made["always"] = self._helper(
                "always", "ops.greater_equal", {"x2": 0}, size, layer
            )
        return self.made["always"]

    def _size(self, layer: LayerSpec) -> TensorRef:
        """The number of elements of the input, which every dtype has."""
        if "size" not in self.made:
            assert self.origin is not None
            read = {"x": TensorRef(self.origin.name)}
            self.made["size"] = self._helper(
                f"size_of_{self.origin.name}", "ops.size", {}, read, layer
            )
        return self.made["size"]

    def _helper(
        self,
        stem: str,
        class_name: str,
        args: Mapping[str, Any],
        reads: tuple[TensorRef, ...] | Mapping[str, TensorRef],
        layer: LayerSpec,
    ) -> TensorRef:
        item = KerasObject("layer", class_name, args, layer.span)
        spec = LayerSpec(self.names.unique(stem), item, layer.span, layer.name)
        if isinstance(reads, tuple):
            return self._call(spec, reads, {})
        return self._call(spec, (), reads)

    def _call(
        self, spec: LayerSpec, positional: tuple[TensorRef, ...], named: Mapping[str, TensorRef]
    ) -> TensorRef:
        self.layers[spec.name] = spec
        self.calls.append(Call(spec.name, spec.name, positional, dict(named), {}, spec.span))
        return TensorRef(spec.name)


_AS_PLAIN = {
    "initializer": "kernel_initializer",
    "regularizer": "kernel_regularizer",
    "constraint": "kernel_constraint",
    "trainable": "trainable",
    "dtype": "dtype",
}
"""Arguments of a Weight, and those of EinsumDense that they become."""


def _origin(model: FunctionalSpec, needed: set[str]) -> InputSpec | None:
    """The input whose size is used: one of numbers that the outputs depend on, if there is any."""
    dense = [entry for entry in model.inputs if not entry.sparse and not entry.ragged]
    dense.sort(key=lambda entry: (entry.dtype == "string", entry.name not in needed))
    return dense[0] if dense else None

"""A nested model on the tensors that it is called on.

Keras builds it once: for the inputs that it states, or for those of its first call. A call then
runs the same layers on its own tensors, whatever their sizes; it may add or take away a last axis
of 1, so that they have as many axes as the model was built for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from modelspec.analysis.facts import Analysis, TensorStructure, tensors_of
from modelspec.graph import Graph
from modelspec.layers import traits_of
from modelspec.layers.policies import policy_of
from modelspec.layers.rule import TEXT, Mismatch, Policy, Shape, Tensor
from modelspec.schema import class_schema

UNNAMED = ""
"""The name of the input of a Sequential that states none."""


def by_input(graph: Graph, inputs: tuple[TensorStructure, ...]) -> dict[str, TensorStructure]:
    """What a nested model is called on, by the names of its inputs.

    Raises:
        Mismatch: one input gets several tensors.
    """
    value = inputs[0] if inputs else None
    if not graph.inputs:
        return {UNNAMED: value}
    if isinstance(value, Mapping):
        given = dict(value)
    else:
        is_list = isinstance(value, tuple) and graph.input_structure != "single"
        each: Any = value if is_list else (value,)
        given = {entry.name: item for entry, item in zip(graph.inputs, each, strict=False)}
    return {name: _only(name, item) for name, item in given.items()}


def _only(name: str, value: TensorStructure) -> TensorStructure:
    """The tensor for an input; Keras takes a list with one tensor as well."""
    if value is None or isinstance(value, Tensor):
        return value
    tensors = list(tensors_of(value))
    if len(tensors) == 1:
        return tensors[0]
    hint = "join them first, with Concatenate or Add, or give the model an input for each"
    raise Mismatch(f'its input "{name}" takes one tensor, got {len(tensors)}', hint=hint)


def stated_inputs(graph: Graph, given: dict[str, TensorStructure]) -> dict[str, TensorStructure]:
    """What Keras builds the model for: of `given`, what the model does not state itself."""
    stated = {entry.name for entry in graph.inputs if entry.shape is not None}
    return {name: value for name, value in given.items() if name not in stated}


def converted(value: TensorStructure, graph: Graph, policy: Policy) -> TensorStructure:
    """The input of a nested Sequential that states none: Keras makes it for its first layer.

    Args:
        value: what the model is called on.
        graph: of the model.
        policy: the dtype policy around it.

    Raises:
        Mismatch: it is text, and the first layer computes with numbers.
    """
    first = graph.layers[graph.calls[0].layer].object
    own = policy_of(first.args.get("dtype"), policy)
    known = class_schema("layer", first.class_name)
    takes_any = known is not None and traits_of(known.name).is_lookup
    if not isinstance(value, Tensor) or own is None or takes_any:
        return value
    if value.dtype == TEXT:
        raise Mismatch(
            f"converts its input to {own.compute}, in which its first layer computes, and got text",
            hint="state its `input`, with `dtype: string`, or look the text up before it",
        )
    return replace(value, dtype=own.compute)


def run_inputs(built: Analysis, given: dict[str, TensorStructure]) -> dict[str, TensorStructure]:
    """The tensors of a call, as the layers inside meet them.

    Args:
        built: the analysis of the model on what it was built for.
        given: the tensors by the input's name.

    Raises:
        Mismatch: the model does not take them.
    """
    return {name: _fitted(name, built.tensors.get(name), item) for name, item in given.items()}


def is_as_built(built: Analysis, tensors: dict[str, TensorStructure]) -> bool:
    """Whether a call is on the very tensors that the model was built for."""
    return all(
        tensor is None or (tensor == own and tensor.mask == own.mask and _is_plain(tensor))
        for own, tensor in ((built.tensors.get(name), item) for name, item in tensors.items())
    )


def _is_plain(tensor: Tensor) -> bool:
    return tensor.built is None and tensor.trial is None


def _fitted(name: str, own: TensorStructure, outer: TensorStructure) -> TensorStructure:
    if not isinstance(own, Tensor) or not isinstance(outer, Tensor):
        return outer if own is None else own
    found = replace(outer, dtype=own.dtype)
    if outer.built is not None and not _may_fit(own.shape, outer.built):
        raise _refused(name, own, replace(outer, shape=outer.built), _STATED)
    if not _may_fit(own.shape, outer.shape):
        raise _refused(name, own, outer)
    if outer.rank == own.rank:
        return found
    if outer.rank == own.rank + 1 and outer.shape[-1] == 1:
        trial = outer.trial and outer.trial[:-1]
        return replace(found, shape=outer.shape[:-1], trial=trial).built_as(outer.shape)
    if outer.rank == own.rank - 1 and own.shape[-1] == 1:
        trial = outer.trial and (*outer.trial, 1)
        return replace(found, shape=(*outer.shape, 1), trial=trial).built_as(outer.shape)
    raise _refused(name, own, outer)


def _may_fit(own: Shape, outer: Shape) -> bool:
    """As Keras compares them: without the batch, and without a last axis of 1."""
    return all(
        a is None or b is None or a == b
        for a, b in zip(_trimmed(own)[1:], _trimmed(outer)[1:], strict=False)
    )


def _trimmed(shape: Shape) -> Shape:
    return shape[:-1] if shape and shape[-1] == 1 else shape


_STATED = " while Keras builds the model"


def _refused(name: str, own: Tensor, outer: Tensor, when: str = "") -> Mismatch:
    if name == UNNAMED:
        message = f"was built for the shape {own.shape} by its first call, and this one gives "
        hint = "write a second layer for the other shape"
        if own.rank == outer.rank:
            hint = "state its `input`, with null where the sizes differ, or write a second layer"
        return Mismatch(f"{message}{outer.shape}", hint=hint)
    return Mismatch(f'its input "{name}" has the shape {own.shape}, got {outer.shape}{when}')

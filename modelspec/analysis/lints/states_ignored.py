"""A recurrent layer that is given more initial states than it has.

A GRU, and any layer that is unrolled, reads as many as it has and passes over the others without a
word; other recurrent layers refuse them. Most often both states of an LSTM go into a GRU, which has
one: what the second says never reaches the model.

To fix it, give it only its own states, or use the layer that the states come from.

Fails:

    modelspec: 1
    model:
      functional:
        inputs: {question: {shape: [9, 8]}, answer: {shape: [5, 8]}}
        layers:
          reader: {LSTM: {units: 4, return_state: true}}
          writer: {GRU: {units: 4}}
          score: {Dense: {units: 1}}
        edges:
          - question -> reader
          - {from: {sequences: answer, initial_state: ["reader[1]", "reader[2]"]}, to: writer}
          - writer -> score
        outputs: score

Passes:

    modelspec: 1
    model:
      functional:
        inputs: {question: {shape: [9, 8]}, answer: {shape: [5, 8]}}
        layers:
          reader: {LSTM: {units: 4, return_state: true}}
          writer: {LSTM: {units: 4}}
          score: {Dense: {units: 1}}
        edges:
          - question -> reader
          - {from: {sequences: answer, initial_state: ["reader[1]", "reader[2]"]}, to: writer}
          - writer -> score
        outputs: score
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import complete, keras_class
from modelspec.analysis.facts import tensors_of
from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.graph import Call, flatten
from modelspec.layers import classes_with, traits_of
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject

CODE = "states-ignored"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each call with more initial states than are read."""
    for model in context.models:
        for call in model.calls_of(*classes_with("is_recurrent"), "Bidirectional"):
            item = model.layer(call).object
            own, given = _states_of(item), _states_given(model, call)
            if own is not None and given > own:
                states = "its state" if own == 1 else f"its {own} states"
                message = f"this {item.class_name} reads {states} and ignores {given - own} more"
                hint = f"give `initial_state` {own} tensor{'s' * (own > 1)}"
                yield Lint(call.span, message, hint)


def _states_of(item: KerasObject) -> int | None:
    """How many states a layer reads; None where it refuses others, or they are not known."""
    if keras_class(item) == "Bidirectional":
        inner = item.args["layer"]
        one = _states_of(inner) if isinstance(inner, KerasObject) else None
        return None if one is None else 2 * one
    kind = keras_class(item)
    if not traits_of(kind).ignores_states and complete(item).get("unroll") is not True:
        return None
    cell = item.args.get("cell")
    if isinstance(cell, KerasObject):
        kind = keras_class(cell).removesuffix("Cell")
    return traits_of(kind).states or None


def _states_given(model: ModelView, call: Call) -> int:
    """How many tensors a call gives as initial states."""
    states = call.named.get("initial_state", call.positional[1:2])
    count = 0
    for ref in flatten(states):
        value = model.analysis.tensors.get(ref.source)
        count += 1 if ref.index is not None else len(list(tensors_of(value)))
    return count

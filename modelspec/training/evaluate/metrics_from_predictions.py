"""Losses and metrics of answers that another runtime than Keras gives.

Keras measures a model; so the answers become the inputs of a model that hands them through.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from modelspec.data.examples import Examples
from modelspec.data.feed import Structure
from modelspec.spec.model import ModelSpec, objects_in
from modelspec.training.trained_run import Respond, TrainedRun

PENALTIES = "the loss is that of the answers: the penalties of regularizers belong to the training"


def with_answers(
    opened: TrainedRun, respond: Respond, examples: Examples
) -> tuple[TrainedRun, Examples]:
    """A Keras model of the same outputs whose inputs are the answers to examples, and these.

    Args:
        opened: what was exported.
        respond: its runtime.
        examples: with targets.
    """
    given = respond(examples)
    names = opened.structure.output_names
    structure = Structure(names, names, "dict", opened.structure.output_kind)
    model = _handing_through(structure, given)
    answered = dataclasses.replace(examples, inputs=given)
    return dataclasses.replace(opened, model=model, structure=structure, runtime=None), answered


def _handing_through(structure: Structure, given: dict[str, np.typing.NDArray[Any]]) -> Any:
    import keras

    inputs = {
        name: keras.Input(given[name].shape[1:], dtype=str(given[name].dtype), name=name)
        for name in structure.input_names
    }
    same = {
        name: keras.layers.Identity(dtype=str(tensor.dtype), name=f"{name}_given")(tensor)
        for name, tensor in inputs.items()
    }
    return keras.Model(inputs, structure.targets(same))


def has_penalties(model: ModelSpec) -> bool:
    """Whether a model's loss has parts that no answer shows."""
    return any(
        item.kind == "regularizer" or item.class_name == "ActivityRegularization"
        for item in objects_in(model)
    )

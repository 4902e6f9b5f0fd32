"""Losses and metrics of predictions that another runtime than Keras computes.

Keras measures models; so the predictions become the inputs of a model that passes them through.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from modelspec.data.examples import Examples
from modelspec.data.feed import Structure
from modelspec.diagnostics import UsageError, join_words
from modelspec.spec.model import ModelSpec, objects_in
from modelspec.training.trained_run import Predictor, TrainedRun

PENALTIES = "the loss is that of the predictions, without the penalties of regularizers"


def run_of_predictions(
    trained: TrainedRun, predictor: Predictor, examples: Examples
) -> tuple[TrainedRun, Examples]:
    """The run with a model that passes predictions through, and the examples with the predictions
    as inputs.

    Args:
        trained: what was exported.
        predictor: its own.
        examples: with targets.
    """
    predictions = predictor(examples)
    names = trained.structure.output_names
    structure = Structure(names, names, "dict", trained.structure.output_kind)
    model = _identity_model(structure, predictions)
    predicted = dataclasses.replace(examples, inputs=predictions)
    run = dataclasses.replace(trained, model=model, structure=structure, runtime=None, workers=None)
    return run, predicted


def _identity_model(structure: Structure, values: dict[str, np.typing.NDArray[Any]]) -> Any:
    import keras

    inputs = {
        name: keras.Input(values[name].shape[1:], dtype=str(values[name].dtype), name=name)
        for name in structure.input_names
    }
    outputs = {
        name: keras.layers.Identity(dtype=str(tensor.dtype), name=f"{name}_given")(tensor)
        for name, tensor in inputs.items()
    }
    return keras.Model(inputs, structure.targets(outputs))


def without_graph_losses(trained: TrainedRun) -> tuple[str, ...]:
    """What has to be known where predictions do not give the losses of the graph.

    Raises:
        UsageError: there are no other losses.
    """
    training = trained.spec.training
    if training is None or not training.losses:
        return ()
    names = join_words(f"`{name}`" for name in training.losses)
    if training.loss.by_name == {}:
        message = f"{trained.path} gives outputs only, and the losses {names} are inside the model"
        raise UsageError(f"{message}: evaluate the run, or an export to keras")
    return (f"the loss is that of the predictions, without {names}",)


def without_trainer(trained: TrainedRun) -> tuple[TrainedRun, tuple[str, ...]]:
    """The run without the trainer of its spec, whose steps need the model; and what has to be known
    of it.

    Raises:
        UsageError: there is no other loss.
    """
    training = trained.spec.training
    if training is None or training.trainer is None:
        return trained, ()
    name = training.trainer.class_name
    if training.loss.by_name == {}:
        message = f"{trained.path} gives outputs only, and what is measured, `{name}` computes"
        raise UsageError(f"{message} with the model: evaluate the run, or an export to keras")
    spec = dataclasses.replace(trained.spec, training=dataclasses.replace(training, trainer=None))
    note = f"measured are `loss` and `metrics` of the predictions, not by the steps of `{name}`"
    return dataclasses.replace(trained, spec=spec), (note,)


def has_penalties(model: ModelSpec) -> bool:
    """Whether a model's loss has parts that cannot be computed from predictions."""
    return any(
        item.kind == "regularizer" or item.class_name == "ActivityRegularization"
        for item in objects_in(model)
    )

"""The layers of `data.augment`, made and put in order for the training split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np

from modelspec.analysis import complete
from modelspec.analysis.augmentation import (
    follow_kind,
    image_target,
    maps_affinely,
    mixes,
    moves,
)
from modelspec.analysis.data import augmented_inputs, crop_size, crops
from modelspec.building import KerasError, make_layer
from modelspec.data.augment import (
    AffineSteps,
    Augmentation,
    ChangedInputs,
    Cropping,
    ImageStep,
    Mixing,
    Step,
)
from modelspec.data.examples import Examples
from modelspec.data.table import Array
from modelspec.diagnostics import Findings
from modelspec.graph import Graph
from modelspec.spec.data import DataSpec
from modelspec.spec.model import KerasObject
from modelspec.spec.training import TrainingSpec

from .outputs import Output

WHOLE_RANGE = [0, 255]
"""The range of pixels that Keras's layers take unless they are told another."""


def make_augmentation(
    data: DataSpec,
    training: TrainingSpec,
    graph: Graph,
    outputs: Sequence[Output],
    findings: Findings,
) -> Augmentation | None:
    """What changes the training examples; None without `augment`.

    Args:
        data: the section.
        training: has the seed.
        graph: of the model.
        outputs: what each is trained for.
        findings: takes arguments that Keras refuses.
    """
    changed = []
    groups = augmented_inputs(data, graph.inputs)
    for group in groups:
        try:
            steps = tuple(_steps(group.augment.layers, graph))
        except KerasError as error:
            findings.error(error.span, "keras-refused", error.message)
            continue
        kinds = {
            output.name: follow_kind(
                output.shape,
                group.entries[0].shape or (),
                output.loss_class,
                image_target(data, output.name),
            )
            for output in outputs
            if group.follows(output.name, groups)
        }
        follow = {name: kind for name, kind in kinds.items() if kind is not None}
        names = tuple(entry.name for entry in group.entries)
        changed.append(ChangedInputs(names, steps, follow))
    return Augmentation(training.seed, tuple(changed)) if changed else None


def _steps(layers: Sequence[KerasObject], graph: Graph) -> Iterator[Step | Mixing]:
    """What the layers do; those with one affine map each that follow one another are one step.

    Raises:
        KerasError: Keras refuses an argument.
    """
    for _, found in groupby(enumerate(layers), lambda item: _affine_key(*item)):
        several = [layer for _, layer in found]
        if len(several) == 1:
            yield _step(several[0], graph)
        else:
            yield AffineSteps(tuple(_made(layer, graph) for layer in several))


def _affine_key(number: int, layer: KerasObject) -> tuple[object, ...]:
    """Equal for layers whose affine maps can be multiplied."""
    if not maps_affinely(layer):
        return (number,)
    args = complete(layer)
    return tuple(args[name] for name in ("fill_mode", "fill_value", "interpolation"))


def _step(layer: KerasObject, graph: Graph) -> Step | Mixing:
    args = complete(layer)
    if crops(layer):
        return Cropping(*crop_size(layer))
    if mixes(layer):
        if "factor" not in args:
            return Mixing(alpha=float(args["alpha"]))
        return Mixing(factor=_bounds(args["factor"]))
    return ImageStep(_made(layer, graph), moves(layer))


def _made(layer: KerasObject, graph: Graph) -> Any:
    in_floats = replace(layer, args={**layer.args, "dtype": "float32"})
    return make_layer(in_floats, graph, None)


def _bounds(factor: float | Sequence[float]) -> tuple[float, float]:
    """The numbers between which Keras draws: from 0 where one is given."""
    if isinstance(factor, (int, float)):
        return 0.0, float(factor)
    low, high = sorted(factor)
    return float(low), float(high)


def check_value_range(data: DataSpec, graph: Graph, examples: Examples, findings: Findings) -> None:
    """Warn of layers that take pixels up to 255 for images that lie between 0 and 1.

    Args:
        data: the section.
        graph: of the model.
        examples: the training split.
        findings: takes the warnings.
    """
    for group in augmented_inputs(data, graph.inputs):
        for entry in group.entries:
            images = examples.inputs[entry.name]
            if isinstance(images, np.ndarray) and images.size and images.max() <= 1:
                _check_ranges(group.augment.layers, entry.name, images, findings)


def _check_ranges(
    layers: Sequence[KerasObject], name: str, images: Array, findings: Findings
) -> None:
    for layer in layers:
        if list(complete(layer).get("value_range", ())) == WHOLE_RANGE:
            message = (
                f"{layer.class_name} takes pixels from 0 to 255, and the images of"
                f" `{name}` lie between {images.min():g} and {images.max():g}"
            )
            hint = "write `value_range: [0, 1]`"
            findings.warning(layer.span, "wrong-augmentation", message, hint=hint)

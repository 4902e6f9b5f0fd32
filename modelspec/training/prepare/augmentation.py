"""The layers of `data.augment`, made and put in order for the training split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from modelspec.analysis import complete
from modelspec.analysis.augmentation import (
    augmented_inputs,
    follow_kind,
    image_target,
    mixes,
    moves,
)
from modelspec.building import KerasError, make_layer
from modelspec.data.augment import Augmentation, ChangedInput, ImageStep, Mixing
from modelspec.data.examples import Examples
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
    for entry, augment in augmented_inputs(data, graph.inputs).values():
        try:
            steps = [_step(layer, graph) for layer in augment.layers]
        except KerasError as error:
            findings.error(error.span, "keras-refused", error.message)
            continue
        kinds = {
            output.name: follow_kind(
                output.shape,
                entry.shape or (),
                output.loss_class,
                image_target(data, output.name),
            )
            for output in outputs
        }
        follow = {name: kind for name, kind in kinds.items() if kind is not None}
        changed.append(ChangedInput(entry.name, tuple(steps), follow))
    return Augmentation(training.seed, tuple(changed)) if changed else None


def _step(layer: KerasObject, graph: Graph) -> ImageStep | Mixing:
    args = complete(layer)
    if mixes(layer):
        if "factor" not in args:
            return Mixing(alpha=float(args["alpha"]))
        return Mixing(factor=_bounds(args["factor"]))
    in_floats = replace(layer, args={**layer.args, "dtype": "float32"})
    return ImageStep(make_layer(in_floats, graph, None), moves(layer))


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
    for entry, augment in augmented_inputs(data, graph.inputs).values():
        images = examples.inputs[entry.name]
        if not isinstance(images, np.ndarray) or not images.size or images.max() > 1:
            continue
        for layer in augment.layers:
            if list(complete(layer).get("value_range", ())) == WHOLE_RANGE:
                message = (
                    f"{layer.class_name} takes pixels from 0 to 255, and the images of"
                    f" `{entry.name}` lie between {images.min():g} and {images.max():g}"
                )
                hint = "write `value_range: [0, 1]`"
                findings.warning(layer.span, "wrong-augmentation", message, hint=hint)

"""Images are flipped, turned or moved at random, and the target has positions of the same image.

RandomFlip, RandomRotation, RandomTranslation and their like move what an image shows. The label of
a whole image stays right. A target that says something of each place, such as a mask of segments,
a depth map or the image itself, is not moved with it, so the loss compares two different places.
Nor is a target of numbers that are places: a box (four numbers, or rows of four) or points (rows
of two). For these it makes no difference whether the layer is in the model or in `data.augment`.

To fix it, move the layer from the model to `data.augment`, which moves images and their targets
together, in training alone; if the target is a box or points, remove it. Layers that leave
everything at its place, such as RandomBrightness and RandomContrast, can stay.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [64, 64, 3]}
        layers:
          - RandomFlip: {mode: horizontal}
          - Conv2D: {filters: 8, kernel_size: 3, padding: same, activation: relu}
          - Conv2D: {filters: 1, kernel_size: 1, activation: sigmoid}
    training: {optimizer: adam, loss: binary_crossentropy}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [64, 64, 3]}
        layers:
          - RandomContrast: {factor: 0.2}
          - Conv2D: {filters: 8, kernel_size: 3, padding: same, activation: relu}
          - Conv2D: {filters: 1, kernel_size: 1, activation: sigmoid}
    training: {optimizer: adam, loss: binary_crossentropy}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from modelspec.analysis.arguments import keras_class, layers_within
from modelspec.analysis.data import augmented_inputs
from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.analysis.losses import NUMBER_LOSSES, TrainedOutput
from modelspec.diagnostics import Related, Span
from modelspec.graph import Graph
from modelspec.layers import classes_with
from modelspec.layers.rule import Tensor
from modelspec.spec import Spec
from modelspec.spec.model import LayerSpec

CODE = "target-not-moved"

BOX, POINT = 4, 2
"""The numbers of a box, and of a point."""


class MovingLayer(NamedTuple):
    """A layer that moves what images show.

    Attributes:
        span: where it stands.
        text: what messages call it.
        sources: the inputs or the call whose images it moves.
        image: these images; None where `data.augment` moves them, with targets of their size.
    """

    span: Span
    text: str
    sources: tuple[str, ...]
    image: Tensor | None


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer of the whole model and of `data.augment`, with the first output
    that it reaches."""
    model = context.models[0]
    refs = {name: ref.source for name, ref in model.graph.output_refs().items()}
    for in_model, layers in ((True, _of_model(model)), (False, _of_augment(spec, model))):
        for layer in layers:
            reached = _reached(model.graph, layer.sources)
            for output in context.outputs:
                if refs.get(output.name) not in reached:
                    continue
                if in_model and _has_positions(output.tensor, layer.image):
                    hint = "move it to `data.augment`, which moves the target with the images"
                    yield _lint(layer, output, "has a value for each place", hint)
                    break
                if _has_coordinates(output):
                    hint = (
                        "if the target is a box or points, remove the layer; RandomBrightness and"
                        " its like leave everything at its place"
                    )
                    yield _lint(layer, output, "has numbers as a box or points have them", hint)
                    break


def _lint(layer: MovingLayer, output: TrainedOutput, has: str, hint: str) -> Lint:
    message = (
        f'{layer.text} moves what the images show in training, and the target of "{output.name}"'
        " is not moved with it"
    )
    return Lint(layer.span, message, hint, (Related(output.span, f'"{output.name}" {has}'),))


def _of_model(model: ModelView) -> Iterator[MovingLayer]:
    for call in model.graph.calls:
        layer = model.layer(call)
        if _moves(model.graph, layer):
            text = f'"{layer.name}" ({layer.object.class_name})'
            yield MovingLayer(layer.span, text, (call.name,), model.input(call))


def _of_augment(spec: Spec, model: ModelView) -> Iterator[MovingLayer]:
    moving = classes_with("moves_pixels")
    for group in () if spec.data is None else augmented_inputs(spec.data, model.graph.inputs):
        names = tuple(entry.name for entry in group.entries)
        for layer in group.augment.layers:
            if keras_class(layer) in moving:
                yield MovingLayer(layer.span, layer.class_name, names, None)


def _moves(graph: Graph, layer: LayerSpec) -> bool:
    """Whether a layer, or one inside it, moves pixels."""
    if layer.object.model is not None:
        inner = graph.nested_graph(layer.object)
        return any(_moves(inner, part) for part in inner.layers.values())
    moving = classes_with("moves_pixels")
    return any(keras_class(item) in moving for item in layers_within(layer.object))


def _reached(graph: Graph, sources: tuple[str, ...]) -> set[str]:
    """The names of inputs or calls, and of all calls that these flow into."""
    found = set(sources)
    for call in graph.calls:
        if any(ref.source in found for ref in call.reads()):
            found.add(call.name)
    return found


def _has_positions(output: Tensor | None, image: Tensor | None) -> bool:
    """Whether an output has a value for each place: it is of images itself, or of their size."""
    if output is None or output.rank < 3:
        return False
    if output.rank == 4:
        return output.shape[1:3] != (1, 1)
    return image is not None and image.rank == 4 and output.shape[1:] == image.shape[1:3]


def _has_coordinates(output: TrainedOutput) -> bool:
    """Whether the numbers of a target may be places: a box, or rows of boxes or points."""
    if output.tensor is None or output.loss_class not in NUMBER_LOSSES:
        return False
    has_labels = output.target is not None and output.target.labels is not None
    if has_labels or output.activation == "softmax":
        return False
    *rows, size = output.tensor.shape[1:] or (None,)
    return (not rows and size == BOX) or (len(rows) == 1 and size in (BOX, POINT))

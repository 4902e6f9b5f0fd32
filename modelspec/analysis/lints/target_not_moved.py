"""Images are flipped, turned or moved at random, and the target has positions of the same image.

RandomFlip, RandomRotation, RandomTranslation and their like move what an image shows. The label of
a whole image stays right. A target that says something of each place, such as a mask of segments,
a depth map or the image itself, is not moved with it, so the loss compares two different places.

To fix it, move the layer from the model to `data.augment`, which moves images and their targets
together, in training alone. Layers that leave everything at its place, such as RandomBrightness
and RandomContrast, can stay.

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

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext, ModelView, layers_within
from modelspec.diagnostics import Related
from modelspec.graph import Call, Graph
from modelspec.layers import classes_with
from modelspec.layers.rule import Tensor
from modelspec.spec import Spec
from modelspec.spec.model import LayerSpec

CODE = "target-not-moved"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer of the whole model, with the first output that it reaches."""
    model = context.models[0]
    sources = {name: ref.source for name, ref in model.graph.output_refs().items()}
    for call in model.graph.calls:
        if not _moves(model.graph, model.layer(call)):
            continue
        reached = _reached(model, call)
        for output in context.outputs:
            if sources.get(output.name) in reached and _has_positions(
                output.tensor, model.input(call)
            ):
                kind = model.layer(call).object.class_name
                message = (
                    f'"{model.layer(call).name}" ({kind}) moves what the images show in training, '
                    f'and the target of "{output.name}" is not moved with it'
                )
                hint = "move it to `data.augment`, which moves the target with the images"
                related = (Related(output.span, f'"{output.name}" has a value for each place'),)
                yield Lint(model.layer(call).span, message, hint, related)
                break


def _moves(graph: Graph, layer: LayerSpec) -> bool:
    """Whether a layer, or one inside it, moves pixels."""
    if layer.object.model is not None:
        inner = graph.nested_graph(layer.object)
        return any(_moves(inner, part) for part in inner.layers.values())
    moving = classes_with("moves_pixels")
    return any(keras_class(item) in moving for item in layers_within(layer.object))


def _reached(model: ModelView, call: Call) -> set[str]:
    """The names of the call and of all calls that what it gives flows into."""
    found, todo = {call.name}, [call]
    while todo:
        for reader in model.readers(todo.pop()):
            if reader.name not in found:
                found.add(reader.name)
                todo.append(reader)
    return found


def _has_positions(output: Tensor | None, image: Tensor | None) -> bool:
    """Whether an output has a value for each place: it is of images itself, or of their size."""
    if output is None or output.rank < 3:
        return False
    if output.rank == 4:
        return output.shape[1:3] != (1, 1)
    return image is not None and image.rank == 4 and output.shape[1:] == image.shape[1:3]

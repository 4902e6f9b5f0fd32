"""MixUp or CutMix inside a model: the images are mixed, and their labels are not.

Both layers mix each image of a batch with another one. In a pipeline of data they mix the labels
too; in a model they get the images alone, and the loss compares what it says of the mixture with
the label of one of the two.

To fix it, move the layer from the model to `data.augment`, which mixes images together with their
labels (`one_hot: true`), in training alone; or use layers that leave the label right: RandomFlip,
RandomRotation, RandomErasing.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [32, 32, 3]}
        layers:
          - MixUp: {alpha: 0.2}
          - Conv2D: {filters: 8, kernel_size: 3, activation: relu}
          - GlobalAveragePooling2D
          - Dense: {units: 10, activation: softmax}
    training: {optimizer: adam, loss: sparse_categorical_crossentropy}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [32, 32, 3]}
        layers:
          - RandomFlip: {mode: horizontal}
          - Conv2D: {filters: 8, kernel_size: 3, activation: relu}
          - GlobalAveragePooling2D
          - Dense: {units: 10, activation: softmax}
    training: {optimizer: adam, loss: sparse_categorical_crossentropy}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.layers import classes_with
from modelspec.spec import Spec

CODE = "labels-not-mixed"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer, those in a Pipeline too."""
    for _, item in context.layers:
        kind = keras_class(item)
        if kind in classes_with("mixes_examples"):
            message = f"{kind} mixes the images of a batch in training, and not the targets"
            hint = "move it to `data.augment`, which mixes the targets too"
            yield Lint(item.span, message, hint)

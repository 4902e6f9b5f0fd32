"""RandomCrop before layers that take images of any size: it crops in training only.

Outside of training RandomCrop hands the images on whole, so validation, `evaluate` and `predict`
see larger images than the training did, and what is in them at another scale. The sizes of
`summarize` are those of the training.

To fix it, put a CenterCrop of the same size right after it: in training it changes nothing, and
outside it gives images of the size that the model was trained on.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [64, 64, 3]}
        layers:
          - RandomCrop: {height: 48, width: 48}
          - Conv2D: {filters: 8, kernel_size: 3, activation: relu}
          - GlobalAveragePooling2D
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [64, 64, 3]}
        layers:
          - RandomCrop: {height: 48, width: 48}
          - CenterCrop: {height: 48, width: 48}
          - Conv2D: {filters: 8, kernel_size: 3, activation: relu}
          - GlobalAveragePooling2D
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.graph import Call
from modelspec.layers import classes_with
from modelspec.spec import Spec

CODE = "crops-in-training-only"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer whose readers see another size outside of training."""
    for model in context.models:
        for call in model.calls_of(*classes_with("crops_in_training")):
            before, after = model.input(call), model.output(call)
            if before is None or after is None or before.shape == after.shape:
                continue
            if not _is_sized(model, call):
                name = model.layer(call).name
                message = (
                    f'"{name}" crops to {after.shape} in training only: validation and `predict` '
                    f"see {before.shape}"
                )
                args = model.layer(call).object.args
                size = f"{{height: {args['height']}, width: {args['width']}}}"
                hint = f"put `CenterCrop: {size}` right after it; in training it changes nothing"
                yield Lint(model.layer(call).span, message, hint)


def _is_sized(model: ModelView, call: Call) -> bool:
    """Whether all that read it bring images of any size to one size."""
    readers = model.readers(call)
    return bool(readers) and all(model.kind(reader) in SIZING for reader in readers)


SIZING = ("CenterCrop", "Resizing")

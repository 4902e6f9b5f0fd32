"""Which inputs `augment` changes, and what follows them."""

from __future__ import annotations

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.data import is_image_target
from modelspec.analysis.losses import NUMBER_LOSSES
from modelspec.layers import classes_with
from modelspec.spec.data import Augment, Columns, DataSpec
from modelspec.spec.model import ExampleShape, InputSpec, KerasObject

MASK, VALUES = "mask", "values"
"""How a target moves with the images: by the nearest pixel, or as they do."""

GRAY_RANK, IMAGE_RANK = 2, 3
"""The axes of an image without channels, and with them."""


def is_image(entry: InputSpec) -> bool:
    """Whether an input has the axes of images, without the batch axis."""
    return entry.shape is not None and len(entry.shape) == IMAGE_RANK and entry.dtype != "string"


def is_gray_image(entry: InputSpec) -> bool:
    """Whether an input has the axes of images without channels."""
    return entry.shape is not None and len(entry.shape) == GRAY_RANK and entry.dtype != "string"


def augmented_inputs(
    data: DataSpec, inputs: tuple[InputSpec, ...]
) -> dict[str, tuple[InputSpec, Augment]]:
    """The inputs that `augment` changes, by name; those that it does not name are left out.

    Args:
        data: the section.
        inputs: those of the model.
    """
    known = {entry.name: entry for entry in inputs}
    found = {}
    for augment in data.augment:
        entry = _only_image(inputs) if augment.input is None else known.get(augment.input)
        if entry is not None:
            found[entry.name] = (entry, augment)
    return found


def _only_image(inputs: tuple[InputSpec, ...]) -> InputSpec | None:
    """The one input that takes images; None where there is none, or several."""
    images = [entry for entry in inputs if is_image(entry)]
    images = images or [entry for entry in inputs if is_gray_image(entry)]
    return images[0] if len(images) == 1 else None


def follow_kind(
    output: ExampleShape, image: ExampleShape, loss_class: str, target: Columns | None
) -> str | None:
    """How a target moves with the images of an input; None where it is no image of their size.

    Args:
        output: the shape of the output that the target is compared with.
        image: that of the images.
        loss_class: Keras's class of the loss: a distance between numbers has values as target.
        target: its columns, where they are known to be of images; then `labels` decide.
    """
    if len(output) not in (GRAY_RANK, IMAGE_RANK) or len(image) < GRAY_RANK:
        return None
    if tuple(output[:2]) != tuple(image[:2]):
        return None
    has_values = loss_class in NUMBER_LOSSES if target is None else target.labels is None
    return VALUES if has_values else MASK


def image_target(data: DataSpec, name: str) -> Columns | None:
    """The columns of an output's target where it comes from image files."""
    return next(
        (
            target
            for target in data.targets
            if target.name in (None, name) and is_image_target(target, data.train)
        ),
        None,
    )


def moves(layer: KerasObject) -> bool:
    """Whether a layer moves what images show."""
    return keras_class(layer) in classes_with("moves_pixels")


def mixes(layer: KerasObject) -> bool:
    """Whether a layer mixes images of different examples."""
    return keras_class(layer) in classes_with("mixes_examples")

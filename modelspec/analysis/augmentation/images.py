"""What follows the images that `augment` changes, and what its layers do."""

from __future__ import annotations

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.data import GRAY_RANK, IMAGE_RANK, is_image_target
from modelspec.analysis.losses import NUMBER_LOSSES
from modelspec.layers import classes_with
from modelspec.spec.data import Columns, DataSpec
from modelspec.spec.model import ExampleShape, KerasObject

IMAGE, MASK, VALUES = "image", "mask", "values"
"""How an array moves with images: as one of them; as a target, by the nearest pixel or as they do.
Layers of colors leave targets as they are."""


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


def maps_affinely(layer: KerasObject) -> bool:
    """Whether a layer moves images by one affine map each, and does nothing else."""
    return keras_class(layer) in classes_with("maps_affinely")

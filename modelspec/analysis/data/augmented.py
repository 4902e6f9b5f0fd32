"""Which inputs `augment` changes, and whose images are larger in the data than in the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from modelspec.analysis.arguments import complete, keras_class
from modelspec.layers import classes_with
from modelspec.spec.data import Augment, DataSpec, path_columns, source_of_files
from modelspec.spec.model import ExampleShape, InputSpec, KerasObject

from .matching import FedInputs

GRAY_RANK, IMAGE_RANK = 2, 3
"""The axes of an image without channels, and with them."""

Size = tuple[int, int]
"""Height and width."""


def is_image(entry: InputSpec) -> bool:
    """Whether an input has the axes of images, without the batch axis."""
    return entry.shape is not None and len(entry.shape) == IMAGE_RANK and entry.dtype != "string"


def is_gray_image(entry: InputSpec) -> bool:
    """Whether an input has the axes of images without channels."""
    return entry.shape is not None and len(entry.shape) == GRAY_RANK and entry.dtype != "string"


class AugmentedInputs(NamedTuple):
    """What an entry of `augment` changes.

    Attributes:
        entries: the inputs, at least one; they are changed alike.
        augment: the layers, and the names as written.
    """

    entries: tuple[InputSpec, ...]
    augment: Augment

    def follows(self, output: str, others: Iterable[AugmentedInputs]) -> bool:
        """Whether a target moves with these inputs rather than with those of other entries."""
        return output in self.output_names or not any(output in o.output_names for o in others)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The outputs that are named: what is no input."""
        inputs = {entry.name for entry in self.entries}
        return tuple(name for name in self.augment.names if name not in inputs)


def augmented_inputs(data: DataSpec, inputs: Iterable[InputSpec]) -> list[AugmentedInputs]:
    """What each entry of `augment` changes; those without an input are left out.

    Args:
        data: the section.
        inputs: those of the model.
    """
    known = {entry.name: entry for entry in inputs}
    found = []
    for augment in data.augment:
        entries = tuple(known[name] for name in augment.names if name in known)
        if not augment.names:
            only = _only_image(known.values())
            entries = () if only is None else (only,)
        if entries:
            found.append(AugmentedInputs(entries, augment))
    return found


def _only_image(inputs: Iterable[InputSpec]) -> InputSpec | None:
    """The one input that takes images; None where there is none, or several."""
    known = list(inputs)
    images = [entry for entry in known if is_image(entry)]
    images = images or [entry for entry in known if is_gray_image(entry)]
    return images[0] if len(images) == 1 else None


def crops(layer: KerasObject) -> bool:
    """Whether a layer cuts a part out of images."""
    return keras_class(layer) in classes_with("crops_in_training")


def crop_size(layer: KerasObject) -> Size:
    """What a layer that crops makes of images."""
    args = complete(layer)
    return int(args["height"]), int(args["width"])


def cropped_inputs(data: DataSpec, inputs: Iterable[InputSpec]) -> dict[str, Size]:
    """The inputs whose images are cut out of larger ones, with their sizes.

    Args:
        data: the section.
        inputs: those of the model.
    """
    return {
        entry.name: (int(entry.shape[0] or 0), int(entry.shape[1] or 0))
        for changed in augmented_inputs(data, inputs)
        for entry in changed.entries
        if entry.shape is not None and any(map(crops, changed.augment.layers))
    }


def with_whole_images(fed: FedInputs, data: DataSpec) -> FedInputs:
    """The inputs as the data feeds them: with images of any size where they are cropped.

    Args:
        fed: the inputs with their columns.
        data: the section.
    """
    cropped = cropped_inputs(data, (entry for entry, _ in fed))
    has_files = bool(path_columns(data.train))
    return tuple(
        (replace(entry, shape=(None, None, *(entry.shape or ())[2:])), columns)
        if entry.name in cropped and not (has_files and _whole_size(data) is None)
        else (entry, columns)
        for entry, columns in fed
    )


def _whole_size(data: DataSpec) -> Size | None:
    """The size in which image files are read; None where the section does not say it."""
    size = source_of_files(data.train).options.get("size")
    return None if size is None else (size[0], size[1])


def with_whole_targets(
    outputs: Mapping[str, ExampleShape], data: DataSpec, inputs: Iterable[InputSpec]
) -> dict[str, ExampleShape]:
    """The shapes of outputs as the data has their targets: those of larger images where cropped.

    Args:
        outputs: output name to its shape without the batch axis.
        data: the section.
        inputs: those of the model.
    """
    size, sizes = _whole_size(data), set(cropped_inputs(data, inputs).values())
    return {
        name: (*size, *shape[2:]) if size is not None and _has_places(shape, sizes) else shape
        for name, shape in outputs.items()
    }


def _has_places(shape: ExampleShape, sizes: Iterable[Size]) -> bool:
    """Whether a target has a value for each pixel of images that are cropped."""
    return len(shape) in (GRAY_RANK, IMAGE_RANK) and tuple(shape[:2]) in set(sizes)


def cropped_targets(
    outputs: Mapping[str, ExampleShape], data: DataSpec, inputs: Iterable[InputSpec]
) -> dict[str, Size]:
    """The outputs whose targets are cropped with the images, with their sizes.

    Args:
        outputs: output name to its shape without the batch axis.
        data: the section.
        inputs: those of the model.
    """
    sizes = set(cropped_inputs(data, inputs).values())
    return {
        name: (int(shape[0] or 0), int(shape[1] or 0))
        for name, shape in outputs.items()
        if _has_places(shape, sizes)
    }

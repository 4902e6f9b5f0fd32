"""What an image is as a target: its shape, and the options that say what its pixels mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from modelspec.analysis.facts import Analysis
from modelspec.layers.rule import Tensor
from modelspec.spec.data import (
    IMAGES,
    Columns,
    DataSpec,
    Source,
    path_columns,
    source_of_column,
    sources_of,
)
from modelspec.spec.model import ExampleShape

CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}
"""The number of channels of each color mode."""

LARGEST_PIXEL = 255

IGNORED_CLASS = -1
"""The class number of pixels that belong to no class."""

IGNORE, DIVIDE = "ignore", "divide"

Shapes = Mapping[str, ExampleShape]
"""Output name to the shape of the output without the batch axis."""


class ImageTarget(NamedTuple):
    """A target that is an image, in one of the sources.

    Attributes:
        columns: the target.
        source: how its files are read.
        shape: of the target of one example; None for sizes that nothing sets.
    """

    columns: Columns
    source: Source
    shape: ExampleShape


def is_image_target(columns: Columns, source: Source) -> bool:
    """Whether a target is a column of image files."""
    files = [name for name in columns.columns if name in path_columns(source)]
    return any(source_of_column(source, name).kind == IMAGES for name in files)


def image_target_shape(columns: Columns, source: Source, output: ExampleShape) -> ExampleShape:
    """The shape that an image has as the target of an output.

    A mask is [height, width], with a last axis of 1 where the output has one; an image of numbers
    has its channels, unless it has one and the output none.

    Args:
        columns: the target.
        source: how its files are read.
        output: the shape of the output, whose height and width count unless the source sets them.
    """
    size = source.options.get("size") or output[:2]
    height, width = size if len(size) == 2 else (None, None)
    channels = CHANNELS[source.options["color"]]
    if columns.labels is not None:
        has_channel = len(output) == 3 and output[-1] == 1 and not columns.is_one_hot
        return (height, width, 1) if has_channel else (height, width)
    return (height, width) if channels == 1 and len(output) == 2 else (height, width, channels)


def output_shapes(analysis: Analysis) -> dict[str, ExampleShape]:
    """Output name to the shape of the output without the batch axis, where it is known."""
    return {
        name: tensor.shape[1:]
        for name, tensor in analysis.outputs.items()
        if isinstance(tensor, Tensor) and tensor.shape
    }


def image_targets(
    targets: tuple[Columns, ...], data: DataSpec, outputs: Shapes
) -> Iterator[ImageTarget]:
    """The targets that are images, for each source that has them.

    Args:
        targets: as `match_targets` returns them.
        data: the section.
        outputs: the shapes of the outputs.
    """
    for columns in targets:
        output = outputs.get(str(columns.name), ())
        for source in sources_of(data).values():
            if is_image_target(columns, source):
                own = source_of_column(source, columns.columns[0])
                yield ImageTarget(columns, own, image_target_shape(columns, own, output))


def ignored_pixels(columns: Columns) -> tuple[int, ...]:
    """The pixel values that belong to no class."""
    given = columns.options.get(IGNORE, ())
    return (given,) if isinstance(given, int) else tuple(given)


def divisor(columns: Columns) -> float:
    """What the pixel values of an image of numbers are divided by."""
    return float(columns.options.get(DIVIDE, 1))

"""What a generator makes as images: how its numbers become pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from modelspec.analysis.gan import example_input, returns_to_data
from modelspec.data import Data
from modelspec.data.table import LazyArray, example_shape
from modelspec.graph import Graph
from modelspec.training.prepare import UNTRAINED

LARGEST = 255
"""The largest value of a pixel in a file."""

CHANNELS = (1, 3, 4)
"""Of images that a file can hold."""

IMAGE_AXES = 3


def untrained_meaning(data: Data, graph: Graph) -> dict[str, Any]:
    """The `output_meaning` of outputs without a loss, among them images that a generator makes."""
    pixels = _pixels(data, graph)
    return UNTRAINED if pixels is None else {**UNTRAINED, "pixels": pixels}


def _pixels(data: Data, graph: Graph) -> dict[str, Any] | None:
    """How the numbers of a generator become pixels, as data.json has it; None where they are none.

    They do where its output is on the scale of images: of files, or of arrays [n, height, width,
    channels] from 0 on, whose largest value in the training split is white.
    """
    name = example_input(graph)
    examples = None if name is None else data.train.inputs.get(name)
    if examples is None or not returns_to_data(graph):
        return None
    shape = example_shape(examples)
    if len(shape) != IMAGE_AXES or shape[-1] not in CHANNELS:
        return None
    if isinstance(examples, LazyArray):
        return {"times": 1.0}
    least, most = float(np.min(examples)), float(np.max(examples))
    return {"times": LARGEST / most} if least >= 0 and most > 0 else None

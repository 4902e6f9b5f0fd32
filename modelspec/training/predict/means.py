"""The mean of what several models say, such as those of all folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelspec.runs import OutputKind

from .output_columns import Array, probabilities


def mean_meanings(meanings: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The meanings of the means: of classes they are those of probabilities, not of logits."""
    return {
        name: one if one["kind"] == OutputKind.NUMBERS else {**one, "from_logits": False}
        for name, one in meanings.items()
    }


def mean_of_outputs(
    each: Sequence[Mapping[str, Array]], meanings: Mapping[str, Mapping[str, Any]]
) -> dict[str, Array]:
    """Output name to the mean of what several models say; of classes that of probabilities."""
    found = {}
    for name, meaning in meanings.items():
        values = [outputs[name] for outputs in each]
        if meaning["kind"] != OutputKind.NUMBERS and meaning["from_logits"]:
            values = [probabilities(one, meaning).reshape(one.shape) for one in values]
        found[name] = np.mean(values, axis=0, dtype=np.float64).astype(values[0].dtype)
    return found

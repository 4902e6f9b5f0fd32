"""The mean of what several models say, such as those of all folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelspec.runs import OutputKind

from .output_columns import Array, probabilities, threshold_of


def mean_meanings(
    each: Sequence[Mapping[str, Mapping[str, Any]]],
) -> dict[str, Mapping[str, Any]]:
    """The meanings of the means: of classes they are those of probabilities, not of logits, and
    their threshold is the mean of those of all.

    Args:
        each: output name to its `output_meaning`, of each model.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for name, one in each[0].items():
        if one["kind"] == OutputKind.NUMBERS:
            found[name] = one
            continue
        thresholds = [threshold_of(meanings[name], None) for meanings in each]
        found[name] = {**one, "from_logits": False, "threshold": sum(thresholds) / len(thresholds)}
    return found


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

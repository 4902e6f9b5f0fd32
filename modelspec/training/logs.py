"""Logged values, from Keras's tensors and arrays to floats by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def flatten_logs(logs: Mapping[str, Any], order: Sequence[str] = ()) -> dict[str, float]:
    """Logged values as floats; a metric with a value for each class becomes `name_0`, `name_1`.

    Args:
        logs: name to a number, an array or a tensor.
        order: of the names in the result; names that are not in it come last.
    """
    position = {name: index for index, name in enumerate(order)}
    floats = {}
    for name in sorted(logs, key=lambda name: position.get(name, len(position))):
        numbers = np.ravel(np.asarray(logs[name]))
        if len(numbers) == 1:
            floats[name] = float(numbers[0])
        else:
            floats |= {f"{name}_{i}": float(number) for i, number in enumerate(numbers)}
    return floats


def format_logs(logs: Mapping[str, float]) -> str:
    """`loss 0.1234  accuracy 0.981`: four significant digits each."""
    return "  ".join(f"{name} {value:.4g}" for name, value in logs.items())

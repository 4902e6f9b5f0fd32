"""How far the answers of an export are from those of the Keras model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.training.prepare import BINARY, CLASSES

Array = npt.NDArray[Any]
FLAT = 1e-3
"""Answers that differ by less from one example to another, in parts of the largest, show little: an
export that misreads its input could give them too."""


@dataclass(frozen=True, slots=True)
class OutputDifference:
    """One output.

    Attributes:
        output: its name.
        absolute: the largest absolute difference; infinite where the shapes differ, where one
            side has no number, or where a text differs.
        relative: the same in parts of the output's largest absolute value.
        decisions: for classifiers the share of examples with the same class, else None.
        note: what else differs, or "".
    """

    output: str
    absolute: float
    relative: float
    decisions: float | None = None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As plain data; None for a number that is not finite."""
        found = asdict(self)
        for key in ("absolute", "relative"):
            found[key] = found[key] if np.isfinite(found[key]) else None
        return {key: value for key, value in found.items() if value != ""}


def compare(
    wanted: Mapping[str, Array],
    given: Mapping[str, Array],
    meanings: Mapping[str, Mapping[str, Any]],
) -> list[OutputDifference]:
    """Hold each output of an export to the Keras model's.

    Args:
        wanted: output name to the Keras model's answers, [n, ...].
        given: the same of the export.
        meanings: output name to what `modelspec.training.prepare.outputs.meaning` says.
    """
    found = []
    for name, answers in wanted.items():
        if name not in given:
            note = f"it is not there; the export gives {', '.join(given) or 'nothing'}"
            found.append(OutputDifference(name, np.inf, np.inf, None, note))
        else:
            found.append(_compare(name, answers, given[name], meanings.get(name, {})))
    return found


def _compare(
    name: str, wanted: Array, given: Array, meaning: Mapping[str, Any]
) -> OutputDifference:
    if wanted.shape != given.shape:
        note = f"shape {list(given.shape)} instead of {list(wanted.shape)}"
        return OutputDifference(name, np.inf, np.inf, None, note)
    if wanted.dtype.kind in "OSU":
        equal = bool((wanted.astype(str) == given.astype(str)).all())
        return OutputDifference(name, 0.0 if equal else np.inf, 0.0 if equal else np.inf)
    left, right = wanted.astype(np.float64), given.astype(np.float64)
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    with np.errstate(invalid="ignore"):
        apart = np.where(same, 0.0, np.abs(left - right))
    apart = np.where(np.isnan(apart), np.inf, apart)
    absolute = float(apart.max(initial=0.0))
    scale = float(np.abs(left[np.isfinite(left)]).max(initial=0.0))
    relative = absolute / scale if scale else (0.0 if absolute == 0 else np.inf)
    note = "" if np.isfinite(left).all() else "the Keras model itself gives NaN or infinity"
    if not note and len(left) > 1 and np.abs(left - left[0]).max(initial=0.0) < FLAT * scale:
        note = f"the model answers every example alike, within {FLAT:.1%}: this shows little"
    return OutputDifference(name, absolute, relative, _decisions(left, right, meaning), note)


def _decisions(left: Array, right: Array, meaning: Mapping[str, Any]) -> float | None:
    kind = meaning.get("kind")
    if kind == CLASSES and left.ndim > 1:
        return float((left.argmax(axis=-1) == right.argmax(axis=-1)).mean())
    if kind == BINARY:
        border = 0.0 if meaning.get("from_logits") else 0.5
        return float(((left > border) == (right > border)).mean())
    return None

"""Confusion matrices of outputs that have many classes an example: of each pixel, or each step.

Their predictions are too many to be kept. They are counted as they are made, and the counts are
kept in a file of the run, which says what they were counted from as `predictions.parquet` does.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.files import write_atomically
from modelspec.runs import RunFile, json_of

from .class_scores import ClassScore, mean_of_scores, scores_of_confusions
from .saved import SplitOrigin

VERSION = 1

DAMAGES = (OSError, ValueError, OverflowError, KeyError, TypeError, AttributeError)
"""What reading a damaged file raises."""

MOST_BYTES = 1 << 20
"""Of a mask that is shown: far more than a training writes, and little for a file of others."""

Numbers = npt.NDArray[np.int16]


class Counted(StrEnum):
    """What has a class each."""

    EXAMPLES = "examples"
    STEPS = "steps"
    PIXELS = "pixels"


@dataclass(frozen=True, slots=True, eq=False)
class MaskExample:
    """An example of masks.

    Attributes:
        row: its position in the split.
        iou: the mean IoU of the classes that are in one of its masks.
        truth: class numbers [height, width], some of many pixels; -1 where none counts.
        predicted: those of the model, of the same pixels.
    """

    row: int
    iou: float
    truth: Numbers
    predicted: Numbers

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "row": self.row,
            "iou": self.iou,
            "shape": list(self.truth.shape),
            "truth": _packed(self.truth),
            "predicted": _packed(self.predicted),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """One output of a classifier on a split.

    Attributes:
        output: its name.
        labels: the classes.
        counts: [classes, classes]: row the truth, column the prediction.
        threshold: the second of two classes was predicted above this probability; else None.
        of: what was counted.
        examples: how many there are.
        worst: examples of masks, those of the smallest IoU first.
    """

    output: str
    labels: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    threshold: float | None = None
    of: Counted = Counted.EXAMPLES
    examples: int = 0
    worst: tuple[MaskExample, ...] = ()

    @property
    def of_pixels(self) -> bool:
        """Whether pixels were counted, of which IoU is told."""
        return self.of is Counted.PIXELS

    @property
    def accuracy(self) -> float:
        """The fraction of the predictions that are right."""
        return float(np.trace(self.counts) / max(1, self.counts.sum()))

    @property
    def classes(self) -> tuple[ClassScore, ...]:
        """The scores of each class."""
        return scores_of_confusions(self.labels, self.counts, of_pixels=self.of_pixels)

    @property
    def macro(self) -> ClassScore:
        """The unweighted means over the classes that occur."""
        return replace(mean_of_scores(self.classes), iou=self.mean_iou)

    @property
    def mean_iou(self) -> float | None:
        """The mean IoU of the classes that occur or are predicted, as Keras's MeanIoU."""
        found = [score.iou for score in self.classes if score.iou is not None]
        return float(np.mean(found)) if found else None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""

        def fields(score: ClassScore) -> dict[str, Any]:
            return score.to_dict(of_pixels=self.of_pixels)

        return {
            "labels": list(self.labels),
            "threshold": self.threshold,
            "accuracy": self.accuracy,
            "classes": [fields(score) for score in self.classes],
            "macro": {k: v for k, v in fields(self.macro).items() if k != "label"},
            "confusion": self.counts.tolist(),
        }


def save_confusions(
    folder: Path, split: str, confusions: Sequence[Confusion], origin: SplitOrigin
) -> Path:
    """Write the counts of a split into a run's folder; those of other splits stay, if they are of
    the same weights.

    Args:
        folder: of the run.
        split: "train", "validation" or "test".
        confusions: of outputs of it.
        origin: what they were counted from.

    Returns:
        The path of the file.

    Raises:
        CannotRunError: the file cannot be written.
    """
    path = folder / RunFile.CONFUSIONS
    before = json_of(path)
    others = before.get("splits") if before.get("version") == VERSION else None
    kept = {
        name: one
        for name, one in (others.items() if isinstance(others, dict) else ())
        if isinstance(one, dict) and _weights(one) == origin.weights
    }
    outputs = {one.output: _stored(one) for one in confusions}
    kept[split] = {"origin": asdict(origin), "outputs": outputs}
    text = json.dumps({"version": VERSION, "splits": kept}, ensure_ascii=False)
    return write_atomically(path, text + "\n")


def read_confusions(
    folder: Path, split: str, is_current: Callable[[SplitOrigin], bool]
) -> tuple[Confusion, ...] | None:
    """The counts of a split that are kept in a run's folder.

    Args:
        folder: of the run.
        split: "train", "validation" or "test".
        is_current: whether counts of this origin are those that the run would make now.

    Returns:
        None where there are none, where they are of other weights or data, or the file is damaged.
    """
    content = json_of(folder / RunFile.CONFUSIONS)
    try:
        if content["version"] != VERSION:
            return None
        found = content["splits"][split]
        if not is_current(SplitOrigin(**found["origin"])):
            return None
        return tuple(_restored(name, one) for name, one in found["outputs"].items())
    except (*DAMAGES, zlib.error, binascii.Error):
        return None


def _weights(split: dict[str, Any]) -> object:
    origin = split.get("origin")
    return origin.get("weights") if isinstance(origin, dict) else None


def _stored(confusion: Confusion) -> dict[str, Any]:
    return {
        "labels": list(confusion.labels),
        "threshold": confusion.threshold,
        "of": confusion.of,
        "examples": confusion.examples,
        "counts": confusion.counts.tolist(),
        "worst": [one.to_dict() for one in confusion.worst],
    }


def _restored(name: str, facts: dict[str, Any]) -> Confusion:
    """The opposite of `_stored`.

    Raises:
        ValueError, KeyError, TypeError: it is not what was stored.
    """
    labels = tuple(map(str, facts["labels"]))
    counts = np.array(facts["counts"], dtype=np.int64)
    threshold, examples = facts["threshold"], int(facts["examples"])
    if counts.shape != (len(labels), len(labels)) or (counts < 0).any():
        raise ValueError("the counts are not those of the classes")
    worst = tuple(
        MaskExample(
            int(one["row"]),
            float(one["iou"]),
            _unpacked(one["truth"], one["shape"], len(labels)),
            _unpacked(one["predicted"], one["shape"], len(labels)),
        )
        for one in facts["worst"]
    )
    limit = None if threshold is None else float(threshold)
    return Confusion(name, labels, counts, limit, Counted(facts["of"]), examples, worst)


def _packed(numbers: Numbers) -> str:
    return base64.b64encode(zlib.compress(numbers.astype("<i2").tobytes(), 9)).decode()


def _unpacked(text: str, shape: Sequence[int], classes: int) -> Numbers:
    height, width = shape
    pixels = zlib.decompressobj().decompress(base64.b64decode(text), MOST_BYTES)
    numbers = np.frombuffer(pixels, "<i2").reshape(height, width).astype(np.int16)
    if ((numbers < -1) | (numbers >= classes)).any():
        raise ValueError("a pixel is of no class")
    return numbers

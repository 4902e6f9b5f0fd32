"""Counting the classes of pixels and steps that a model predicts, and keeping the counts in its
run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.examples import Examples, decoded, report_undecodable_files
from modelspec.data.sources import fingerprint
from modelspec.diagnostics import CannotRunError
from modelspec.evaluation import (
    Confusion,
    Counted,
    MaskExample,
    SplitOrigin,
    count_confusions,
    read_confusions,
    save_confusions,
    why_no_matrix,
)
from modelspec.runs import OutputKind, RunFile
from modelspec.training.predict import (
    DEFAULT_THRESHOLD,
    chunk_size,
    class_names,
    probabilities,
    threshold_of,
)
from modelspec.training.run_splits import RunSplitData
from modelspec.training.trained_run import Predictor, TrainedRun

from .saving import ignored_classes, is_origin_current, load_predicted_split

Array = npt.NDArray[Any]

MASK_AXES = 3
"""Axes of the class numbers of masks, [n, height, width]; more are those of volumes."""

WORST = 6
"""Examples of masks that are kept to be shown."""

SIDE = 96
"""Pixels of a side of them, at most."""


class ConfusionCounter:
    """Counts the predictions of one output, batch by batch.

    Args:
        output: its name.
        meaning: its `output_meaning`, of a kind with classes.
        threshold: predict the positive class above this probability.
        ignored: the class number that does not count, or None.
    """

    def __init__(
        self,
        output: str,
        meaning: Mapping[str, Any],
        threshold: float = DEFAULT_THRESHOLD,
        ignored: int | None = None,
    ) -> None:
        self.output = output
        self.ignored = ignored
        self.meaning = meaning
        self.threshold = threshold
        self.counts: npt.NDArray[np.int64] | None = None
        self.labels: Sequence[str] = ()
        self.of = Counted.EXAMPLES
        self.examples = 0
        self.worst: list[MaskExample] = []

    @staticmethod
    def has_classes(meaning: Mapping[str, Any]) -> bool:
        """Whether an output has classes."""
        return meaning["kind"] in (OutputKind.CLASSES, OutputKind.BINARY)

    @property
    def why_not_counted(self) -> str:
        """Why there are no counts, as a sentence; "" where there are some."""
        return why_no_matrix(self.output, len(self.labels))

    @property
    def is_binary(self) -> bool:
        """Whether the output is one probability for two classes."""
        return bool(self.meaning["kind"] == OutputKind.BINARY)

    def add(self, target: Array, values: Array, *masks: Array | None) -> None:
        """Count a batch. What has no class, and what the loss ignores, is left out.

        Args:
            target: [n, ...] class numbers, or [n, ..., classes] one-hot.
            values: [n, ..., units]: the output of the model.
            masks: [n, ...] each: false where the output is padding, which no metric counts.
        """
        scores = probabilities(values, self.meaning)
        if self.is_binary:
            self.labels = list(self.meaning["labels"])
            predicted = (scores > self.threshold).astype(np.int64)
            truth = (target > 0.5).astype(np.int64)
        else:
            self.labels = class_names(self.meaning, values.shape[-1])
            predicted = scores.argmax(axis=-1)
            is_one_hot = target.shape == values.shape and values.shape[-1] > 1
            truth = target.argmax(axis=-1) if is_one_hot else target.astype(np.int64)
        size, shape = len(self.labels), predicted.shape
        if self.why_not_counted:
            return
        if self.counts is None:
            self.counts = np.zeros((size, size), dtype=np.int64)
        truth, predicted = truth.reshape(-1), predicted.reshape(-1)
        keep = (truth >= 0) & (truth < size)
        if self.ignored is not None:
            keep &= truth != self.ignored
        for mask in masks:
            if mask is not None and len(truth) % mask.size == 0:  # of a step, for all that is in it
                keep &= np.repeat(mask.reshape(-1), len(truth) // mask.size)
        self.counts += count_confusions(truth[keep], predicted[keep], size)
        if len(shape) == MASK_AXES:
            counted = np.where(keep, truth, -1)
            self._add_worst(counted.reshape(shape), predicted.reshape(shape), size)
        self.of = _counted(len(shape))
        self.examples += shape[0]

    def _add_worst(self, truth: Array, predicted: Array, size: int) -> None:
        """Remember the masks of the smallest IoU, of class numbers [n, height, width]."""
        ious = _ious(truth, predicted, size)
        order = np.argsort(ious, kind="stable")[:WORST]  # NaN, where no pixel counts, is last
        rows = [row for row in order.tolist() if np.isfinite(ious[row])]
        self.worst += [
            MaskExample(
                self.examples + row, float(ious[row]), _small(truth[row]), _small(predicted[row])
            )
            for row in rows
        ]
        self.worst = sorted(self.worst, key=lambda one: (one.iou, one.row))[:WORST]

    def result(self) -> Confusion | None:
        """The counts; None before the first batch, and of too many classes."""
        if self.counts is None:
            return None
        threshold = self.threshold if self.is_binary else None
        return Confusion(
            self.output,
            tuple(self.labels),
            self.counts,
            threshold,
            self.of,
            self.examples,
            tuple(self.worst),
        )


def _counted(axes: int) -> Counted:
    """What class numbers of so many axes are of."""
    if axes >= MASK_AXES:
        return Counted.PIXELS
    return Counted.STEPS if axes > 1 else Counted.EXAMPLES


def _ious(truth: Array, predicted: Array, size: int) -> Array:
    """The mean IoU of each example, float64 [n]: of the classes that occur or are predicted among
    the pixels that count; NaN where none counts."""
    rows = len(truth)
    of_row = np.repeat(np.arange(rows) * size, truth[0].size if rows else 0)
    truth, predicted = truth.reshape(-1), predicted.reshape(-1)
    keep = truth >= 0

    def counts(classes: Array, kept: Array) -> Array:
        cells = np.bincount((of_row + classes)[kept], minlength=rows * size)
        return cells.reshape(rows, size)

    both = counts(truth, keep & (truth == predicted))
    either = counts(truth, keep) + counts(predicted, keep) - both
    with np.errstate(invalid="ignore"):
        of_classes = np.where(either > 0, both / either, 0.0)
        return np.asarray(of_classes.sum(axis=1) / (either > 0).sum(axis=1))


def _small(mask: Array) -> npt.NDArray[np.int16]:
    """Some pixels of a mask [height, width], so that a side has at most `SIDE` of them."""
    step = -(-max(mask.shape) // SIDE)
    return np.ascontiguousarray(mask[::step, ::step]).astype(np.int16)


class PredictedChunk(NamedTuple):
    """What a model says of some examples.

    Attributes:
        outputs: name to array [n, ...].
        steps: name to two masks [n, ...]: false where the output is padding, and where a step has
            no weight; None where there is no such mask.
    """

    outputs: Mapping[str, Array]
    steps: Mapping[str, tuple[Array | None, Array | None]]


def predict_chunk(predictor: Predictor, chunk: Examples) -> PredictedChunk:
    """Predict examples, with the masks of their steps; that of padding only Keras gives."""
    masks: Mapping[str, Array] = {}
    with_masks, inputs = getattr(predictor, "with_masks", None), replace(chunk, targets={})
    if with_masks is None:
        outputs = predictor(inputs)
    else:
        outputs, masks = with_masks(inputs)
    weights = chunk.step_weights
    steps = {
        name: (masks.get(name), weights[name] > 0 if name in weights else None) for name in outputs
    }
    return PredictedChunk(outputs, steps)


def current_confusions(
    run: Path, split: str, outputs: Mapping[str, Mapping[str, Any]]
) -> tuple[Confusion, ...] | None:
    """The counts of a split that a run's folder has; needs no TensorFlow.

    Args:
        run: its folder.
        split: "train", "validation" or "test".
        outputs: that there must be counts of, by name, with their `output_meaning`.

    Returns:
        Those of the outputs; None where one has none, or they are of other weights, data or
        thresholds than those of now.
    """
    found = read_confusions(run, split, lambda origin: is_origin_current(run, origin))
    by_name = {one.output: one for one in found or ()}
    if not by_name.keys() >= set(outputs):
        return None
    for name, meaning in outputs.items():
        decided = by_name[name].threshold
        if decided is not None and decided != threshold_of(meaning, None):
            return None
    return tuple(by_name[name] for name in outputs)


def write_confusions(
    run: Path, split: str, confusions: Sequence[Confusion], data: RunSplitData
) -> str | None:
    """Write counts into the folder of their run.

    Args:
        run: its folder, which has its model.
        split: "train", "validation" or "test".
        confusions: of all examples of it, decided by the thresholds of the run.
        data: these examples.

    Returns:
        Why nothing was written, as a sentence; None where it was.
    """
    if not confusions:
        return None
    try:
        weights = fingerprint(run / RunFile.MODEL).hex()
        save_confusions(run, split, confusions, SplitOrigin(weights, data.digest, data.files))
    except (CannotRunError, OSError) as error:
        return f"the confusion matrices are not kept for the report: {error}"
    return None


def count_and_write_confusions(
    trained: TrainedRun, split: str, outputs: Collection[str]
) -> tuple[Confusion, ...]:
    """Count what a run predicts of the examples of a split, and keep the counts in its folder.

    Args:
        trained: the run; of a model of an epoch nothing is kept.
        split: "train", "validation" or "test".
        outputs: with classes, those that are counted.

    Raises:
        UsageError: there is no such split.
        SpecError: the data cannot be read, or changed since the training.
    """
    data = load_predicted_split(trained, split)
    meanings, ignored = trained.data_record.outputs, ignored_classes(trained)
    counters = [
        ConfusionCounter(name, meanings[name], threshold_of(meanings[name], None), ignored[name])
        for name in outputs
        if name in data.examples.targets
    ]
    assert trained.spec.data is not None
    predictor = trained.predictor()
    units = max((len(meanings[one.output]["labels"] or ()) for one in counters), default=1)
    size = max(1, chunk_size(data.examples) // max(1, units))
    with report_undecodable_files(trained.spec.data.train.span, data.examples):
        for start in range(0, len(data.examples) if counters else 0, size):
            chunk = data.examples.take(slice(start, start + size))
            predicted = predict_chunk(predictor, chunk)
            for counter in counters:
                name = counter.output
                values = np.asarray(predicted.outputs[name])
                counter.add(decoded(chunk.targets[name]), values, *predicted.steps[name])
    found = tuple(one for counter in counters if (one := counter.result()) is not None)
    if trained.epoch_file is None:
        write_confusions(trained.path, split, found, data)
    return found

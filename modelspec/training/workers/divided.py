"""A predictor whose batches several processes compute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy.typing as npt

from modelspec.data.examples import Examples

from .serve import PREDICT

if TYPE_CHECKING:
    from .pool import Workers

Array = npt.NDArray[Any]

Parts = tuple[dict[str, Array], dict[str, Array]]
"""The outputs of some examples by name, and the masks of those that have one."""


class BatchPredictor(Protocol):
    """Predicts batch by batch; each batch can be computed by another process.

    What it predicts of examples by a call is what it predicts of their batches, joined.
    """

    def __call__(self, examples: Examples) -> dict[str, Array]:
        """Output name to array [n, ...] for n examples."""

    def batches(self, examples: Examples) -> Iterator[Any]:
        """The inputs of at least one example, in numpy arrays."""

    def predict_batch(self, batch: Any) -> Parts:
        """The outputs and masks of a batch."""

    def joined(self, parts: Sequence[Parts]) -> Parts:
        """Those of all batches."""


class DividedPredictor:
    """Predicts what another predictor does, with its batches dealt to workers.

    Args:
        predictor: in this process.
        workers: which have the same.
        member: its number in what they opened.
    """

    def __init__(self, predictor: BatchPredictor, workers: Workers, member: int) -> None:
        self._predictor = predictor
        self._workers = workers
        self._member = member

    def __call__(self, examples: Examples) -> dict[str, Array]:
        """Output name to array [n, ...] for n examples."""
        return self.with_masks(examples)[0]

    def with_masks(self, examples: Examples) -> Parts:
        """The outputs by name, and by name the mask of each that has one: false is padding."""
        predictor = self._predictor
        if len(examples) == 0:
            return predictor(examples), {}
        batches, compute = predictor.batches(examples), predictor.predict_batch
        return predictor.joined(self._workers.map(batches, compute, (PREDICT, self._member)))

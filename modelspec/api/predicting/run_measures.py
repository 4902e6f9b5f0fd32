"""Measures of a run beside its metrics, from its saved predictions; the importance of columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import UsageError
from modelspec.spec.extensions import permit_extensions

from .saved_predictions import folder_of_run, predictions_of

if TYPE_CHECKING:
    from modelspec.evaluation import Importances
    from modelspec.training import MissedExpectation, Run
    from modelspec.training.measures import OutputMeasures


class RunMeasures(NamedTuple):
    """The measures of a run on a split.

    Attributes:
        metrics: loss and metrics as metrics.json has them, by their names; none of the training
            split, of which it has those of the last epoch.
        outputs: what was measured of each output.
        missed: the expectations for the split that are not met, those of slices too.
    """

    metrics: dict[str, float]
    outputs: tuple[OutputMeasures, ...]
    missed: list[MissedExpectation]


def measure(  # noqa: PLR0913  # all but the first two by name, as options are
    run: Run | Path | str,
    split: str = "test",
    *,
    slices: Sequence[str] = (),
    intervals: bool = False,
    mistakes: int = 0,
    residuals: bool = False,
    allow_extensions: bool = False,
) -> RunMeasures:
    """Measure a run on one of its splits, beside its metrics; each output beside what is always
    the same.

    TensorFlow is started only where the predictions are not kept yet, see `predictions_of`.

    Args:
        run: a run, its folder, or the model in it.
        split: "train", "validation" or "test".
        slices: columns of the data; the measures of each value of them.
        intervals: the metrics with their intervals of 95 %.
        mistakes: how many of the rows are listed that are most wrong.
        residuals: the errors of outputs of numbers.
        allow_extensions: import the modules that the spec names, which runs their code.

    Raises:
        UsageError: there is no such run, split or column, or no output has what is asked for.
        SpecError, CannotRunError: as `predictions_of` does.
    """
    from modelspec.training.measures import MeasureOptions, measure_run, run_facts

    options = MeasureOptions(tuple(slices), intervals, mistakes, residuals)
    folder = folder_of_run(run)
    predictions = predictions_of(
        run, split, columns=options.slices, allow_extensions=allow_extensions
    )
    with permit_extensions(allow_extensions):
        facts = run_facts(folder, split)
    return RunMeasures(*measure_run(predictions, options, facts))


def importance(
    run: Run | Path | str,
    split: str = "test",
    *,
    repeats: int = 5,
    seed: int = 0,
    allow_extensions: bool = False,
) -> dict[str, Importances]:
    """By how much a run is worse on a split where the values of a column are shuffled.

    It is written to importance.json in the folder of the run.

    Args:
        run: a run, its folder, or the model in it.
        split: "train", "validation" or "test".
        repeats: how often each column is shuffled.
        seed: of the orders.
        allow_extensions: import the modules that the spec names, which runs their code.

    Returns:
        The importances by output, see `modelspec.training.measures.importance_of_run`.

    Raises:
        UsageError: there is no such run or split, or no output is measured row by row.
        SpecError: the data cannot be read, or changed since the training.
        CannotRunError: TensorFlow is missing, a file of the run is damaged, or the result cannot be
            written.
    """
    if repeats < 1:
        raise UsageError(f"the number of repeats must be at least 1, got {repeats}")
    folder = folder_of_run(run)
    with permit_extensions(allow_extensions):
        from modelspec.framework import start_keras

        start_keras()
        from modelspec.training import reopen
        from modelspec.training.measures import importance_of_run, write_importance

        trained = reopen(folder)
        if trained.noise is not None:
            raise UsageError(f"{folder} is a generator, which reads no column")
        found = importance_of_run(trained, split, repeats=repeats, seed=seed)
        write_importance(folder, found, split, repeats=repeats, seed=seed)
    return found

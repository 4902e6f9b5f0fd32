"""Measuring by the steps of a trainer, with the weights that only its class has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.data.examples import Examples
from modelspec.diagnostics import Findings, UsageError
from modelspec.runs import RunFile, trainer_weights
from modelspec.training.checkpoint import OwnWeights
from modelspec.training.prepare import FailureLocator
from modelspec.training.trained_run import TrainedRun

if TYPE_CHECKING:
    from modelspec.training.fit import Evaluator


def load_own_weights(
    trained: TrainedRun, evaluator: Evaluator, examples: Examples, findings: Findings
) -> None:
    """Give the trainer of a run the weights that it ended with, or had at the epoch of a file.

    Args:
        trained: with a trainer.
        evaluator: of the trainer's compiled model, with the weights of the run's model.
        examples: what is measured.
        findings: takes what fails in `test_step`.

    Raises:
        UsageError: there are some, and the file that was opened has none of them.
        CannotRunError: the file with them is missing or damaged.
    """
    training, fitted = trained.spec.training, evaluator.model
    assert training is not None and training.trainer is not None
    feed = evaluator.feed(examples)
    try:
        evaluator.make_variables(feed)
    except Exception as error:  # the step may raise anything
        locator = FailureLocator(fitted, trained.graph, trained.structure, (), training)
        locator.report(error, feed.in_order(), findings, "test_step")
        return
    weights = OwnWeights(fitted, trained.model)
    if not weights.variables:
        return
    file = _file(trained)
    if file is None:
        if not _measures_by_itself(fitted):
            return
        name = training.trainer.class_name
        message = f"{trained.path} lacks the weights that only `{name}` has, which measuring needs"
        raise UsageError(f"{message}: evaluate the run")
    weights.load(file)


def _measures_by_itself(fitted: Any) -> bool:
    """Whether the class has steps that may need its weights, and not those of Keras."""
    import keras

    methods = ("test_step", "compute_loss", "compute_metrics")
    return any(getattr(type(fitted), one) is not getattr(keras.Model, one) for one in methods)


def _file(trained: TrainedRun) -> Path | None:
    if trained.epoch_file is not None:
        return Path(trainer_weights(str(trained.epoch_file)))
    return trained.path / RunFile.TRAINER if trained.path.is_dir() else None

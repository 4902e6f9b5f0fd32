"""What a training has come to: the epoch whose model is used, its values, and its predictions."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from modelspec.data.examples import report_undecodable_files
from modelspec.diagnostics import Findings
from modelspec.runs import History, RunFile, RunFolder
from modelspec.spec.training import TrainingSpec
from modelspec.training.prepare import PreparedTraining
from modelspec.weights import save_model

from .data_record import read_data_record
from .run import UsedEpoch


def use_best_epoch(
    prepared: PreparedTraining, folder: RunFolder, history: History, findings: Findings
) -> UsedEpoch | None:
    """Save the model, with `use: best` that of the best epoch, to which the model in memory
    returns; that epoch, or None for the last."""
    checkpoint, epochs = prepared.training.checkpoint, prepared.best_epochs
    if checkpoint is None or epochs is None or not checkpoint.use_best:
        folder.write(RunFile.MODEL, partial(save_model, prepared.model))
        return None
    if epochs.best is None:
        message = f"no epoch has a finite `{epochs.monitor}`: the model is that of the last one"
        hint = "look at history.csv; a smaller learning rate may help"
        findings.warning(checkpoint.use_span, "no-best-epoch", message, hint=hint)
        folder.write(RunFile.MODEL, partial(save_model, prepared.model))
        return None
    file = epochs.return_to_best(prepared.model, folder)
    folder.write(RunFile.MODEL, partial(shutil.copyfile, file))
    values = dict(zip(history.epochs, history.values[epochs.monitor], strict=True))
    best = UsedEpoch(epochs.best, epochs.monitor, values[epochs.best])
    equal = [epoch for epoch, value in values.items() if value == best.value]
    if len(equal) > 1:
        message = (
            f"{len(equal)} epochs have the best `{best.monitor}`, {best.value:.6g}: the model"
            f" is that of the first, epoch {best.epoch}"
        )
        hint = "a loss such as `monitor: val_loss` tells such epochs apart"
        findings.note(checkpoint.use_span, "best-epoch-tied", message, hint=hint)
    return best


def write_out_of_fold(prepared: PreparedTraining, folder: RunFolder) -> None:
    """With folds: write what the model says of the rows that it was not trained on."""
    examples = prepared.splits.get("validation")
    if prepared.data_spec.fold is None or examples is None:
        return
    from modelspec.training.predict import KerasPredictor, write_fold_predictions

    meanings = read_data_record(folder.path).outputs
    predictor = KerasPredictor(prepared.model, prepared.saved_structure)
    with report_undecodable_files(prepared.data_spec.train.span, examples):
        write_fold_predictions(folder, examples, meanings, predictor)


def forecasts(prepared: PreparedTraining, run: Path) -> dict[str, Any]:
    """The errors by step and group where the examples are windows over a series."""
    if prepared.data.train.windows is None:
        return {}
    from modelspec.training.evaluate import forecast_errors
    from modelspec.training.predict import KerasPredictor

    meanings = read_data_record(run).outputs
    metrics = {output.name: output.metrics for output in prepared.outputs}
    predictor, found = KerasPredictor(prepared.model, prepared.saved_structure), {}
    for split, examples in prepared.splits.items():
        errors = () if split == "train" else forecast_errors(predictor, examples, meanings, metrics)
        if errors:
            found[split] = {one.output: one.to_dict() for one in errors}
    return {"forecasts": found} if found else {}


def measure_splits(prepared: PreparedTraining) -> Mapping[str, float]:
    """Loss and metrics on validation and test."""
    metrics = dict[str, float]()
    for split, prefix in (("validation", "val_"), ("test", "test_")):
        examples = prepared.splits.get(split)
        if examples is not None:
            with report_undecodable_files(prepared.data_spec.train.span, examples):
                metrics |= prepared.evaluator.measure_split(examples, prefix)
    return metrics


def warn_of_loss(training: TrainingSpec, history: History, findings: Findings) -> None:
    """A warning at the first epoch whose loss is not finite, or of one not counted."""
    trainer, losses = training.trainer, history.curves().get("loss", [])
    if trainer is not None and losses and not any(losses):
        message = f"`loss` is 0 in each epoch: `{trainer.class_name}` does not count it"
        hint = (
            "Keras logs its metric `loss` where `train_step` returns that name: update the one"
            " of `self.metrics` that has the name `loss` with the loss, in each step"
        )
        findings.warning(trainer.span, "loss-not-counted", message, hint=hint)
    for epoch, loss in zip(history.epochs, losses, strict=False):
        if not math.isfinite(loss):
            message = f"the loss is {loss} from epoch {epoch} on: nothing was learned after it"
            hint = "try a smaller learning rate, or `clipnorm: 1.0` in the optimizer"
            span = training.loss.span
            findings.warning(span, "loss-not-finite", message, hint=hint)
            return

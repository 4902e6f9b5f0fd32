"""The files of a run folder and the states of a run, by name: written nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any


class RunFile(StrEnum):
    """A file of a run folder, by its path in the folder."""

    STATUS = "run.json"
    """The state of the run, see `RunStatus`; a folder with this file is a run folder."""
    SPEC = "spec.yaml"
    """The spec as written."""
    EXPANDED_SPEC = "spec.expanded.yaml"
    """The spec with all defaults, blocks and overrides written out."""
    OVERRIDES = "overrides.yaml"
    """What `--set` changed, by dotted path."""
    DATA = "data.json"
    """Where the spec lies, what was learned from the data, and what the outputs mean."""
    ENVIRONMENT = "environment.json"
    """The command, versions and hardware."""
    REPRODUCTION = "lock.json"
    """What decides the bits of the training, by which `modelspec reproduce` trains it again."""
    METRICS = "metrics.json"
    """The values reached on each split."""
    HISTORY = "history.csv"
    """One row an epoch."""
    HISTORY_PICTURE = "history.png"
    """The same as curves."""
    OUT_OF_FOLD = "out_of_fold.csv"
    """With folds: truth and prediction of each row, by the model that was not trained on it."""
    PREDICTIONS = "predictions.parquet"
    """What the model says of the rows of splits, beside the truth; written when it is asked for."""
    CONFUSIONS = "confusions.json"
    """The confusion matrices of outputs with a class for each pixel or step, of which PREDICTIONS
    has nothing; written by `evaluate` and `report`."""
    IMPORTANCE = "importance.json"
    """By how much the model is worse where a column is shuffled; written by `evaluate`."""
    MODEL = "model.keras"
    """The trained model."""
    DISCRIMINATOR = "discriminator.keras"
    """With `training.gan`: the trained discriminator, where MODEL is the generator."""
    TRAINER = "trainer.npz"
    """The weights that the class of `trainer` has beside those of the model, if it has some."""
    REPORT = "report.html"
    """The report of the run as a page, where `training.report` or `modelspec report` wrote one."""
    LOG = "train.log"
    """What was printed, with times."""
    TENSORBOARD = "tensorboard"
    """A folder with the values of each epoch for TensorBoard, if the spec asks for it."""
    MLFLOW = "mlflow.json"
    """Which MLflow run this one is reported to."""
    LAST_STATE = "checkpoints/last.npz"
    """The newest state of the training, to resume from."""
    PREVIOUS_STATE = "checkpoints/before-last.npz"
    """The state before it, read where the newest one is damaged."""
    LOCK = ".lock"
    """Locked by the process that trains into the folder."""


STUDY_RECORD = "study.json"
"""The file of a study folder, which holds the runs of trials; its key `best` names one of them."""


class RunStatus(StrEnum):
    """The state of a run."""

    RUNNING = "running"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    PAUSED = "paused"
    """Ended after so many epochs as it was told, to be resumed."""
    FAILED = "failed"
    DAMAGED = "damaged"
    """`run.json` cannot be read; never written."""


METRIC_PREFIXES = {"train": "", "validation": "val_", "test": "test_"}
"""Split to the prefix of the names of its metrics, as Keras logs them."""


def epoch_model(epoch: int) -> str:
    """The path in the folder of the model saved after an epoch, counted from 1."""
    return f"checkpoints/epoch-{epoch:04d}.keras"


def trainer_weights(model: str) -> str:
    """The path of the file beside that of a model, with the weights of its `trainer`."""
    return RunFile.TRAINER if model == RunFile.MODEL else f"{model.removesuffix('.keras')}.npz"


_EPOCH_MODEL = re.compile(r"checkpoints/epoch-\d{4,}\.keras")


def is_run(folder: Path) -> bool:
    """Whether a folder is a run folder, of a finished run or not."""
    return (folder / RunFile.STATUS).is_file()


def run_of_model(file: Path) -> Path | None:
    """The run folder that a training saved a model in, as its last one or that of an epoch."""
    folder = file.parent
    if file.name != RunFile.MODEL:
        if _EPOCH_MODEL.fullmatch("/".join(file.absolute().parts[-2:])) is None:
            return None
        folder = file.absolute().parent.parent
    return folder if is_run(folder) else None


def fold_folder(number: int) -> str:
    """The subfolder with the run of a fold, counted from 1."""
    return f"fold-{number}"


def seed_folder(seed: int) -> str:
    """The subfolder with the run of one of several seeds."""
    return f"seed-{seed}"


def member_folders(status: Mapping[str, Any]) -> list[str]:
    """The subfolders with the runs of folds or seeds, by the content of run.json."""
    if "seeds" in status:
        return [seed_folder(seed) for seed in status["seeds"]]
    return [fold_folder(number) for number in range(1, status.get("folds", 0) + 1)]

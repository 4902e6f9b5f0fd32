"""The predictions of a run that measures are computed from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import UsageError
from modelspec.document import model_format
from modelspec.runs import RunStatus, is_run, member_folders, read_status, run_of_model
from modelspec.spec.extensions import permit_extensions

if TYPE_CHECKING:
    from modelspec.evaluation import Confusion, SplitPredictions
    from modelspec.training import Run

SPLITS = ("train", "validation", "test")


def predictions_of(
    run: Run | Path | str,
    split: str = "test",
    *,
    columns: Sequence[str] = (),
    allow_extensions: bool = False,
) -> SplitPredictions:
    """What a run says of the rows of one of its splits, beside the truth.

    The predictions are kept in `predictions.parquet` of the run's folder. If they are not there
    yet, or the weights or the data have changed since, TensorFlow makes them once; else it is not
    started.

    Args:
        run: a run, its folder, or the model in it.
        split: "train", "validation" or "test".
        columns: of the files, given beside those that the data section reads.
        allow_extensions: import the modules that the spec names, which runs their code.

    Raises:
        UsageError: the run is not complete, has no such split or column, is the folder of several,
            or has no output that is measured row by row: one with images, text or lists.
        SpecError: the data cannot be read, or changed since the training.
        CannotRunError: TensorFlow is missing, or a file of the run is damaged.
    """
    if split not in SPLITS:
        raise UsageError(f"a split is train, validation or test, got {split!r}")
    folder = folder_of_run(run)
    status = read_status(folder)
    is_complete = status.get("status") == RunStatus.COMPLETE and not member_folders(status)
    if is_complete:
        from modelspec.training.saved_predictions import current_predictions

        kept = current_predictions(folder, split)
        missing = [] if kept is None else [name for name in columns if name not in kept.columns]
        if kept is not None and not missing:
            return kept
        if kept is not None:
            from modelspec.training import open_without_model
            from modelspec.training.saved_predictions import with_columns

            with permit_extensions(allow_extensions):
                return with_columns(open_without_model(folder), kept, missing)
    with permit_extensions(allow_extensions):
        from modelspec.framework import start_keras

        start_keras()
        from modelspec.training import reopen
        from modelspec.training.saved_predictions import predict_and_save

        trained = reopen(folder)  # says what is wrong with a run that is not complete
        if trained.noise is not None:
            message = f"{folder} is a generator, whose examples have no truth beside them"
            raise UsageError(f"{message}: `modelspec predict` makes some")
        return predict_and_save(trained, split, columns)


def confusions_of(
    run: Path, split: str, outputs: Mapping[str, Mapping[str, Any]], *, predict: bool = True
) -> tuple[Confusion, ...] | None:
    """The confusion matrices of outputs of which no predictions are kept: those with a class for
    each pixel or step.

    They are kept in `confusions.json` of the run's folder, as predictions are, see
    `predictions_of`.

    Args:
        run: the folder of a complete run.
        split: "train", "validation" or "test".
        outputs: with classes, by name, with what data.json says of them.
        predict: whether TensorFlow may count them where they are not kept.

    Returns:
        None where they are not kept and may not be counted.

    Raises:
        UsageError, SpecError, CannotRunError: as `predictions_of` does.
    """
    from modelspec.training.saved_predictions import current_confusions

    kept = current_confusions(run, split, outputs)
    if kept is not None or not predict:
        return kept
    from modelspec.framework import start_keras

    start_keras()
    from modelspec.training import reopen
    from modelspec.training.saved_predictions import count_and_write_confusions

    return count_and_write_confusions(reopen(run), split, outputs)


def folder_of_run(run: Run | Path | str) -> Path:
    """The folder of a run.

    Raises:
        UsageError: it is a model outside of a run, or that of an epoch.
    """
    path = Path(run) if isinstance(run, (str, os.PathLike)) else run.path
    if is_run(path) or model_format(path) is None:
        return path
    folder = run_of_model(path)
    if folder is None or path.name != "model.keras":
        message = f"{path} is not the model of a run, and predictions are kept in the folder of one"
        hint = "name the folder, or measure the file with `modelspec evaluate`"
        raise UsageError(f"{message}: {hint}")
    return folder

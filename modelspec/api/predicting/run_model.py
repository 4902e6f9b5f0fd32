"""Evaluate runs, and predict with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from modelspec.data.remote import local_path
from modelspec.diagnostics import Findings, ModelspecError, UsageError
from modelspec.document import load, model_format
from modelspec.files import refuse_existing, write_atomically
from modelspec.runs import RunFile, run_of_model
from modelspec.spec.extensions import permit_extensions

if TYPE_CHECKING:
    from modelspec.training import MissedExpectation, Run, TrainedRun
    from modelspec.training.evaluate import Evaluation
    from modelspec.training.measures import MeasureOptions
    from modelspec.training.workers import Workers

    OpenRun = Callable[[Path], Sequence[TrainedRun]]


DRAWN = 16
"""How many examples a generator makes where nobody says."""

NEITHER = "give a file of new rows with --data, or a split of the run with --split"
BOTH = "--data and --split exclude each other: give one of the two"


def evaluate(
    run: Run | Path | str,
    data: Path | str | None = None,
    *,
    split: str = "test",
    allow_extensions: bool = False,
    workers: int = 1,
) -> tuple[dict[str, float], list[MissedExpectation]]:
    """Evaluate a run on one of its splits or on a file.

    Args:
        run: a run, its folder, a model in it such as checkpoints/epoch-0003.keras, or a file that
            was exported from it.
        data: a file with inputs and targets, or its address; None takes one of the run's own
            splits.
        split: "train", "validation" or "test".
        allow_extensions: import the modules that the spec names, which runs their code.
        workers: how many processes compute, with this one; the figures are those of one.

    Returns:
        The metrics, and the expectations that are missed.

    Raises:
        UsageError, SpecError, CannotRunError: as `evaluate_in_detail` does.
    """
    with permit_extensions(allow_extensions):
        found = evaluate_in_detail(run, data, split=split, workers=workers)
    return found.metrics, found.missed


def evaluate_in_detail(  # noqa: PLR0913  # all but the first two by name, as options are
    run: Run | Path | str,
    data: Path | str | None = None,
    *,
    split: str = "test",
    threshold: float | None = None,
    picture: Path | str | None = None,
    curves: Path | str | None = None,
    reliability: Path | str | None = None,
    force: bool = False,
    missing: str | None = None,
    workers: int = 1,
    measures: MeasureOptions | None = None,
) -> Evaluation:
    """Evaluate a run as `evaluate` does, with the confusion matrix of each output with classes.

    Args:
        run: a run, its folder, a model in it such as checkpoints/epoch-0003.keras, or a file that
            was exported from it.
        data: a file with inputs and targets, or its address; None takes one of the run's own
            splits.
        split: "train", "validation" or "test".
        threshold: predict the positive class of two, or a label, above this probability; None
            for that of the run, or 0.5.
        picture: a PNG file for the confusion matrices, if any.
        curves: a PNG file for the ROC and precision-recall curves, if any.
        reliability: a PNG file for the reliability diagrams, if any.
        force: overwrite the files.
        missing: what happens to a row of `data` with a gap where training had none: "empty" and
            "drop" leave it out, "median" fills it; None for what the spec says.
        workers: how many processes compute, with this one; the figures are those of one.
        measures: what is measured beside; see `measure` for a run alone, which needs no TensorFlow.

    Raises:
        UsageError: there is no such split or run; a picture exists, or no output has classes;
            no output has a decision that a threshold makes, or what `measures` asks for.
        SpecError: the file does not fit the spec, or the data changed since the training.
        CannotRunError: TensorFlow is missing, or a file of the run is damaged.
    """
    wanted = (picture, curves, reliability)
    pictures = [None if one is None else Path(one) for one in wanted]
    for to in filter(None, pictures):
        if to.suffix.lower() != ".png":
            raise UsageError(f"the picture is a file that ends in .png, got {to}")
        refuse_existing(to, force=force)
    given = list(filter(None, pictures))
    for to in given:
        if given.count(to) > 1:
            raise UsageError(f"each picture needs another file, got {to} twice")
    from modelspec.framework import start_keras

    with _workers(run, workers, _open_one) as pool:
        opened = replace(_open(run), workers=pool)
        start_keras()
        from modelspec.training.evaluate import EvaluationOptions, evaluate_run
        from modelspec.training.measures import MeasureOptions

        path = None if data is None else local_path(data)
        beside = measures or MeasureOptions()
        options = EvaluationOptions(path, split, threshold, missing=missing, measures=beside)
        found = evaluate_run(opened, options)
    _draw(pictures, found, f"{opened.path}, {data or split}")
    return found


@contextmanager
def _workers(run: Run | Path | str, count: int, open_run: OpenRun) -> Iterator[Workers | None]:
    """Processes that open the same run; None where this one is enough.

    Raises:
        UsageError: the number is below 1.
    """
    if count < 1:
        raise UsageError(f"the number of workers must be at least 1, got {count}")
    if count == 1:
        yield None
        return
    from modelspec.training.workers import Workers

    path = Path(run) if isinstance(run, (str, os.PathLike)) else run.path
    with Workers(count, partial(open_run, path)) as pool:
        yield pool


def _open_one(run: Run | Path | str) -> Sequence[TrainedRun]:
    return (_open(run),)


def _open(run: Run | Path | str) -> TrainedRun:
    """Open a run, or a model that was exported from one."""
    where = Path(run) if isinstance(run, (str, os.PathLike)) else run
    if isinstance(where, Path) and model_format(where) and run_of_model(where) is None:
        from modelspec.exporting import open_artifact

        return open_artifact(where)
    from modelspec.framework import start_keras

    start_keras()
    from modelspec.training import reopen

    return reopen(where)


def refuse_no_run(run: Run | Path | str) -> None:
    """Say first that this is no run, for example the file of new rows, where it is neither.

    Raises:
        UsageError: it is neither a run, nor a folder, nor an exported model.
    """
    from modelspec.runs import read_status

    if not isinstance(run, (str, os.PathLike)) and not hasattr(run, "path"):
        message = "a run is what `train` gives, a path of its folder, or of an exported model"
        raise UsageError(f"{message}; got {run!r:.60}")
    where = Path(run) if isinstance(run, (str, os.PathLike)) else None
    if where is not None and not where.is_dir() and model_format(where) is None:
        read_status(where)


def open_members(run: Run | Path | str) -> Sequence[TrainedRun]:
    """Open a run, a model that was exported from one, or the runs of all folds of a folder."""
    where = Path(run) if isinstance(run, (str, os.PathLike)) else run
    if not isinstance(where, Path) or not where.is_dir() or model_format(where):
        return (_open(run),)
    from modelspec.framework import start_keras

    start_keras()
    from modelspec.training import reopen_members

    return reopen_members(where)


def _is_generator(run: Run | Path | str) -> bool:
    """Whether a run, or an exported file, is of a spec with `training.gan`; false if unreadable."""
    where = Path(run) if isinstance(run, (str, os.PathLike)) else run.path
    try:
        if where.is_dir() or run_of_model(where) is not None:
            folder = run_of_model(where) or where
            text = (folder / RunFile.EXPANDED_SPEC).read_text(encoding="utf-8")
        else:
            from modelspec.exporting import read_metadata

            text = read_metadata(where).spec
    except (OSError, ValueError, ModelspecError):
        return False
    document: Any = load(text, str(where), Findings())
    section = document.get("training") if isinstance(document, dict) else None
    return isinstance(section, dict) and "gan" in section


def _draw(pictures: Sequence[Path | None], found: Evaluation, title: str) -> None:
    """Draw the confusion matrices into the first picture, the curves into the second one, and the
    reliability diagrams into the third."""
    confusion, curves, reliability = pictures
    if confusion is not None:
        from modelspec.training.evaluate import draw_confusions

        if not found.confusions:
            raise UsageError(
                "no output of the run tells classes apart: there is no confusion to draw"
            )
        write_atomically(confusion, lambda draft: draw_confusions(draft, found.confusions, title))
    if curves is not None:
        from modelspec.evaluation import draw_curves

        if not found.curves:
            message = "no output of the run has classes or labels that are measured row by row"
            raise UsageError(f"{message}: there are no curves to draw")
        write_atomically(curves, lambda draft: draw_curves(draft, found.curves, title))
    if reliability is not None:
        from modelspec.evaluation import draw_reliability

        if not found.calibrations:
            message = "no output of the run has probabilities that are measured row by row"
            raise UsageError(f"{message}: there is no reliability diagram to draw")
        write_atomically(
            reliability, lambda draft: draw_reliability(draft, found.calibrations, title)
        )


def predict(  # noqa: PLR0913  # all but the first three by name, as options are
    run: Run | Path | str,
    data: Path | str | None = None,
    output: Path | str | IO[bytes] | None = None,
    *,
    split: str | None = None,
    keep: Sequence[str] = (),
    every_class: bool = False,
    positive: bool = False,
    threshold: float | None = None,
    force: bool = False,
    allow_extensions: bool = False,
    say: Callable[[str], None] | None = None,
    missing: str | None = None,
    count: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    escape_formulas: bool = False,
) -> dict[str, Any]:
    """Predict for every row of a file, or of a split of the run, beside the truth.

    Args:
        run: a run, its folder, a model in it such as checkpoints/epoch-0003.keras, or a file that
            was exported from it. Of a folder of folds, the mean of what their models say.
        data: a csv, parquet, jsonl or npz file with the columns of the inputs, or its address.
        split: in place of `data` a split of the run: "train", "validation" or "test". Each row has
            its number, its truth, and the error: the prediction minus the truth, or whether a
            class is right. Of a folder of folds, the validation rows are predicted by the model
            that was not trained on them.
        output: a csv, jsonl, parquet or npz file to write, or a binary stream that takes csv. The
            predictions are written there batch by batch, and are not returned.
        keep: columns of the file to copy next to the predictions.
        every_class: add a column with the probability of each class.
        positive: give the probability of the positive class, the second of two, under its name
            (`churn_yes`), in place of that of the class that is predicted (`churn_probability`).
        threshold: predict the positive class of two, or a label, above this probability; None
            for that of the run, or 0.5.
        force: overwrite `output`.
        allow_extensions: import the modules that the spec names, which runs their code.
        say: takes what has to be known of the predictions, as sentences.
        missing: what happens to a row with a gap where training had none: "empty", "drop" or
            "median"; None for what the spec says.
        count: how many examples a generator makes of noise alone; None is 16. One that takes a
            class or the like beside noise makes an example for each row of `data`.
        seed: of the noise that a generator takes; None is 0.
        workers: how many processes compute, with this one; the predictions are those of one.
        escape_formulas: in the csv file that is written, put an apostrophe before text that a
            spreadsheet would compute.

    Returns:
        Columns by name, see `modelspec.training.predict_run`; empty if they were written.

    Raises:
        UsageError, SpecError, CannotRunError: as `modelspec.training.predict_into` does.
    """
    with permit_extensions(allow_extensions):
        if data is None and split is None:
            refuse_no_run(run)
        if data is not None and split is not None:
            raise UsageError(BOTH)
        if data is None and split is None and count is None and not _is_generator(run):
            raise UsageError(NEITHER)
        with _workers(run, workers, open_members) as pool:
            opened = open_members(run)
            from modelspec.training.predict import (
                NoiseRows,
                PredictionOptions,
                RunSplit,
                predict_into,
                predict_run,
                refuse_draws,
            )

            refuse_draws(opened, has_data=data is not None, split=split, count=count, seed=seed)
            rows: Path | RunSplit | NoiseRows
            if data is not None:
                rows = local_path(data)
            else:
                rows = NoiseRows(count or DRAWN) if split is None else RunSplit(split)
            opened = tuple(
                replace(one, noise_seed=seed or 0, workers=pool, member=number)
                for number, one in enumerate(opened)
            )
            to = Path(output) if isinstance(output, (str, os.PathLike)) else output
            options = PredictionOptions(
                every_class, positive, threshold, say, missing, escape_formulas
            )
            if to is None:
                return predict_run(opened, rows, keep=keep, options=options)
            predict_into(opened, rows, to, keep=keep, options=options, force=force)
    return {}

"""List, rank and compare runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.analysis import count_parameters
from modelspec.diagnostics import ModelspecError, UsageError
from modelspec.files import refuse_existing, write_atomically

from .building import open_spec

if TYPE_CHECKING:
    from modelspec.runs import BestEpoch, Comparison, Ranking, RunRecord


def list_runs(folder: Path | str = "runs") -> tuple[list[RunRecord], dict[str, int | None]]:
    """The runs in or below a folder, oldest first, and the parameter count of each model by path.

    Raises:
        UsageError: there is no such folder, or no run in it.
    """
    from modelspec.runs import RunFile, find_runs, read_record

    found = [read_record(path) for path in find_runs(Path(folder))]
    params: dict[str, int | None] = {}
    for record in found:
        try:
            opened = open_spec(record.path / RunFile.EXPANDED_SPEC)
            weights = opened.analysis.weights
            params[str(record.path)] = None if weights is None else count_parameters(weights)
        except (ModelspecError, OSError):
            params[str(record.path)] = None
    return sorted(found, key=lambda record: record.started), params


def sorted_runs(
    folder: Path | str,
    metric: str,
    *,
    of_best_epoch: bool = False,
    is_large_good: bool | None = None,
) -> tuple[Ranking, dict[str, int | None]]:
    """The runs in or below a folder, the best first, and the parameter counts as `list_runs`.

    Args:
        folder: with runs.
        metric: such as "val_AUC".
        of_best_epoch: compare the best epoch of each run; by default its trained model.
        is_large_good: whether more is better; None finds it by the metric.

    Raises:
        UsageError: there is no such folder, no run in it, no run has the metric, or which
            direction of it is better is not known.
    """
    from modelspec.runs import rank

    records, params = list_runs(folder)
    found = rank(records, metric, of_best_epoch=of_best_epoch, is_large_good=is_large_good)
    return found, params


def best_run(
    folder: Path | str, metric: str, *, is_large_good: bool | None = None
) -> tuple[RunRecord, BestEpoch, int]:
    """The complete run in or below a folder that is the best by a metric of its trained model.

    Args:
        folder: with runs.
        metric: such as "val_AUC".
        is_large_good: whether more is better; None finds it by the metric.

    Returns:
        The run, its value, and how many complete runs have one.

    Raises:
        UsageError: as `sorted_runs`, or no complete run has the metric.
    """
    from modelspec.runs import RunStatus, find_runs, rank, read_record

    records = [read_record(path) for path in find_runs(Path(folder))]
    complete = [record for record in records if record.state is RunStatus.COMPLETE]
    if not complete:
        raise UsageError(f"no run below {folder} is complete; `modelspec runs list` shows them")
    ranking = rank(complete, metric, is_large_good=is_large_good)
    measured = [(one.run, one.value) for one in ranking.runs if one.value is not None]
    if not measured:
        raise UsageError(f"`{ranking.metric}` is not a number in any complete run below {folder}")
    return (*measured[0], len(measured))


def compare_runs(
    runs: Sequence[Path | str], output: Path | str | None = None, *, force: bool = False
) -> Comparison:
    """Compare the specs of runs and the metrics that each reached.

    Args:
        runs: run folders, two or more.
        output: a PNG file to draw the curves into, if any.
        force: overwrite the file.

    Raises:
        UsageError: a folder holds no run, `output` exists, or there is nothing to draw.
        CannotRunError: a picture is wanted, and matplotlib is missing.
    """
    from modelspec.runs import compare, read_record

    found = compare([read_record(Path(run)) for run in runs])
    if output is not None:
        from modelspec.runs import draw_runs

        if Path(output).suffix.lower() != ".png":
            raise UsageError(f"curves are drawn into a file that ends in .png, got {output}")
        refuse_existing(Path(output), force=force)
        write_atomically(Path(output), lambda draft: draw_runs(draft, found.runs))
    return found

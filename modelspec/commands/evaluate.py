"""`modelspec evaluate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelspec.api import evaluate_in_detail
from modelspec.console import (
    DataPath,
    config_options,
    extensions_option,
    format_option,
    say,
    show,
    threshold_option,
    workers_option,
)
from modelspec.diagnostics import UsageError
from modelspec.report import table

if TYPE_CHECKING:
    from modelspec.training.evaluate import Evaluation

SPLITS = ("train", "validation", "test")


@click.command("evaluate", epilog="Example: modelspec evaluate runs/digits --confusion digits.png")
@click.argument("run", metavar="RUN-OR-MODEL", type=click.Path(path_type=Path))
@click.option("--split", type=click.Choice(SPLITS), help="The split of the run. By default test.")
@click.option(
    "--data", type=DataPath(path_type=Path), help="A file with inputs and targets to evaluate on."
)
@threshold_option
@click.option(
    "--missing",
    type=click.Choice(["drop", "median"]),
    help="What happens to a row of --data with a gap where the training data had none: it is left "
    "out, or gets the median of the training data. By default what `missing_new` of the spec says, "
    "or drop.",
)
@click.option(
    "--confusion",
    type=click.Path(path_type=Path),
    help="Draw the confusion matrices into this PNG file, which is overwritten.",
)
@click.option(
    "--curves",
    type=click.Path(path_type=Path),
    help="Draw the ROC and precision-recall curves into this PNG file, which is overwritten.",
)
@format_option(("table", "json"))
@workers_option
@config_options
@extensions_option
def command(  # noqa: PLR0913  # click passes each option by name
    run: Path,
    *,
    split: str | None,
    data: Path | str | None,
    threshold: float | None,
    missing: str | None,
    confusion: Path | None,
    curves: Path | None,
    form: str,
    workers: int,
) -> int:
    """Evaluate a trained model on its test split, another of its splits, or a file. For a
    classification output: precision, recall and F1 of each class, the confusion matrix, and the
    areas under the ROC and precision-recall curves.

    A model that `export` wrote can be given in place of the run folder; it is evaluated with the
    runtime of its format.

    Exit code 0: every expectation for the split is met; 4: an expectation is missed.
    """
    if split is not None and data is not None:
        raise UsageError("--split and --data exclude each other: give one of the two")
    if missing is not None and data is None:
        raise UsageError("--missing is for --data: the splits of the run were read by its spec")
    found = evaluate_in_detail(
        run,
        data,
        split=split or "test",
        threshold=threshold,
        picture=confusion,
        curves=curves,
        force=True,
        missing=missing,
        workers=workers,
    )
    show(_json(found) if form == "json" else _text(found), is_data=form == "json")
    for picture in (confusion, curves):
        if picture is not None:
            say(f"wrote {picture}")
    for note in found.notes:
        say(note)
    for miss in found.missed:
        say(f"missed: {miss}")
    return 4 if found.missed else 0


def _text(found: Evaluation) -> str:
    from modelspec.training.evaluate import confusion_text

    rows = [(name, f"{value:.4f}") for name, value in found.metrics.items()]
    parts = [table(("metric", "value"), rows, right="value")]
    parts += map(confusion_text, found.confusions)
    parts += [scores.text() for scores in found.label_scores]
    parts += [curves.text() for curves in found.curves]
    parts += [scores.text() for scores in found.quantiles]
    return "\n".join([*parts, *(errors.text() for errors in found.forecasts)])


def _numbers(found: Evaluation) -> dict[str, Any]:
    """What is said of outputs of numbers: of a forecast of quantiles both its tables."""
    made: dict[str, Any] = {one.output: one.to_dict() for one in found.forecasts}
    for scores in found.quantiles:
        made[scores.output] = {**made.get(scores.output, {}), **scores.to_dict()}
    return made


def _json(found: Evaluation) -> str:
    data: dict[str, Any] = {
        "version": 1,
        "metrics": found.metrics,
        "missed": [
            {"name": miss.name, "value": miss.value, "expected": miss.bounds}
            for miss in found.missed
        ],
        "outputs": {
            **{one.output: one.to_dict() for one in found.confusions},
            **{one.output: one.to_dict() for one in found.label_scores},
            **_numbers(found),
        },
    }
    for one in found.curves:
        data["outputs"].setdefault(one.output, {})["curves"] = one.to_dict()
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"

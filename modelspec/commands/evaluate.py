"""`modelspec evaluate`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelspec.api import evaluate_in_detail, importance, measure
from modelspec.completions import complete_runs
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
from modelspec.runs import is_run, run_of_model

if TYPE_CHECKING:
    from modelspec.api import RunMeasures
    from modelspec.evaluation import Importances
    from modelspec.training import MissedExpectation
    from modelspec.training.evaluate import Evaluation
    from modelspec.training.measures import MeasureOptions, OutputMeasures

SPLITS = ("train", "validation", "test")

LEAST_DECIMAL, MOST_DECIMAL = 1e-3, 1e9
"""Values between them are shown with four decimals."""

DEFAULT_REPEATS = 5
"""How often --importance shuffles each column."""


@click.command("evaluate", epilog="Example: modelspec evaluate runs/digits --confusion digits.png")
@click.argument(
    "run", metavar="RUN-OR-MODEL", type=click.Path(path_type=Path), shell_complete=complete_runs
)
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
@click.option(
    "--slices",
    multiple=True,
    metavar="COLUMN",
    help="The measures for each value of a column of the data, with their intervals; numbers in "
    "four bins. May be repeated.",
)
@click.option("--intervals", is_flag=True, help="An interval of 95 % for each metric.")
@click.option(
    "--mistakes",
    type=click.IntRange(min=1),
    metavar="N",
    help="The N rows that the model is surest of and wrong about; of numbers the largest errors.",
)
@click.option(
    "--residuals", is_flag=True, help="The errors of numbers: bias, quantiles, by the prediction."
)
@click.option(
    "--importance",
    is_flag=True,
    help="By how much the metric is worse where the values of a column are shuffled.",
)
@click.option(
    "--repeats",
    type=click.IntRange(min=1),
    metavar="N",
    help="How often --importance shuffles each column. By default 5.",
)
@click.option(
    "--reliability",
    type=click.Path(path_type=Path),
    help="Draw the reliability diagrams into this PNG file, which is overwritten.",
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
    reliability: Path | None,
    form: str,
    workers: int,
    **asked: Any,
) -> int:
    """Evaluate a trained model on its test split, another of its splits, or a file. For a
    classification output: precision, recall and F1 of each class, the confusion matrix, the areas
    under the ROC and precision-recall curves, and how far its probabilities can be trusted.

    --slices, --intervals, --mistakes, --residuals and --importance show the metrics and what they
    ask for. Of a run they need no TensorFlow once its folder has the predictions of the split,
    except --importance.

    A model that `export` wrote can be given in place of the run folder; it is evaluated with the
    runtime of its format.

    Exit code 0: every expectation for the split is met; 4: an expectation is missed.
    """
    if split is not None and data is not None:
        raise UsageError("--split and --data exclude each other: give one of the two")
    if missing is not None and data is None:
        raise UsageError("--missing is for --data: the splits of the run were read by its spec")
    shown = _Shown(asked, split or "test")
    shown.refuse_importance(run, has_data=data is not None)
    pictures = [one for one in (confusion, curves, reliability) if one is not None]
    is_plain = data is None and threshold is None and not pictures and workers == 1
    if shown.is_asked and is_plain and is_run(run):
        shown.add_measures(measure(run, shown.split, **shown.options))
    else:
        found = evaluate_in_detail(
            run,
            data,
            split=shown.split,
            threshold=threshold,
            picture=confusion,
            curves=curves,
            reliability=reliability,
            force=True,
            missing=missing,
            workers=workers,
            measures=shown.measure_options,
        )
        shown.add_evaluation(found)
    if asked["importance"]:
        repeats = asked["repeats"] or DEFAULT_REPEATS
        shown.importances = importance(run, shown.split, repeats=repeats)
    show(shown.json() if form == "json" else shown.text(), is_data=form == "json")
    for picture in pictures:
        say(f"wrote {picture}")
    for note in shown.notes:
        say(note)
    for miss in shown.missed:
        say(f"missed: {miss}")
    return 4 if shown.missed else 0


class _Shown:
    """What is measured, and what of it is shown.

    Args:
        asked: the options that ask for more than loss and metrics.
        split: that is measured.
    """

    def __init__(self, asked: Mapping[str, Any], split: str) -> None:
        self.asked = asked
        self.split = split
        self.metrics: Mapping[str, float] = {}
        self.missed: Sequence[MissedExpectation] = ()
        self.notes: Sequence[str] = ()
        self.outputs: Sequence[OutputMeasures] = ()
        self.importances: Mapping[str, Importances] = {}
        self.evaluation: Evaluation | None = None

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of `measure`."""
        return {
            "slices": tuple(dict.fromkeys(self.asked["slices"])),
            "intervals": self.asked["intervals"],
            "mistakes": self.asked["mistakes"] or 0,
            "residuals": self.asked["residuals"],
        }

    @property
    def measure_options(self) -> MeasureOptions:
        """The same for `evaluate_in_detail`."""
        from modelspec.training.measures import MeasureOptions

        return MeasureOptions(**self.options)

    @property
    def is_asked(self) -> bool:
        """Whether any of it is."""
        return any(self.options.values()) or self.asked["importance"]

    def refuse_importance(self, run: Path, *, has_data: bool) -> None:
        """Refuse options that do not go together, and what lies outside of a run."""
        if self.asked["importance"] and run.is_file() and run_of_model(run) is None:
            message = f"--importance shuffles the data of a run, and {run} is a file outside of one"
            raise UsageError(f"{message}: give the folder of the run that it was exported from")
        if self.asked["importance"] and has_data:
            message = "--importance shuffles the rows of a split of the run"
            raise UsageError(f"{message}: leave out --data, or give --split")
        if self.asked["repeats"] is not None and not self.asked["importance"]:
            raise UsageError("--repeats is how often --importance shuffles: give --importance too")

    def add_measures(self, found: RunMeasures) -> None:
        """Take what is known of a run without its model."""
        self.metrics, self.outputs, self.missed = found

    def add_evaluation(self, found: Evaluation) -> None:
        """Take what the model was measured to."""
        self.metrics, self.outputs, self.missed = found.metrics, found.measures, found.missed
        self.notes, self.evaluation = found.notes, found

    def text(self) -> str:
        """For people."""
        intervals = {name: one for output in self.outputs for name, one in output.intervals.items()}
        others = {name: one.value for name, one in intervals.items() if name not in self.metrics}
        header: tuple[str, ...] = ("metric", "value")
        rows: list[tuple[str, ...]] = [
            (name, _figure(value)) for name, value in {**self.metrics, **others}.items()
        ]
        if intervals:
            header = (*header, "95 % interval")
            ends = {name: one.ends for name, one in intervals.items()}
            rows = [(*row, ends.get(row[0], "")) for row in rows]
        parts = [table(header, rows, right="value")] if rows else []
        lines = "".join(line.text() for one in self.outputs for line in one.baseline)
        parts += [lines] if lines else []
        parts += [text for one in self.outputs if (text := one.text())]
        parts += [one.text() for one in self.importances.values()]
        found = self.evaluation
        if found is not None and not self.is_asked:
            from modelspec.training.evaluate import confusion_text

            parts += map(confusion_text, found.confusions)
            parts += [scores.text() for scores in found.label_scores]
            parts += [curves.text() for curves in found.curves]
            calibrations = "".join(one.text() for one in found.calibrations)
            parts += [calibrations] if calibrations else []
            parts += [scores.text() for scores in found.quantiles]
            parts += [errors.text() for errors in found.forecasts]
        return "\n".join(parts)

    def json(self) -> str:
        """For programs."""
        outputs: dict[str, Any] = {}
        found = self.evaluation
        if found is not None:
            tables: list[Any] = [*found.confusions, *found.label_scores, *found.forecasts]
            for one in (*tables, *found.quantiles):  # of a forecast of quantiles there are two
                outputs[one.output] = {**outputs.get(one.output, {}), **one.to_dict()}
            for curves in found.curves:
                outputs.setdefault(curves.output, {})["curves"] = curves.to_dict()
            for calibration in found.calibrations:
                known = outputs.setdefault(calibration.output, {})
                known["calibration"] = calibration.to_dict()
        for measured in self.outputs:
            name = measured.output
            outputs[name] = {**outputs.get(name, {}), **measured.to_dict()}
        for name, importances in self.importances.items():
            outputs[name] = {**outputs.get(name, {}), "importance": importances.to_dict()}
        data = {
            "version": 1,
            "metrics": dict(self.metrics),
            "missed": [miss.to_dict() for miss in self.missed],
            "outputs": outputs,
        }
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _figure(value: float) -> str:
    """A value of the table: with four decimals, or four digits where these would say nothing."""
    is_small = 0 < abs(value) < LEAST_DECIMAL
    return f"{value:.4g}" if is_small or abs(value) >= MOST_DECIMAL else f"{value:.4f}"

"""How far numbers are off: predictions against the truth, and what is left."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from modelspec.evaluation import (
    OutputPredictions,
    Residuals,
    SplitPredictions,
    points,
    residuals_of,
)
from modelspec.run_report.charts import Axis, Curve, histogram, line_chart, scatter_chart
from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import (
    NONE_TEXT,
    Content,
    Markup,
    details,
    joined,
    missing,
    number,
    table,
    tag,
)
from modelspec.runs import OutputKind

MOST_TARGETS = 4
BINS = 24
MOST_IN_ORDER = 200
"""Rows of a series whose truth and prediction are drawn one after another."""

Numbers = npt.NDArray[np.float64]


def errors_section(content: RunContent) -> Markup | None:
    """Charts of each output of numbers; None without one."""
    parts: list[Content] = []
    for split, predictions in content.predictions.items():
        for name, output in predictions.outputs.items():
            if output.kind is OutputKind.NUMBERS and len(output):
                parts += _output(content, split, name, output, predictions)
    return joined(*parts) if parts else None


def _output(
    content: RunContent,
    split: str,
    name: str,
    output: OutputPredictions,
    predictions: SplitPredictions,
) -> list[Content]:
    truth = np.asarray(output.truth, dtype=np.float64).reshape(len(output), -1)
    said = points(output)
    if not np.isfinite(said).any():
        none = f"No prediction of the {split} split is a number, so that there are no errors."
        return [tag("h3", f"{name}: predictions of the {split} split"), missing(none)]
    parts: list[Content] = []
    residuals = residuals_of(output)
    for at in range(min(MOST_TARGETS, truth.shape[1])):
        target = output.columns[at] if at < len(output.columns) else str(at)
        title = name if truth.shape[1] == 1 else f"{name} {target}"
        parts.append(tag("h3", f"{title}: predictions of the {split} split"))
        charts = [_against(title, truth[:, at], said[:, at])]
        charts += _residuals(title, truth[:, at], said[:, at])
        if _is_series(content):
            charts.insert(0, _in_order(title, truth[:, at], said[:, at], predictions))
        parts.append(tag("div", charts, class_="charts"))
    if truth.shape[1] > MOST_TARGETS:
        parts.append(tag("p", f"{truth.shape[1] - MOST_TARGETS} more numbers have no chart here."))
    parts += [_parts_table(one) for one in residuals[:MOST_TARGETS]]
    return parts


def _is_series(content: RunContent) -> bool:
    spec = None if content.parts is None else content.parts.spec
    return spec is not None and spec.data is not None and spec.data.train.kind == "timeseries"


def _against(title: str, truth: Numbers, said: Numbers) -> Markup:
    both = np.concatenate([truth, said])
    axis = Axis.around(both.tolist(), "truth")
    up = Axis(axis.least, axis.most, "prediction")
    return scatter_chart(
        f"{title}: prediction against truth",
        "Each point is a row; on the dashed line a prediction is right, above it too high.",
        [Curve("rows", truth.tolist(), said.tolist())],
        x=axis,
        y=up,
        diagonal=True,
    )


def _residuals(title: str, truth: Numbers, said: Numbers) -> list[Markup]:
    errors = said - truth
    finite = errors[np.isfinite(errors)]
    if not len(finite) or float(finite.max()) <= float(finite.min()):
        return []
    counts, edges = np.histogram(finite, BINS)
    spread = histogram(
        f"{title}: errors",
        "How many rows have an error (prediction minus truth) in each range: a middle beside 0 is "
        "a bias, and a long tail is rare large errors.",
        edges.tolist(),
        [Curve("rows", (), counts.astype(float).tolist())],
        x="prediction minus truth",
        y="rows",
    )
    against = scatter_chart(
        f"{title}: errors against predictions",
        "Each point is a row: a fan that opens is an error that grows with the prediction, and a "
        "bow is something that the model has not learned.",
        [Curve("rows", said.tolist(), errors.tolist())],
        x=Axis.around(said.tolist(), "prediction"),
        y=Axis.around(errors.tolist(), "prediction minus truth"),
        level=0.0,
    )
    return [spread, against]


def _in_order(title: str, truth: Numbers, said: Numbers, predictions: SplitPredictions) -> Markup:
    rows = np.arange(len(truth))
    step = predictions.places.get("step")
    if step is not None:
        rows = rows[np.asarray(step) == np.asarray(step).min()]
    shown = rows[:MOST_IN_ORDER]
    more = "" if len(shown) == len(rows) else f", the first {len(shown)} of {len(rows)}"
    x = list(range(1, len(shown) + 1))
    return line_chart(
        f"{title}: forecasts in order{more}",
        "The truth and the forecast of each row of the split, one after another: a forecast that "
        "follows the truth a step late only repeats the last value.",
        [Curve("truth", x, truth[shown].tolist()), Curve("forecast", x, said[shown].tolist())],
        x="row of the split",
        y=title,
    )


def _parts_table(found: Residuals) -> Markup:
    rows = [
        (
            f"{number(one.low)} to {number(one.high)}",
            f"{one.n:,}",
            number(one.bias),
            number(one.mae),
            number(one.spread),
        )
        for one in found.parts
    ]
    what = f"{found.output} {found.target}".rstrip()
    head = ("predictions", "rows", "mean error", "mean absolute error", "deviation")
    caption = f"{what}: errors by tenths of the predictions"
    shown = table(head, rows, caption=caption, numeric=range(1, 5))
    said = ", ".join(
        f"{level:.0%} are below {number(value)}" for level, value in found.quantiles.items()
    )
    return details(caption, tag("p", f"Of the errors {said or NONE_TEXT}."), shown)

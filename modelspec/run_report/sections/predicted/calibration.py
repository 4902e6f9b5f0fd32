"""Whether probabilities can be taken at their word: reliability diagrams."""

from __future__ import annotations

from modelspec.evaluation import Calibration, OutputPredictions, has_probabilities
from modelspec.evaluation import measure_calibration as measure
from modelspec.run_report.charts import Axis, Curve, histogram, line_chart
from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import Content, Markup, facts, joined, measured, tag
from modelspec.runs import OutputKind


def calibration_section(content: RunContent) -> Markup | None:
    """A reliability diagram for each output with probabilities; None without one."""
    parts: list[Content] = []
    for split, predictions in content.predictions.items():
        for name, output in predictions.outputs.items():
            if has_probabilities(output.kind):
                parts += _output(content, split, name, output)
    return joined(*parts) if parts else None


def _output(content: RunContent, split: str, name: str, output: OutputPredictions) -> list[Content]:
    temperature = content.meanings.get(name, {}).get("temperature")
    found = measure(output, temperature if isinstance(temperature, (int, float)) else None)
    if found is None:
        return []
    pairs: list[tuple[Content, Content]] = [
        ("ECE", measured(found.ece)),
        ("Brier score", measured(found.brier)),
        ("negative log likelihood", measured(found.nll)),
        ("predictions", f"{found.count:,} of the {split} split"),
    ]
    if found.temperature is not None and found.uncalibrated is not None:
        pairs.append(("temperature", measured(found.temperature)))
        pairs.append(("ECE without it", measured(found.uncalibrated.ece)))
    charts = tag("div", _reliability(name, output, found), _counts(name, found), class_="charts")
    return [tag("h3", name), facts(pairs), charts]


def _reliability(name: str, output: OutputPredictions, found: Calibration) -> Markup:
    series = [_curve("this model", found, 0)]
    if found.uncalibrated is not None:
        series.append(_curve("without its temperature", found.uncalibrated, 1))
    what = "probability of the predicted class"
    if output.kind is not OutputKind.CLASSES:
        what = (
            f"probability of {output.labels[1]}"
            if output.kind is OutputKind.BINARY
            else "probability of a label"
        )
    return line_chart(
        f"{name}: reliability",
        "On the dashed line probabilities are right: of what is said with 0.8, four of five come "
        "true. Below the line the model is too sure, above it too unsure.",
        series,
        x=Axis.exactly(0, 1, what),
        y=Axis.exactly(0, 1, "share that came true"),
        diagonal=True,
    )


def _curve(name: str, found: Calibration, look: int) -> Curve:
    full = [(one.confidence, one.accuracy) for one in found.bins]
    points = [(x, y) for x, y in full if x is not None and y is not None]
    return Curve(name, [x for x, _ in points], [y for _, y in points], look)


def _counts(name: str, found: Calibration) -> Markup:
    edges = [found.bins[0].lower, *(one.upper for one in found.bins)]
    return histogram(
        f"{name}: how sure the model is",
        "How many predictions are in each range: a point of the reliability diagram with few "
        "predictions behind it says little.",
        edges,
        [Curve("predictions", (), [float(one.count) for one in found.bins])],
        x="probability",
        y="predictions",
    )

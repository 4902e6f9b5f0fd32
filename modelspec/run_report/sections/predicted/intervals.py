"""Measures of the predictions with intervals, beside what a constant is worth."""

from __future__ import annotations

from modelspec.evaluation import (
    ConstantBaseline,
    OutputPredictions,
    RowUnits,
    baseline_of,
    intervals_of,
    measures_of,
    units_of,
)
from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import (
    NONE_TEXT,
    Content,
    Markup,
    count_of,
    joined,
    measured,
    missing,
    number,
    prose,
    table,
    tag,
)

MOST_DRAWN = 20_000
"""Rows whose measures are drawn again and again; of more, an interval is too narrow to matter."""


def intervals_section(content: RunContent) -> Markup | None:
    """A table of measures for each output; None without predictions."""
    parts: list[Content] = []
    for split, predictions in content.predictions.items():
        for name, output in predictions.outputs.items():
            if output.counted_rows().any():
                units = units_of(predictions, content.group)
                parts += _not_numbers(name, output)
                parts += [_table(split, name, output, units), *_baselines(content, name, output)]
    if not parts:
        return None
    reading = (
        "An interval of 95 % says how far chance in the choice of the rows may have moved a value: "
        "two models whose intervals overlap widely are not told apart by these rows."
    )
    return joined(tag("p", reading, class_="reading"), _left_out(content), *parts)


def _not_numbers(name: str, output: OutputPredictions) -> list[Content]:
    """What is said where the model predicts NaN."""
    said = output.not_numbers()
    return [missing(f"`{name}`: {said}.")] if said else []


def _left_out(content: RunContent) -> list[Content]:
    """The outputs that have no sections here, and why."""
    reasons = [content.reasons["outputs"]] if "outputs" in content.reasons else []
    reasons += [
        f"`{name}` has no predictions that are measured row by row: it {why}."
        for predictions in content.predictions.values()
        for name, why in predictions.left_out.items()
    ]
    return list(map(missing, reasons))


def _table(split: str, name: str, output: OutputPredictions, units: RowUnits) -> Markup:
    counted, rows_counted = output.counted(), output.counted_rows()
    own = units.of(rows_counted)
    measures = measures_of(counted)
    drawn = len(counted) <= MOST_DRAWN
    found = intervals_of(
        [one for one in measures.values() if drawn or one.hits is not None], len(counted), own
    )
    rows: list[list[Content]] = []
    for key, measure in measures.items():
        interval = found.get(key)
        value = measure.value(len(counted)) if interval is None else interval.value
        low, high = (None, None) if interval is None else (interval.low, interval.high)
        between = NONE_TEXT if low is None else f"{number(low)} to {number(high)}"
        better = "more" if measure.is_large_good else "less"
        is_signed = key == "bias"
        rows.append([key, measured(value), between, "near 0" if is_signed else better])
    caption = f"{name}: measures of {count_of(len(counted), 'rows')} of the {split} split"
    return table(
        ("measure", "value", "95 % interval", "better"), rows, caption=caption, numeric=(1, 2)
    )


def _baselines(content: RunContent, name: str, output: OutputPredictions) -> list[Content]:
    constants = content.meanings.get(name, {}).get("constants")
    if not isinstance(constants, dict):
        return []
    try:
        found = baseline_of(output, constants)
    except (KeyError, IndexError, TypeError, ValueError):  # of another version, or damaged
        return []
    return list(map(_sentence, found))


def _sentence(one: ConstantBaseline) -> Markup:
    constant = f"{one.constant} ({number(one.baseline)})"
    said = f"better than {constant} by {number(one.gain)}"
    if one.gain < 0:
        said = f"worse than {constant} by {number(-one.gain)}: nothing was learned"
    elif one.gain == 0:
        said = f"that of {constant}: nothing was learned"
    text = f"Baseline: {one.measure} {number(one.value)} is {said}."
    return tag("p", prose(text), class_=None if one.gain > 0 else "missing")

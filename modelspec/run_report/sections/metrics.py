"""The metrics of all splits, with the expectations."""

from __future__ import annotations

from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import (
    NONE_TEXT,
    Content,
    Markup,
    joined,
    measured,
    missing,
    table,
    tag,
)
from modelspec.runs import METRIC_PREFIXES, RunFile, RunStatus

from .heading import expectations_table, state_text


def metrics_section(content: RunContent) -> Markup:
    """The values that the run reached, a column for each split."""
    record = content.record
    splits = [split for split in METRIC_PREFIXES if record.metrics.get(split)]
    expected = expectations_table(content)
    if not splits:
        why = f"{RunFile.METRICS} has no values"
        if record.state is not RunStatus.COMPLETE:
            why = f"the run {state_text(record.state)}, and they are measured at its end"
        return joined([missing(f"There are no metrics: {why}."), expected])
    names = dict.fromkeys(name for split in splits for name in record.metrics[split])
    rows: list[list[Content]] = [
        [name, *(_cell(content, split, name) for split in splits)] for name in names
    ]
    of_several = ""
    if record.members:
        of_several = f": means over {record.members} runs, ± their standard deviation"
    shown = table(
        ("metric", *splits),
        rows,
        caption=f"Metrics by split{of_several}",
        numeric=range(1, len(splits) + 1),
    )
    return joined([tag("p", _reading(content), class_="reading"), shown, expected])


def _reading(content: RunContent) -> str:
    test = "" if content.record.metrics.get("test") else " The spec has no test split."
    return (
        "Values of the trained model; those of the training split are Keras's means over the "
        "last epoch, while the weights still changed. The test split was seen neither by the "
        f"training nor by the choice of an epoch.{test}"
    )


def _cell(content: RunContent, split: str, name: str) -> Content:
    values = content.record.metrics[split]
    if name not in values:
        return NONE_TEXT
    deviation = content.record.deviations.get(split, {})
    spread = deviation.get(name) if isinstance(deviation, dict) else None
    shown = measured(values[name])
    return shown if not isinstance(spread, float) else joined([shown, f" ± {spread:.2g}"])

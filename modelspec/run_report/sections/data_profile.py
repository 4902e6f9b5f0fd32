"""The data of a run: rows, classes and columns, split by split."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.run_report.charts import Curve, histogram
from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import (
    NONE_TEXT,
    Content,
    Markup,
    details,
    joined,
    missing,
    number,
    shorten,
    table,
    tag,
)
from modelspec.run_report.profile import ProfiledColumn, ProfiledSplit

MOST_COLUMNS = 40
MOST_HISTOGRAMS = 12
MOST_LETTERS = 40


def data_section(content: RunContent) -> Markup:
    """Rows by split, what is in each column, and where splits differ."""
    parts: list[Content] = []
    if content.counts:
        rows = [(split, f"{count:,}") for split, count in content.counts.items()]
        parts.append(table(("split", "examples"), rows, caption="Examples by split", numeric=(1,)))
    columns = content.columns
    if not columns:
        parts.append(missing(content.reason("columns", "The data was not read.")))
        return joined(parts)
    parts.append(_drift(columns))
    numeric = [one for one in columns if not one.is_text]
    text = [one for one in columns if one.is_text]
    if numeric:
        parts.append(_numbers(numeric[:MOST_COLUMNS]))
    parts += [_words(one) for one in text[:MOST_COLUMNS] if one.words]
    left = max(0, len(numeric) - MOST_COLUMNS) + max(0, len(text) - MOST_COLUMNS)
    if left:
        parts.append(tag("p", f"{left} more columns are not shown.", class_="reading"))
    charts = [_histogram(one) for one in numeric[:MOST_HISTOGRAMS] if one.edges]
    if charts:
        shown = tag("div", joined(charts), class_="charts")
        parts.append(details("Distributions of the columns of numbers", shown))
    return joined(parts)


def _drift(columns: Sequence[ProfiledColumn]) -> Markup:
    """The columns in which a split is unlike the training split."""
    found = [
        (one, split, drift)
        for one in columns
        for split, drift in (one.drift or {}).items()
        if drift.is_unusual
    ]
    if not any(one.drift for one in columns):
        return tag("p", "Splits are not compared: there is only one, or no column can be compared.")
    if not found:
        return tag(
            "p",
            "No column of another split differs from the training split more than random splits "
            "do (one in a thousand would differ by more).",
        )
    rows = [
        (one.name, split, number(drift.distance), number(drift.limit))
        for one, split, drift in found[:MOST_COLUMNS]
    ]
    head = ("column", "split", "distance from train", "one of 1,000 random splits exceeds")
    said = (
        "A distance is between 0 (the same values) and 1: of numbers the largest difference of the "
        "shares below any value, of text half the sum of the differences of the shares. Splits by "
        "time or by groups differ on purpose."
    )
    shown = table(
        head, rows, caption="Columns in which a split is unlike the training split", numeric=(2, 3)
    )
    return joined([shown, tag("p", said, class_="reading")])


def _numbers(columns: Sequence[ProfiledColumn]) -> Markup:
    rows: list[list[Content]] = []
    for one in columns:
        for split, values in one.splits.items():
            rows.append([one.name, one.uses, split, *_cells(values)])
    head = (
        "column",
        "read for",
        "split",
        "missing",
        "mean",
        "± deviation",
        "least",
        "median",
        "most",
    )
    return table(head, rows, caption="Columns of numbers", numeric=range(3, len(head)))


def _cells(values: ProfiledSplit) -> list[Content]:
    missing_rows = f"{values.missing:,}" if values.missing else "0"
    if values.quartiles is None:
        return [missing_rows, *[NONE_TEXT] * 5]
    middle = values.quartiles[1]
    found = (values.mean, values.deviation, values.least, middle, values.most)
    return [missing_rows, *(number(one) for one in found)]


def _words(column: ProfiledColumn) -> Markup:
    splits = list(column.splits)
    rows: list[list[Content]] = []
    for index, word in enumerate(column.words):
        shares = [column.splits[split].shares for split in splits]
        cells = [f"{one[index]:.1%}" if index < len(one) else NONE_TEXT for one in shares]
        rows.append([shorten(word, MOST_LETTERS), *cells])
    missing_rows = [f"{column.splits[split].missing:,}" for split in splits]
    if any(column.splits[split].missing for split in splits):
        rows.append(["rows without a value", *missing_rows])
    distinct = max(one.distinct for one in column.splits.values())
    if distinct > len(column.words) and _are_all_rare(column):
        said = ", ".join(
            f"{one.distinct:,} different in {split}" for split, one in column.splits.items()
        )
        what = "files" if column.is_file else "text"
        return tag("p", tag("strong", column.name), f" ({column.uses}): {what}, {said}.")
    caption = f"{column.name}, {column.uses}: shares of values"
    return table(("value", *splits), rows, caption=caption, numeric=range(1, len(splits) + 1))


def _are_all_rare(column: ProfiledColumn) -> bool:
    """Whether no value is frequent, as with sentences or names."""
    first = next(iter(column.splits.values()))
    return max(first.shares[:-1], default=0.0) < 0.02


def _histogram(column: ProfiledColumn) -> Markup:
    series = [
        Curve(split, (), values.shares) for split, values in column.splits.items() if values.shares
    ]
    return histogram(
        column.name,
        "The share of the values in each range, a line for each split; lines that lie over one "
        "another are splits that are alike.",
        column.edges,
        series,
        x=column.name,
        y="share of the values",
    )

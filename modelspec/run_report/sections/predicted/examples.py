"""Rows that the model is wrong about, the surest first, and a few that are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from modelspec.evaluation import Mistake, Mistakes, OutputPredictions, SplitPredictions, mistakes_of
from modelspec.run_report.content import RunContent, ShownExample
from modelspec.run_report.elements import (
    Content,
    Markup,
    joined,
    missing,
    number,
    plain,
    shorten,
    table,
    tag,
)
from modelspec.runs import OutputKind

READING = (
    "The wrong ones that the model is surest of come first: a label that is wrong, a case that is "
    "rare or a thing that cannot be told apart shows here. The last ones are right."
)
RIGHT_ONLY = "A few rows that are right."

MOST_MISTAKES = 12
MOST_RIGHT = 4
MOST_LETTERS = 60
MOST_COLUMNS = 10


def examples_section(content: RunContent) -> Markup | None:
    """The mistakes of each output, as pictures or texts where inputs are such; None without
    predictions."""
    parts: list[Content] = []
    for split, predictions in content.predictions.items():
        shown = content.examples.get(split, {})
        for name, output in predictions.outputs.items():
            if not len(output):
                continue
            parts.append(tag("h3", _title(name, output)))
            parts.append(_mistakes(predictions, name, bool(shown)))
            if shown:
                parts += _gallery(name, output, shown)
    if not parts:
        return None
    if "examples" in content.reasons:
        parts.append(missing(content.reasons["examples"]))
    return joined(*parts)


def _title(name: str, output: OutputPredictions) -> str:
    if output.kind is OutputKind.NUMBERS:
        return f"{name}: the largest errors"
    return f"{name}: wrong, the surest first"


def _mistakes(predictions: SplitPredictions, name: str, has_gallery: bool) -> Markup:
    columns = [column for column, values in predictions.columns.items() if values.ndim == 1][
        :MOST_COLUMNS
    ]
    found = mistakes_of(predictions, name, MOST_MISTAKES, columns)
    if not found.rows:
        return tag("p", "There are no mistakes.")
    head = [*found.rows[0].place, "truth", "prediction", found.size, *columns]
    rows = [_row(one, columns) for one in found.rows]
    caption = _caption(found)
    return table(head, rows, caption=caption, names_rows=False)


def _caption(found: Mistakes) -> str:
    shown = len(found.rows)
    what = "mistakes" if found.size == "probability" else "numbers"
    return f"{found.output}: {shown} of {found.total:,} {what}; rows as they are in the file"


def _row(mistake: Mistake, columns: Sequence[str]) -> list[Content]:
    return [
        *(_cell(value) for value in mistake.place.values()),
        _cell(mistake.truth),
        _cell(mistake.predicted),
        number(mistake.size),
        *(_cell(mistake.columns.get(column)) for column in columns),
    ]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return number(value)
    return shorten(" ".join(plain(value).split()), MOST_LETTERS)


def chosen_rows(output: OutputPredictions) -> list[int]:
    """The rows whose examples are shown: the surest mistakes, then a few that are right."""
    if output.kind is OutputKind.NUMBERS:
        truth = np.asarray(output.truth, dtype=np.float64).reshape(len(output), -1)
        errors = np.abs(np.asarray(output.scores).reshape(len(output), -1)[:, :1] - truth[:, :1])
        errors = np.where(
            np.isnan(errors), np.inf, errors
        )  # of what is no number, nothing is right
        order = np.argsort(-errors[:, 0], kind="stable")
        return [*order[:MOST_MISTAKES].tolist(), *order[::-1][:MOST_RIGHT].tolist()]
    sure, is_wrong, is_right = _sureness(output)
    wrong = np.flatnonzero(is_wrong)
    right = np.flatnonzero(is_right)
    worst = wrong[np.argsort(-sure[wrong], kind="stable")][:MOST_MISTAKES]
    return [*worst.tolist(), *right[:MOST_RIGHT].tolist()]


def _sureness(
    output: OutputPredictions,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How sure each row is, and whether it is wrong, or right."""
    decided = output.decisions()
    if output.kind is OutputKind.LABELS:
        wrong = decided != output.truth.astype(bool)
        said = np.where(decided, output.scores, 1 - output.scores)
        return (said * wrong).max(axis=1), wrong.any(axis=1), ~wrong.any(axis=1)
    if output.kind is OutputKind.BINARY:
        sure = np.where(decided == 1, output.scores, 1 - output.scores)
    else:
        sure = output.scores[np.arange(len(output)), decided]
    counted = output.counted_rows()
    return sure, (decided != output.truth) & counted, (decided == output.truth) & counted


def _gallery(
    name: str, output: OutputPredictions, shown: Mapping[int, ShownExample]
) -> list[Content]:
    items = [
        _item(output, row, shown[row]) for row in dict.fromkeys(chosen_rows(output)) if row in shown
    ]
    if not items:
        return []
    is_text = any(shown[row].text for row in shown)
    is_wrong = output.kind is OutputKind.NUMBERS or _sureness(output)[1].any()
    reading = READING if is_wrong else RIGHT_ONLY
    look = "gallery texts" if is_text else "gallery"
    return [
        tag("p", reading, class_="reading"),
        tag("ul", items, class_=look, aria_label=f"Examples of {name}"),
    ]


def _item(output: OutputPredictions, row: int, example: ShownExample) -> Markup:
    truth, said, sure = _words(output, row)
    is_right = truth == said
    if example.image:
        thing: Content = tag("img", src=example.image, alt=f"{example.place}: {truth}")
    else:
        thing = tag("blockquote", example.text)
    word = tag(
        "span", "right" if is_right else "wrong", class_=f"word {'good' if is_right else 'bad'}"
    )
    if output.kind is OutputKind.NUMBERS:
        word = Markup("")
    lines = [tag("div", f"truth {truth}"), tag("div", f"prediction {said}{sure} ", word)]
    return tag("li", thing, lines, tag("div", example.place, class_="reading"))


def _words(output: OutputPredictions, row: int) -> tuple[str, str, str]:
    """The truth, the prediction and how sure it is, of a row."""
    if output.kind is OutputKind.NUMBERS:
        truth = np.asarray(output.truth, dtype=np.float64).reshape(len(output), -1)[row]
        said = np.asarray(output.scores, dtype=np.float64).reshape(len(output), -1)[row]
        return number(float(truth[0])), number(float(said[0])), ""
    one = output.take(np.array([row]))
    decided = one.decisions()[0]
    if output.kind is OutputKind.LABELS:
        names = np.array(output.labels, dtype=object)
        truth_names = ", ".join(names[one.truth[0].astype(bool)]) or "none"
        return truth_names, ", ".join(names[decided]) or "none", ""
    place = int(one.truth[0])
    truth_name = output.labels[place] if place >= 0 else "not known"
    score = one.scores[0]
    if output.kind is OutputKind.CLASSES:
        sure = float(score[decided])
    else:
        sure = float(score) if decided else 1 - float(score)
    return truth_name, output.labels[int(decided)], f" ({sure:.1%})"

"""How classes are told apart: the confusion matrix of each output that has some."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modelspec.evaluation import (
    ClassScore,
    Confusion,
    Counted,
    OutputPredictions,
    confusions_of,
    scores_of_classes,
    why_no_matrix,
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
    scrolling,
    shorten,
    table,
    tag,
)
from modelspec.runs import OutputKind

from .masks import mask_gallery

MOST_CLASSES = 30
"""A matrix of more classes is a list of the confusions that occur most."""

MOST_CONFUSIONS = 40
MOST_LETTERS = 18

Counts = npt.NDArray[np.int64]


def classes_section(content: RunContent) -> Markup | None:
    """The confusion matrices of the split that the run is judged by; None without classes."""
    parts: list[Content] = []
    for split, predictions in content.predictions.items():
        for name, output in predictions.outputs.items():
            if output.kind in (OutputKind.CLASSES, OutputKind.BINARY):
                parts.append(_output(split, name, output))
            elif output.kind is OutputKind.LABELS:
                parts.append(_labels(split, name, output))
    for split, confusions in content.confusions.items():
        for one in confusions:
            masks = content.masks.get(split, {}).get(one.output, ())
            parts += [_counted(split, one), *mask_gallery(one, masks)]
    if "confusions" in content.reasons:
        parts.append(missing(content.reasons["confusions"]))
    return joined(parts) if parts else None


def _counted(split: str, confusion: Confusion) -> Markup:
    """The matrix of an output of which pixels or steps were counted."""
    name, total = confusion.output, int(confusion.counts.sum())
    if not total:
        one = confusion.of.removesuffix("s")
        return _without_classes(name, f"No {one} of the {split} split has a class that counts.")
    counted, examples = count_of(total, confusion.of), count_of(confusion.examples, "examples")
    said: list[Content] = [f"{counted} of {examples} of the {split} split"]
    said += [", accuracy ", measured(confusion.accuracy)]
    if confusion.mean_iou is not None:
        said += [", mean IoU ", measured(confusion.mean_iou)]
    if confusion.threshold is not None:
        said.append(_above(confusion.labels, confusion.threshold))
    return joined(
        tag("h3", f"{name}: confusion matrix"),
        tag("p", *said, "."),
        _table(name, confusion.labels, confusion.counts, confusion.of),
        _scores(f"Scores of the classes of {name}", confusion.classes, confusion.of),
    )


def _without_classes(name: str, why: str) -> Markup:
    return joined(tag("h3", f"{name}: confusion matrix"), missing(why))


def _above(labels: Sequence[str], threshold: object) -> str:
    """What is said of the threshold of two classes."""
    above = number(threshold) if isinstance(threshold, float) else "its threshold"
    return f"; {labels[1]} is predicted above a probability of {above}"


def _output(split: str, name: str, output: OutputPredictions) -> Markup:
    if why := why_no_matrix(name, len(output.labels)):
        return _without_classes(name, f"{why}.")
    counts = confusions_of(output)
    total = int(counts.sum())
    accuracy = float(np.trace(counts) / max(1, total))
    if not total:
        return _without_classes(name, f"No row of the {split} split has a class that counts.")
    rows = count_of(total, "rows")
    said: list[Content] = [f"{rows} of the {split} split, accuracy ", measured(accuracy)]
    if output.kind is OutputKind.BINARY:
        said.append(_above(output.labels, output.threshold))
    heading = tag("h3", f"{name}: confusion matrix")
    shown = _table(name, output.labels, counts, Counted.EXAMPLES)
    scores = _scores(f"Scores of the classes of {name}", scores_of_classes(output))
    return joined([heading, tag("p", *said, "."), shown, scores])


def _labels(split: str, name: str, output: OutputPredictions) -> Markup:
    rows = count_of(len(output), "rows")
    said = f"{rows} of the {split} split, of which any number of labels may be true."
    scores = _scores(f"Scores of the labels of {name}", scores_of_classes(output))
    return joined(tag("h3", f"{name}: labels"), tag("p", said), scores)


def _table(name: str, labels: Sequence[str], counts: Counts, of: Counted) -> Markup:
    """The matrix, or of many classes what is confused most often."""
    shown = _frequent if len(labels) > MOST_CLASSES else _matrix
    return shown(name, labels, counts, of)


def _matrix(name: str, labels: Sequence[str], counts: Counts, of: Counted) -> Markup:
    totals = counts.sum(axis=1)
    head = [tag("th", "truth ↓ prediction →", scope="col")]
    head += [tag("th", shorten(one, MOST_LETTERS), scope="col", class_="num") for one in labels]
    rows = []
    for index, label in enumerate(labels):
        cells = [tag("th", shorten(label, MOST_LETTERS), scope="row")]
        cells += [_cell(int(count), int(totals[index])) for count in counts[index]]
        rows.append(tag("tr", joined(cells)))
    caption = f"Confusion matrix of {name}: counts, and shares of the row"
    body = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", joined(head))),
        tag("tbody", joined(rows)),
        class_="matrix",
    )
    reading = (
        f"Each row has the {of} of one class, and each column what the model takes them for: a "
        "dark diagonal is right, and a dark cell beside it is a confusion."
    )
    return joined([tag("p", reading, class_="reading"), scrolling(body, caption)])


def _cell(count: int, total: int) -> Markup:
    share = count / total if total else 0.0
    look = "hot2" if share > 0.78 else "hot1" if share > 0.6 else "hot0"
    shown = [str(count), tag("small", f"{share:.0%}")] if count else ["0"]
    part = f"--part:{round(share * 100)}%"
    return tag("td", joined(shown), class_=f"num heat {look}", style=part)


def _frequent(name: str, labels: Sequence[str], counts: Counts, of: Counted) -> Markup:
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_CONFUSIONS]
    rows: list[list[Content]] = []
    for cell in order.tolist():
        truth, taken = divmod(cell, len(labels))
        count = int(wrong[truth, taken])
        if not count:
            break
        share = count / max(1, int(counts[truth].sum()))
        rows.append([labels[truth], labels[taken], str(count), f"{share:.1%}"])
    if not rows:
        return tag(
            "p",
            f"No {of.removesuffix('s')} of the {len(labels)} classes is taken for another class.",
        )
    caption = f"The most frequent confusions of {name}, which has {len(labels)} classes"
    head = ("truth", "prediction", str(of), "share of the class")
    return table(head, rows, caption=caption, numeric=(2, 3))


def _scores(caption: str, scores: Sequence[ClassScore], of: Counted = Counted.EXAMPLES) -> Markup:
    is_iou = of is Counted.PIXELS
    rows = [
        [
            one.label,
            *map(_share, (*((one.iou,) if is_iou else ()), one.precision, one.recall, one.f1)),
            f"{one.support:,}",
        ]
        for one in scores
    ]
    head = ("class", *(("IoU",) if is_iou else ()), "precision", "recall", "F1", str(of))
    return table(head, rows, caption=caption, numeric=range(1, len(head)))


def _share(value: float | None) -> Content:
    return NONE_TEXT if value is None else measured(value)

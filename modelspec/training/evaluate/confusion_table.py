"""A table of classes and a confusion matrix as text."""

from __future__ import annotations

from modelspec.report import table

from .confusion import ClassScore, Confusion

MOST = 20
"""Larger matrices are not printed: their largest errors are."""

NUMBERS = "precision,recall,f1,support"


def confusion_text(found: Confusion) -> str:
    """The table of classes, then who is taken for whom."""
    head = f"{found.output}: {found.accuracy:.4f} of the answers are right"
    if found.threshold is not None:
        second = found.labels[1]
        head += f' ("{second}" is said from a probability of {found.threshold:g} on)'
    rows = [_row(one) for one in (*found.classes, found.macro)]
    scores = table(("class", *NUMBERS.split(",")), rows, right=NUMBERS)
    return f"{head}\n\n{scores}\n{_matrix(found) if len(found.labels) <= MOST else _worst(found)}"


def _row(one: ClassScore) -> tuple[str, ...]:
    shares = (one.precision, one.recall, one.f1)
    return (one.label, *("-" if v is None else f"{v:.4f}" for v in shares), str(one.support))


def _matrix(found: Confusion) -> str:
    names = [f"-> {label}" for label in found.labels]
    rows = [
        (label, *map(str, counts))
        for label, counts in zip(found.labels, found.counts.tolist(), strict=True)
    ]
    return table(("truth", *names), rows, right=",".join(names))


def _worst(found: Confusion) -> str:
    pairs = [
        (int(count), truth, said)
        for truth, counts in zip(found.labels, found.counts.tolist(), strict=True)
        for said, count in zip(found.labels, counts, strict=True)
        if truth != said and count
    ]
    pairs.sort(key=lambda pair: -pair[0])
    rows = [(truth, said, str(count)) for count, truth, said in pairs[:MOST]]
    return table(("truth", "taken for", "times"), rows, right="times")

"""ROC and precision-recall curves, against their definitions."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.evaluation import NOT_COUNTED, OutputPredictions, curves_of, draw_curves
from modelspec.runs import OutputKind


def binary(truth: list[int], scores: list[float], weights: Any = None) -> OutputPredictions:
    given_weights = None if weights is None else np.asarray(weights, dtype=np.float64)
    return OutputPredictions(
        "churn",
        OutputKind.BINARY,
        np.asarray(truth),
        np.asarray(scores, dtype=np.float64),
        ("no", "yes"),
        weights=given_weights,
    )


ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 5).map(lambda k: k / 5), st.integers(0, 3)),
    min_size=2,
    max_size=25,
)


@given(ROWS)
def test_the_area_is_how_often_a_positive_row_has_the_higher_score(rows: Any) -> None:
    curves = curves_of(binary(*map(list, zip(*rows, strict=True))))
    assert curves is not None
    pairs = above = 0.0
    for truth, score, weight in rows:
        for other, lower, share in rows:
            if truth and not other:
                pairs += weight * share
                above += weight * share * ((score > lower) + (score == lower) / 2)
    assert curves.roc_auc == pytest.approx(above / pairs if pairs else math.nan, nan_ok=True)


@given(ROWS)
def test_the_average_precision_sums_over_the_recalls(rows: Any) -> None:
    curves = curves_of(binary(*map(list, zip(*rows, strict=True))))
    assert curves is not None
    total = sum(weight for truth, _, weight in rows if truth)
    area, before = 0.0, 0.0
    for limit in sorted({score for _, score, _ in rows}, reverse=True):
        hits = sum(w for truth, score, w in rows if truth and score >= limit)
        said = sum(w for _, score, w in rows if score >= limit)
        if said and total:
            area += (hits - before) / total * hits / said
            before = hits
    assert curves.average_precision == pytest.approx(area if total else math.nan, nan_ok=True)


def test_classes_and_labels_have_curves_of_each_and_a_mean() -> None:
    scores = np.asarray([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.6, 0.1], [0.9, 0.1, 0.0]])
    truth = np.asarray([0, 1, 0, NOT_COUNTED])
    output = OutputPredictions("kind", OutputKind.CLASSES, truth, scores, ("a", "b", "c"))
    curves = curves_of(output)
    assert curves is not None
    assert [one.roc_auc for one in curves.classes[:2]] == [1.0, 1.0]
    assert math.isnan(curves.classes[2].roc_auc) and curves.missing == ("c",)
    assert curves.roc_auc == 1.0, "of the classes that have one"
    assert curves.to_dict()["classes"][2] == {
        "label": "c", "roc_auc": None, "average_precision": None, "support": 0
    }  # fmt: skip
    assert "all rows are of c, or none is, so that there is no ROC curve" in curves.text()
    labels = OutputPredictions("tags", OutputKind.LABELS, scores > 0.5, scores, ("a", "b", "c"))
    of_labels = curves_of(labels)
    assert of_labels is not None and [one.support for one in of_labels.classes] == [2, 2, 0]
    numbers = OutputPredictions("y", OutputKind.NUMBERS, scores, scores, columns=("a", "b", "c"))
    assert curves_of(numbers) is None
    assert curves_of(output.take(np.asarray([3]))) is None, "no row counts"


def test_many_classes_show_the_worst() -> None:
    generator = np.random.default_rng(0)
    labels = tuple(f"c{i}" for i in range(40))
    scores = generator.random((400, 40))
    output = OutputPredictions(
        "kind", OutputKind.CLASSES, generator.integers(0, 40, 400), scores, labels
    )
    curves = curves_of(output)
    assert curves is not None
    text = curves.text()
    assert "the 20 smallest of 40 classes" in text
    worst = min(curves.classes, key=lambda one: one.roc_auc)
    assert text.splitlines()[4].startswith(worst.label)


def test_the_picture(tmp_path: Path) -> None:
    curves = curves_of(binary([0, 1, 1, 0], [0.2, 0.8, 0.4, 0.5]))
    assert curves is not None
    draw_curves(tmp_path / "a.png", [curves, curves], "a run")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"

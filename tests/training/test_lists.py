"""Lists of unlike lengths: tags for each step, several labels of one example."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelspec.api import report_runs
from modelspec.diagnostics import SpecError
from modelspec.training.evaluate import EvaluationOptions, evaluate_run
from modelspec.training.predict import PredictionOptions, predict_into, predict_run

pytestmark = pytest.mark.tensorflow

TAGS = """
modelspec: 1
model:
  sequential:
    input: {shape: [null], dtype: string, name: words}
    layers:
      - StringLookup: {mask_token: ""}
      - Embedding: {input_dim: 40, output_dim: 8, mask_zero: true}
      - Dense: {units: 3, activation: softmax, name: tags}
data:
  train: {jsonl: t.jsonl}
  test: 0.25
  inputs: {words: {column: tokens, pad: 6}}
  targets: {tags: {column: tags, labels: auto, pad: 6}}
  batch_size: 8
training:
  epochs: 2
  optimizer: {Adam: {learning_rate: 0.1}}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
"""

WORDS = {"the": "DET", "a": "DET", "cat": "NOUN", "dog": "NOUN", "sees": "VERB", "hears": "VERB"}


def sentences(count: int = 40) -> list[list[str]]:
    random = np.random.default_rng(3)
    return [list(random.choice(list(WORDS), random.integers(1, 8))) for _ in range(count)]


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def tagged() -> list[dict[str, Any]]:
    return [{"tokens": s, "tags": [WORDS[word] for word in s]} for s in map(list, sentences())]


def checked(run: Any) -> Any:
    assert not isinstance(run, Exception), run
    return run


@pytest.mark.parametrize(
    ("one_hot", "loss"),
    [
        ("", "sparse_categorical_crossentropy"),
        (", one_hot: true", "{CategoricalCrossentropy: {label_smoothing: 0.05}}"),
    ],
)
def test_tags_come_back_by_name(fit: Any, tmp_path: Path, one_hot: str, loss: str) -> None:
    rows = tagged()
    write_jsonl(tmp_path / "t.jsonl", rows)
    text = TAGS.replace("labels: auto", f"labels: auto{one_hot}")
    text = text.replace("sparse_categorical_crossentropy", loss)
    run = checked(fit(text + "  class_weight: balanced\n"))
    found = evaluate_run(run.path, EvaluationOptions(data=tmp_path / "t.jsonl"))
    predicted = predict_run(run.path, tmp_path / "t.jsonl")["tags"]
    truth = [row["tags"][:6] for row in rows]
    assert [len(tags) for tags in predicted] == [len(tags) for tags in truth]
    right = [
        a == b for p, t in zip(predicted, truth, strict=True) for a, b in zip(p, t, strict=True)
    ]
    assert found.metrics["accuracy"] == pytest.approx(np.mean(right), abs=1e-6)
    (table,) = found.confusions
    assert (table.labels, table.counts.sum()) == (("DET", "NOUN", "VERB"), len(right))
    assert table.accuracy == pytest.approx(np.mean(right), abs=1e-12)


def test_files_have_the_tags_as_lists_or_text(fit: Any, tmp_path: Path) -> None:
    rows = tagged()
    write_jsonl(tmp_path / "t.jsonl", rows)
    run = checked(fit(TAGS))
    written = {}
    for suffix in ("jsonl", "csv", "parquet", "npz"):
        path = tmp_path / f"p.{suffix}"
        predict_into(run.path, tmp_path / "t.jsonl", path, keep=["tokens"])
        written[suffix] = path
    lines = [json.loads(line) for line in written["jsonl"].read_text().splitlines()]
    assert [line["tokens"] for line in lines] == [row["tokens"][:6] for row in rows]
    tags = [line["tags"] for line in lines]
    assert all(len(t) == len(line["tags_probability"]) for t, line in zip(tags, lines, strict=True))
    with written["csv"].open(newline="") as file:
        assert [row["tags"].split() for row in csv.DictReader(file)] == tags
    with np.load(written["npz"]) as arrays:
        assert [text.split() for text in arrays["tags"]] == tags
    import pyarrow.parquet as pq

    assert pq.read_table(written["parquet"])["tags"].to_pylist() == tags


def test_the_same_lists_in_a_csv_give_the_same_run(fit: Any, tmp_path: Path) -> None:
    rows = tagged()
    write_jsonl(tmp_path / "t.jsonl", rows)
    lists = checked(fit(TAGS, output=tmp_path / "lists"))
    with (tmp_path / "t.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows(
            [["tokens", "tags"], *[[" ".join(r["tokens"]), "|".join(r["tags"])] for r in rows]]
        )
    text = TAGS.replace("jsonl: t.jsonl", "csv: t.csv").replace(
        "tokens, pad", 'tokens, split: " ", pad'
    )
    cells = checked(
        fit(text.replace("auto, pad", 'auto, split: "|", pad'), output=tmp_path / "cells")
    )
    assert cells.metrics == lists.metrics


def test_how_many_lists_are_cut_is_said(fit: Any, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "t.jsonl", tagged())
    run = checked(fit(TAGS))
    longer = [s for s in sentences() if len(s) > 6]
    said = [f.message for f in run.findings if f.code == "cut-lists"]
    assert said == [
        f"`{name}` of t.jsonl: {len(longer)} lists are longer than 6 and cut;"
        " the longest has 7 values"
        for name in ("tokens", "tags")
    ]


@pytest.mark.parametrize("form", ["lists", pytest.param("numbers", marks=pytest.mark.slow)])
def test_a_column_weights_the_steps(fit: Any, tmp_path: Path, form: str) -> None:
    rows = tagged()
    for number, row in enumerate(rows):
        row["w"] = [i % 2 for i in range(len(row["tags"]))] if form == "lists" else number % 2
    write_jsonl(tmp_path / "t.jsonl", rows)
    run = checked(fit(TAGS.replace("tags, labels: auto", "tags, labels: auto, weight: w")))
    found = evaluate_run(run.path, EvaluationOptions(data=tmp_path / "t.jsonl"))
    (table,) = found.confusions
    counted = [len(r["tags"][:6]) // 2 for r in rows]
    if form == "numbers":
        counted = [len(r["tags"][:6]) * r["w"] for r in rows]
    assert table.counts.sum() == sum(counted)
    assert table.accuracy == pytest.approx(found.metrics["accuracy"], abs=1e-6)
    notes: list[str] = []
    page = report_runs(run.path, say=notes.append).html
    [of_test] = evaluate_run(run.path).confusions
    assert of_test.of == "steps" and 0 < of_test.counts.sum() < table.counts.sum()
    assert f"{of_test.counts.sum():,} steps of {of_test.examples} examples" in page
    for score in of_test.classes:
        assert score.f1 is None or f'value="{score.f1!r}"' in page
    assert len(notes) == 1 and report_runs(run.path, say=notes.append).html == page
    assert len(notes) == 1, "TensorFlow predicts them once"


def test_weights_of_another_length_are_a_finding(fit: Any, tmp_path: Path) -> None:
    rows = [{**row, "w": [1] * (1 + len(row["tags"]))} for row in tagged()]
    write_jsonl(tmp_path / "t.jsonl", rows)
    error = fit(TAGS.replace("tags, labels: auto", "tags, labels: auto, weight: w"))
    assert isinstance(error, SpecError)
    count = len(rows[0]["tags"])
    assert error.findings[-1].message == (
        f"`w` has {count + 1} values in t.jsonl, row 1, and `tags` has {count}"
    )


LABELS = """
modelspec: 1
model:
  sequential:
    input: {shape: [2], name: x}
    layers:
      - Dense: {units: 3, ACTIVATION, name: terms}
data:
  train: {SOURCE}
  test: 0.25
  inputs: {x: [a, b]}
  targets: {terms: {column: terms, labels: auto, multi_hot: trueMORE}}
training:
  epochs: 2
  optimizer: {Adam: {learning_rate: 0.1}}
  loss: LOSS
  metrics: [{BinaryAccuracy: {thresholds: 0.5}}]
"""


def labelled() -> list[dict[str, Any]]:
    random = np.random.default_rng(1)
    points = random.normal(size=(60, 2)).round(2)
    return [
        {
            "a": a,
            "b": b,
            "terms": [
                n
                for n, there in (("left", a < 0), ("up", b > 0), ("far", a * a + b * b > 1))
                if there
            ],
        }
        for a, b in points.tolist()
    ]


@pytest.mark.parametrize("source", ["jsonl", pytest.param("csv", marks=pytest.mark.slow)])
def test_several_labels_of_an_example(fit: Any, tmp_path: Path, source: str) -> None:
    rows = labelled()
    write_jsonl(tmp_path / "t.jsonl", rows)
    path, more = tmp_path / f"t.{source}", ""
    if source == "csv":
        more = ', split: ";"'
        rows = [row for row in rows if row["terms"]]
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerows(
                [["a", "b", "terms"], *[[r["a"], r["b"], "; ".join(r["terms"])] for r in rows]]
            )
    text = LABELS.replace("SOURCE", f"{source}: {path.name}").replace("MORE", more)
    text = text.replace("ACTIVATION", "activation: sigmoid").replace("LOSS", "binary_crossentropy")
    run = checked(fit(text.replace("{BinaryAccuracy: {thresholds: 0.5}}", "binary_accuracy")))
    found = evaluate_run(run.path, EvaluationOptions(data=path, threshold=0.6))
    (scores,) = found.label_scores
    assert scores.labels == ("far", "left", "up")
    options = PredictionOptions(every_class=True, threshold=0.6)
    predicted = predict_run(run.path, path, options=options)
    truth = [sorted(row["terms"]) for row in rows]
    assert scores.exact == sum(p == t for p, t in zip(predicted["terms"], truth, strict=True))
    for number, label in enumerate(scores.labels):
        named = np.array([label in p for p in predicted["terms"]])
        assert (named == (predicted[f"terms_{label}"] > 0.6)).all()
        true = np.array([label in t for t in truth])
        assert scores.counts[number].tolist() == [(named & true).sum(), named.sum(), true.sum()]
    predict_into(run.path, path, tmp_path / "p.csv", options=options)
    with (tmp_path / "p.csv").open(newline="") as file:
        mark = ";" if source == "csv" else "|"
        cells = [row["terms"] for row in csv.DictReader(file)]
    assert cells == [mark.join(p) for p in predicted["terms"]]
    predict_into(run.path, path, tmp_path / "p.npz", options=options)
    with np.load(tmp_path / "p.npz") as arrays:
        assert arrays["terms"].tolist() == cells
    assert "label" in scores.text()


def test_ignored_classes_count_nowhere(fit: Any, tmp_path: Path) -> None:
    numbers = {"DET": 0, "NOUN": 1, "VERB": -1}
    rows = [{**row, "tags": [numbers[tag] for tag in row["tags"]]} for row in tagged()]
    write_jsonl(tmp_path / "t.jsonl", rows)
    text = TAGS.replace("labels: auto, ", "").replace(
        "loss: sparse_categorical_crossentropy",
        "loss: {SparseCategoricalCrossentropy: {ignore_class: -1}}",
    )
    run = checked(fit(text))
    found = evaluate_run(run.path, EvaluationOptions(data=tmp_path / "t.jsonl"))
    (table,) = found.confusions
    assert table.counts.sum() == sum(tag >= 0 for row in rows for tag in row["tags"][:6])
    assert table.accuracy == pytest.approx(found.metrics["accuracy"], abs=1e-6)

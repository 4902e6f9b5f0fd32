"""Run folders as files, without a training, predictions that are made up, and pages read back."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.evaluation import OutputPredictions, SplitPredictions
from modelspec.runs import OutputKind

SPEC = """\
modelspec: 1
name: NAME
description: DESCRIPTION
model:
  functional:
    inputs: {x: {shape: [2]}, place: {shape: [1], dtype: string}}
    layers:
      home: {StringLookup: {output_mode: one_hot, max_tokens: 4, pad_to_max_tokens: true}}
      both: Concatenate
      kind: {Dense: {units: 3, activation: softmax}}
    edges:
      - place -> home
      - x, home -> both -> kind
    outputs: kind
data:
  train: {csv: data.csv}
  test: 0.3
  inputs: {x: [length, width], place: place}
  targets: {kind: {column: kind, labels: auto}}
  missing: {length: mean}
training:
  epochs: 4
  optimizer: {Adam: {learning_rate: RATE}}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  seed: 3
expect:
  metrics:
    test_accuracy: {min: 0.8}
    test_loss: {max: 1}
"""

HISTORY = (
    "epoch,loss,accuracy,val_loss,val_accuracy,seconds\n"
    "1,1.2,0.4,1.1,0.5,1\n2,0.8,0.6,0.7,0.7,1\n3,0.5,0.8,0.6,0.8,1\n4,0.4,0.9,0.65,0.8,1\n"
)

KINDS = ("ant", "bee", "cat")

ROWS = 60


def write_data(folder: Path, odd: str = "field") -> None:
    """A csv file with 60 rows; one place is `odd`."""
    draw = np.random.default_rng(5)
    lines = ["length,width,place,kind"]
    for row in range(ROWS):
        length = "" if row == 7 else f"{draw.normal(5, 2):.2f}"
        place = json.dumps(odd) if row % 3 == 0 else "hill"
        lines.append(f"{length},{draw.normal(1, 0.2):.2f},{place},{KINDS[row % 3]}")
    (folder / "data.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def make_run(
    folder: Path,
    *,
    name: str = "insects",
    description: str = "Which insect it is",
    state: str = "complete",
    accuracy: float = 0.75,
    rate: float = 0.01,
    odd: str = "field",
) -> Path:
    """A run folder with its data beside it."""
    folder.mkdir(parents=True)
    write_data(folder.parent, odd)
    text = SPEC.replace("NAME", json.dumps(name)).replace("DESCRIPTION", json.dumps(description))
    text = text.replace("RATE", str(rate))
    (folder / "spec.expanded.yaml").write_text(text, encoding="utf-8")
    (folder / "overrides.yaml").write_text("{}\n")
    (folder / "history.csv").write_text(HISTORY)
    (folder / "model.keras").write_bytes(b"weights")
    (folder / "train.log").write_text("10:00:00 epoch 4/4\n10:00:01 <b>killed</b>\n")
    _write(folder / "run.json", {"version": 1, "status": state, "epochs": 4})
    _write(
        folder / "environment.json",
        {
            "command": f"modelspec train {name}.yaml",
            "started": "2026-01-01T10:00:00+00:00",
            "seed": 3,
            "commit": {"id": "a" * 40, "changed": True},
            "python": "3.11.7",
            "packages": {"keras": "3.15.1", "tensorflow": "2.21.0"},
            "platform": "Linux",
            "cores": 2,
            "devices": ["CPU:0"],
        },
    )
    meaning = {"kind": "classes", "labels": list(KINDS), "from_logits": False, "columns": ["kind"]}
    _write(
        folder / "data.json",
        {
            "version": 1,
            "seed": 3,
            "spec": f"{name}.yaml",
            "folder": str(folder.parent.resolve()),
            "folder_from_run": "..",
            "learned": {
                "labels": {"kind": list(KINDS)},
                "fills": {"length": 5.0},
                "rest": [],
                "tokenizers": {},
            },
            "outputs": {"kind": meaning},
            "digests": {"train": "b" * 64, "test": "c" * 64},
        },
    )
    if state == "complete":
        missed = [{"name": "test_accuracy", "value": accuracy, "expected": "at least 0.8"}]
        _write(
            folder / "metrics.json",
            {
                "epochs": 4,
                "train": {"loss": 0.4, "accuracy": 0.9},
                "validation": {},
                "test": {"loss": 0.62, "accuracy": accuracy},
                "missed": missed if accuracy < 0.8 else [],
            },
        )
    return folder


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def class_predictions(rows: int = 90, labels: tuple[str, ...] = KINDS) -> OutputPredictions:
    """Probabilities of classes, of which most are right."""
    draw = np.random.default_rng(2)
    truth = draw.integers(0, len(labels), rows)
    logits = draw.normal(0, 1, (rows, len(labels)))
    logits[np.arange(rows), truth] += 1.5
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return OutputPredictions("kind", OutputKind.CLASSES, truth, scores, labels)


def number_predictions(rows: int = 90) -> OutputPredictions:
    """Numbers, with errors that grow with them."""
    draw = np.random.default_rng(2)
    truth = draw.uniform(0, 10, (rows, 1))
    said = truth + draw.normal(0, 0.1, (rows, 1)) * (1 + truth)
    return OutputPredictions("size", OutputKind.NUMBERS, truth, said, columns=("size",))


def split_of(*outputs: OutputPredictions, **columns: Any) -> SplitPredictions:
    """A test split with these outputs."""
    rows = np.arange(len(outputs[0])) + 2
    return SplitPredictions("test", {one.name: one for one in outputs}, {"row": rows}, columns)


PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)
"""A data URL of one pixel."""


VOID = {"meta", "br", "hr", "img", "path", "line", "rect", "circle", "polyline"}


class Page(HTMLParser):
    """The elements of a page, and whether each one ends where it should."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.values: list[float] = []
        self.scripts = 0
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        assert not any(name.startswith("on") for name in given)
        self.links += [str(given[name]) for name in ("href", "src") if given.get(name)]
        self.scripts += tag == "script"
        if tag == "data":
            self.values.append(float(str(given["value"])))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

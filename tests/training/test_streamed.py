"""A training on data that stream ends with the weights of one on data that are held."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

SPEC = """
modelspec: 1
model:
  functional:
    inputs:
      measures: {shape: [2]}
      place: {shape: [1], dtype: string}
      note: {shape: [1], dtype: string}
    layers:
      scaled: Normalization
      bins: {Discretization: {num_bins: 4, output_mode: multi_hot}}
      home: {StringLookup: {output_mode: one_hot, max_tokens: 5, pad_to_max_tokens: true}}
      words: {TextVectorization: {max_tokens: 9, output_mode: multi_hot, pad_to_max_tokens: true}}
      flat: Flatten
      flat_bins: Flatten
      all: Concatenate
      hidden: {Dense: {units: 8, activation: relu}}
      drop: {Dropout: {rate: 0.2}}
      kind: {Dense: {units: 3, activation: softmax}}
    edges:
      - measures -> scaled
      - measures -> bins -> flat_bins
      - place -> home
      - note -> words -> flat
      - scaled, flat_bins, home, flat -> all -> hidden -> drop -> kind
    outputs: kind
data:
  train: {KIND: t.KIND}
  validation: 0.2
  test: 0.2
  stratify: kind
  inputs: {measures: [a, b], place: place, note: note}
  targets: {kind: {column: kind, labels: auto}}
  sample_weight: weight
  missing: {a: mean, b: median, place: none, kind: drop}
  batch_size: 16
  stream: STREAM
training:
  epochs: 2
  optimizer: {Adam: {learning_rate: 0.05}}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  class_weight: balanced
"""


def csv(rows: int) -> str:
    lines = ["a,b,place,note,kind,weight"]
    for i in range(rows):
        a = "" if i % 13 == 4 else f"{i * 0.7 % 11:.2f}"
        b = "" if i % 19 == 4 else str(i * 5 % 23)
        kind = "" if i % 31 == 9 else "uvvw"[i * 7 % 11 % 4]
        note = " ".join(["red", "green", "blue", "fast", "slow", "new", "old"][i % 4 : i % 7])
        lines.append(f"{a},{b},{'' if i % 17 == 3 else 'xyz'[i % 3]},n {note},{kind},{1 + i % 2}")
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("kind", ["csv", pytest.param("parquet", marks=pytest.mark.slow)])
def test_weights_history_and_metrics_are_equal(
    fit: Any, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    monkeypatch.setattr("modelspec.data.table.arrow_file.CHUNK_ROWS", 40)
    monkeypatch.setattr("modelspec.data.sources.parquet.CHUNK_ROWS", 40)
    (tmp_path / "t.csv").write_text(csv(300))
    convert = pc.ConvertOptions(strings_can_be_null=True)
    pq.write_table(pc.read_csv(tmp_path / "t.csv", convert_options=convert), tmp_path / "t.parquet")
    runs = {}
    for stream in ("false", "true"):
        text = SPEC.replace("KIND", kind).replace("STREAM", stream)
        runs[stream] = fit(text, output=tmp_path / stream)
    held, streamed = runs["false"], runs["true"]
    assert not isinstance(held, Exception), held
    assert held.history == streamed.history
    assert held.metrics == streamed.metrics
    weights = zip(held.model.get_weights(), streamed.model.get_weights(), strict=True)
    for one, other in weights:
        assert np.array_equal(one, other)
    assert (tmp_path / "false/data.json").read_text() == (tmp_path / "true/data.json").read_text()

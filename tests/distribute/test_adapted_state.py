"""What layers have learned, in the layers of another model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

SPEC = """\
modelspec: 1
model:
  functional:
    inputs:
      x: {shape: [2]}
      word: {shape: [1], dtype: string}
      number: {shape: [1], dtype: int64}
      text: {shape: [1], dtype: string}
    layers:
      scaled: Normalization
      bins: {Discretization: {num_bins: 4, output_mode: multi_hot}}
      word_code: {StringLookup: {output_mode: one_hot, max_tokens: 5, pad_to_max_tokens: true}}
      number_code: {IntegerLookup: {output_mode: one_hot, max_tokens: 6, pad_to_max_tokens: true}}
      seen: {TextVectorization: {max_tokens: 9, output_mode: MODE, pad_to_max_tokens: true}}
      bins_flat: Flatten
      seen_flat: Flatten
      all: Concatenate
      y: {Dense: {units: 1}}
    edges:
      - x -> scaled
      - x -> bins -> bins_flat
      - word -> word_code
      - number -> number_code
      - text -> seen -> seen_flat
      - scaled, bins_flat, word_code, number_code, seen_flat -> all -> y
    outputs: y
data:
  train: {csv: rows.csv}
  inputs: {x: [a, b], word: word, number: number, text: text}
  targets: {y: y}
  batch_size: 8
training: {loss: mse, optimizer: SGD, epochs: 1}
"""


def test_layers_of_another_model_take_what_was_learned(tmp_path: Path) -> None:
    import numpy as np
    import tensorflow as tf

    from modelspec.api.building import build_opened, open_spec
    from modelspec.data.feed import can_be_taught, learned_by, teach
    from modelspec.data.shared import read_shared, write_shared
    from modelspec.diagnostics import Findings
    from modelspec.framework import start_keras
    from modelspec.training.prepare import prepare_training

    start_keras()
    words = "pqr"
    lines = [
        f"{i},{i % 9 / 7:.3f},{words[i % 3]},{i % 4 * 10},{words[i % 3]} {words[i % 2]}e,{i % 5}"
        for i in range(40)
    ]
    text = "\n".join(["a,b,word,number,text,y", *lines]) + "\n"
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC.replace("MODE", "count"), encoding="utf-8")
    compiled = open_spec(spec, {})
    adapted = build_opened(compiled)
    made = prepare_training(compiled.spec, compiled.graph, adapted, Findings())
    assert can_be_taught(adapted)
    (tmp_path / "sent").mkdir()
    write_shared(tmp_path / "sent", learned_by(adapted))
    other = build_opened(compiled)
    teach(other, read_shared(tmp_path / "sent"))
    inputs, _ = next(iter(made.training_feed().in_order()))

    def before_the_last(model: Any) -> Any:
        import keras

        return keras.Model(model.inputs, model.get_layer("all").output)(inputs, training=False)

    spec.write_text(SPEC.replace("MODE", "tf_idf"), encoding="utf-8")
    assert not can_be_taught(build_opened(open_spec(spec, {})))
    first, second = before_the_last(adapted), before_the_last(other)
    assert np.array_equal(first, second) and tf.reduce_max(tf.abs(first[:, :2])) > 0.1

"""The examples of text as numbers in docs/data.md train."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
EXAMPLES = dict(
    re.findall(r"<!-- text: (\w+) -->\n```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
)
MODELS = {
    "translator": """
    inputs: {english: {shape: [10], dtype: int32}, so_far: {shape: [11], dtype: int32}}
    layers:
      source: {Embedding: {input_dim: 200, output_dim: 4}}
      encoder: {GRU: {units: 4}}
      target: {Embedding: {input_dim: 200, output_dim: 4}}
      decoder: {GRU: {units: 4, return_sequences: true}}
      word: {Dense: {units: 200, activation: softmax}}
    edges:
      - english -> source -> encoder
      - so_far -> target
      - {from: {sequences: target, initial_state: encoder}, to: decoder}
      - decoder -> word
    outputs: word
""",
    "classifier": """
    inputs: {text: {shape: [80], dtype: int32}}
    layers:
      code: {Embedding: {input_dim: 99, output_dim: 4}}
      mean: GlobalAveragePooling1D
      most: GlobalMaxPooling1D
      both: Concatenate
      topic: {Dense: {units: 10, activation: softmax}}
    edges: [text -> code, code -> mean, code -> most, "mean, most -> both -> topic"]
    outputs: topic
""",
}
TRAINING = "training: {epochs: 1, optimizer: adam, loss: sparse_categorical_crossentropy}\n"


@pytest.mark.xdist_group("data-page")
@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow if n == "translator" else ()) for n in MODELS],
)
def test_an_example_of_text_trains(name: str, tmp_path: Path) -> None:
    import sys

    from modelspec.api.training import train

    sys.path.append(str(ROOT / "tests" / "training"))
    from real_data import texts

    data = tmp_path / "data"
    data.mkdir()
    texts(data)
    shutil.copy(ROOT / "specs" / "data" / "sentences.csv", data)
    spec = tmp_path / "spec.yaml"
    model = f"modelspec: 1\nmodel:\n  functional:{MODELS[name]}"
    spec.write_text(model + EXAMPLES[name] + TRAINING, encoding="utf-8")
    run = train(spec, output=tmp_path / "run")
    assert "val_loss" in run.metrics
    assert [str(f) for f in run.findings if f.code != "too-many-units"] == []


def test_every_key_of_a_tokenizer_is_on_the_page() -> None:
    from modelspec.schema.files import definition

    keys = definition("data.schema.json", "tokenizer")["properties"]
    assert [key for key in keys if f"`{key}" not in PAGE] == []
    assert set(EXAMPLES) == set(MODELS)

"""Relative paths in the arguments of layers and callbacks lead from the folder of the spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, changed

from modelspec.api.predicting import predict
from modelspec.api.training import train
from modelspec.spec import SpecPath
from modelspec.spec.object_paths import paths_lead_from

VOCABULARY = """\
modelspec: 1
model:
  sequential:
    input: {shape: [1], dtype: string, name: t}
    layers:
      - StringLookup: {vocabulary: words.txt, output_mode: multi_hot}
      - Dense: {units: 1, name: n}
data: {train: {csv: t.csv}, targets: n}
training: {loss: mse, optimizer: adam}
"""


@pytest.mark.tensorflow
def test_what_callbacks_write_lies_beside_the_spec(
    fit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    callbacks = (
        "  callbacks: [CSVLogger: {filename: log.csv}, ModelCheckpoint: {filepath: c.keras}]\n"
    )
    spec = changed(CLASSIFIER, ("  epochs: 2\n", "  epochs: 1\n" + callbacks))
    run = fit(spec, {"t.csv": CSV})
    assert run.path.is_dir()
    assert (tmp_path / "log.csv").is_file()
    assert (tmp_path / "c.keras").is_file()
    assert list(elsewhere.iterdir()) == []


@pytest.mark.tensorflow
def test_a_vocabulary_file_is_in_the_saved_model(
    fit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    rows = "t,n\na,1\nb,2\n"
    run = fit(VOCABULARY, {"t.csv": rows, "words.txt": "a\nb\n"})
    (tmp_path / "words.txt").rename(tmp_path / "gone.txt")
    assert len(predict(run.path, tmp_path / "t.csv")["n"]) == 2
    (tmp_path / "gone.txt").rename(tmp_path / "words.txt")
    again = train(resume=run.path, overrides={"training.epochs": 2})
    assert len(again.history["loss"]) == 2


def test_a_path_of_a_default_leads_from_the_spec_too(tmp_path: Path) -> None:
    from modelspec.diagnostics import Span
    from modelspec.spec.model import KerasObject
    from modelspec.training.prepare.compilation import _with_default_paths

    board = KerasObject("callback", "TensorBoard", {}, Span("s.yaml", 1, 1, 1, 1), as_text=True)
    assert _with_default_paths(board, tmp_path).args == {"log_dir": str(tmp_path / "logs")}


def test_an_address_is_left_as_it_is(tmp_path: Path) -> None:
    with paths_lead_from(tmp_path):
        assert SpecPath.of("gs://bucket/words.txt").resolved == "gs://bucket/words.txt"
        assert SpecPath.of("words.txt").resolved == str(tmp_path / "words.txt")
        assert SpecPath.of("words.txt") == "words.txt"

"""A spec may be a dict, and training data rows in memory."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import modelspec
from modelspec.api.given_data import keep_data
from modelspec.document import emit

SPEC: dict[str, Any] = {
    "modelspec": 1,
    "name": "signs",
    "model": {
        "sequential": {
            "input": {"shape": [2]},
            "layers": [{"Dense": {"units": 2, "activation": "softmax", "name": "kind"}}],
        }
    },
    "data": {
        "validation": 0.25,
        "inputs": ["x", "y"],
        "targets": {"kind": {"column": "kind", "labels": "auto"}},
    },
    "training": {
        "epochs": 2,
        "seed": 1,
        "optimizer": "adam",
        "loss": "sparse_categorical_crossentropy",
    },
}


def _with_train(train: dict[str, Any]) -> dict[str, Any]:
    spec = copy.deepcopy(SPEC)
    spec["data"]["train"] = train
    return spec


def test_a_dict_is_validated_and_summarized() -> None:
    spec = _with_train({"csv": "signs.csv"})
    assert modelspec.validate(spec) == []
    assert modelspec.summarize(spec).params["total"] == 6
    spec["model"]["sequential"]["layers"][0]["Dense"]["unit"] = 3
    (found,) = [one for one in modelspec.validate(spec) if one.code == "unknown-argument"]
    assert found.span.file == "<dict>"
    with pytest.raises(modelspec.SpecError):
        modelspec.summarize(spec)


def test_a_dict_has_plain_data() -> None:
    spec = {**SPEC, "name": Path("signs"), "tags": (1, 2)}
    assert "unknown-key" in [one.code for one in modelspec.validate(spec)]
    with pytest.raises(modelspec.UsageError, match=r"`data.train` is object"):
        modelspec.validate(_with_train(object()))  # type: ignore[arg-type]


def _rows(count: int) -> dict[str, Any]:
    x, y = np.random.default_rng(0).normal(size=(2, count))
    return {"x": x, "y": y, "kind": ["up" if a > b else "down" for a, b in zip(x, y, strict=True)]}


@pytest.mark.tensorflow
def test_rows_in_memory_are_trained_on_and_kept(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    run = modelspec.train(SPEC, data=_rows(40), output=tmp_path / "run")
    assert (tmp_path / "run.data" / "train.parquet").is_file()
    assert modelspec.evaluate(run, split="validation")[0].keys() >= {"val_loss"}
    found = modelspec.load(tmp_path / "run").predict({"x": 2.0, "y": -1.0})
    assert found[0]["kind"] in ("up", "down")
    spec = tmp_path / "spec.yaml"
    spec.write_text(modelspec.expand(_with_train({"csv": "signs.csv"})), encoding="utf-8")
    again = modelspec.train(
        spec, data={"train": _rows(40), "test": _rows(9)}, output=tmp_path / "b"
    )
    assert again.history["loss"] == run.history["loss"]
    assert "test_loss" in again.metrics
    with pytest.raises(modelspec.UsageError, match="has other rows"):
        (tmp_path / "c.data").mkdir()
        (tmp_path / "c.data" / "train.parquet").write_bytes(b"of someone else")
        modelspec.train(SPEC, data=_rows(40), output=tmp_path / "c")
    assert (tmp_path / "c.data" / "train.parquet").read_bytes() == b"of someone else"


def test_rows_need_a_spec_and_a_free_folder(tmp_path: Path) -> None:
    with pytest.raises(modelspec.UsageError, match="give the spec, too"):
        modelspec.train(data={"x": [1]}, resume=tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(modelspec.UsageError, match="neither empty nor a run folder"):
        modelspec.train(SPEC, data={"x": [1]}, output=tmp_path)
    with pytest.raises(modelspec.UsageError, match=r"no split `valid`: it takes train, validation"):
        modelspec.train(
            SPEC, data={"train": {"x": [1]}, "valid": {"x": [1]}}, output=tmp_path / "run"
        )
    with pytest.raises(modelspec.UsageError, match=r"rows.csv is a path: write it in the spec"):
        modelspec.train(SPEC, data="rows.csv", output=tmp_path / "run")
    with pytest.raises(modelspec.UsageError, match="does not say what its columns are called"):
        modelspec.train(SPEC, data=np.eye(2), output=tmp_path / "run")


@pytest.mark.tensorflow
def test_rows_of_a_training_that_does_not_begin_are_not_kept(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    wrong = {**_rows(40), "x": ["far"] * 40}
    with pytest.raises(modelspec.SpecError, match="far"):
        modelspec.train(SPEC, data=wrong, output=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_series_keeps_the_windows_that_its_spec_extends(tmp_path: Path) -> None:
    series = {"csv": "none.csv", "window": 5, "horizon": 1}
    base = {**_with_train({"timeseries": series}), "name": "base"}
    (tmp_path / "base.yaml").write_text(emit(base), encoding="utf-8")
    spec = tmp_path / "spec.yaml"
    spec.write_text("modelspec: 1\nextends: base.yaml\nname: more\n", encoding="utf-8")
    with keep_data(spec, {"v": [1.0, 2.0]}, tmp_path / "run", {}, force=False) as (changed, _):
        kept = {"parquet": "run.data/train.parquet", "window": 5, "horizon": 1}
        assert changed["data.train"] == {"timeseries": kept}


@pytest.mark.tensorflow
def test_a_resumed_run_takes_no_file_for_its_dict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tensorflow")
    monkeypatch.chdir(tmp_path)
    modelspec.train(SPEC, data=_rows(40), output="run", pause_after=1)
    other = _with_train({"parquet": "run.data/train.parquet"})
    other["training"]["epochs"] = 5
    Path("signs.yaml").write_text(modelspec.expand(other), encoding="utf-8")
    assert len(modelspec.train(resume="run").history["loss"]) == SPEC["training"]["epochs"]

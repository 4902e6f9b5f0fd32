"""Every spec of specs/ trains to what it promises, and its run does all that a run can do."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from training_cases import SPECS

from modelspec.api.exporting import export
from modelspec.api.predicting import evaluate, predict
from modelspec.compile.stages import compile_file

pytestmark = pytest.mark.tensorflow

NAMES = sorted(p.stem for p in SPECS.glob("*.yaml") if "\ndata:" in p.read_text(encoding="utf-8"))
FILES = {
    "characters": "../../docs/editors.md",
    "digits": "digits.npz",
    "digits_mixup": "digit_images",
    "distillation": "digits.npz",
    "finetuning": "digits.npz",
    "gan": None,  # it takes noise
    "housing": "txhousing.csv",
    "mpg": "mpg.csv",
    "penguins": "penguins.csv",
    "pretraining": "digits.npz",
    "siamese": "digit_pairs_test.npz",
    "siamese_contrastive": "digit_pairs_test.npz",
    "sounds": "sounds.csv",
    "sunspots": "sunspots.csv",
    "transformer": "sentences.csv",
    "unet": "shapes",
    "tagger": "code_tokens.jsonl",
    "vae": "digits.npz",
}
LONG = {
    "characters",
    "digits",
    "digits_mixup",
    "distillation",
    "finetuning",
    "gan",
    "housing",
    "pretraining",
    "siamese",
    "siamese_contrastive",
    "sounds",
    "sunspots",
    "tagger",
    "transformer",
    "unet",
    "vae",
}
"""Trained by the slow tests."""
RUNS = [pytest.param(n, marks=pytest.mark.slow if n in LONG else ()) for n in NAMES]


def test_every_spec_promises_something_and_has_its_data_here() -> None:
    assert sorted(FILES) == NAMES
    licences = (SPECS / "data" / "README.md").read_text(encoding="utf-8")
    for path in (SPECS / "data").iterdir():
        if path.suffix in (".csv", ".h5", ".jsonl", ".npz"):
            assert f"`{path.name}`" in licences
    for name in NAMES:
        expect = compile_file(SPECS / f"{name}.yaml").spec.expect
        assert expect is not None
        assert expect.metrics


@pytest.mark.xdist_group("trained-runs")
@pytest.mark.parametrize("name", RUNS)
def test_it_reaches_what_it_promises(trained: Any, name: str) -> None:
    run = trained(name)
    assert run.missed == ()
    assert run.findings == ()
    run.raise_if_missed()


@pytest.mark.xdist_group("trained-runs")
@pytest.mark.parametrize("name", RUNS)
def test_the_folder_has_everything(trained: Any, name: str) -> None:
    run = trained(name)
    files = {path.name for path in run.path.iterdir()} - {"checkpoints"}
    files -= {"predictions.parquet", "confusions.json"}  # of another test, which evaluated it
    assert files == {
        "data.json",
        "environment.json",
        "lock.json",
        "history.csv",
        "history.png",
        "metrics.json",
        "model.keras",
        "overrides.yaml",
        "run.json",
        "spec.expanded.yaml",
        "spec.yaml",
        "train.log",
        *(["discriminator.keras"] if name == "gan" else []),
    }
    written = (SPECS / f"{name}.yaml").read_text(encoding="utf-8")
    assert (run.path / "spec.yaml").read_text(encoding="utf-8") == written
    assert json.loads((run.path / "run.json").read_text())["status"] == "complete"
    assert (run.path / "history.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert json.loads((run.path / "environment.json").read_text())["command"] == f"test {name}"
    with (run.path / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["loss"]) for row in rows] == run.history["loss"]
    assert [int(row["epoch"]) for row in rows] == list(range(1, len(rows) + 1))
    metrics = json.loads((run.path / "metrics.json").read_text())
    assert metrics["test"]["loss"] == run.metrics["test_loss"]
    lines = (run.path / "train.log").read_text().splitlines()
    assert sum(line.partition(" ")[2].startswith("epoch ") for line in lines) == len(rows)


@pytest.mark.xdist_group("trained-runs")
@pytest.mark.parametrize("name", RUNS)
def test_the_folder_alone_gives_the_same_numbers(trained: Any, name: str) -> None:
    run = trained(name)
    measured, missed = evaluate(run.path)
    assert not missed
    measured = {key: value for key, value in measured.items() if "perplexity" not in key}
    wanted = {key: value for key, value in run.metrics.items() if key.startswith("test_")}
    assert list(measured) == list(wanted)
    assert measured == pytest.approx(wanted, rel=1e-5)


@pytest.mark.xdist_group("trained-runs")
def test_penguins_are_named(trained: Any, tmp_path: Path) -> None:
    import keras

    data = SPECS / "data" / "penguins.csv"
    out = tmp_path / "out.csv"
    predict(trained("penguins").path, data, out)
    with out.open() as file:
        said = list(csv.DictReader(file))
    with data.open() as file:
        known = list(csv.DictReader(file))
    assert list(said[0]) == ["species", "species_probability", "sex", "sex_probability"]
    assert len(said) == len(known) == 344
    assert {row["species"] for row in said} == {"Adelie", "Chinstrap", "Gentoo"}
    assert {row["sex"] for row in said} == {"female", "male"}
    right = [a["species"] == b["species"] for a, b in zip(said, known, strict=True)]
    assert sum(right) > 0.97 * len(right)
    sexed = [(a, b) for a, b in zip(said, known, strict=True) if b["sex"] != "NA"]
    assert sum(a["sex"] == b["sex"] for a, b in sexed) > 0.85 * len(sexed)
    assert all(0.33 < float(row["species_probability"]) <= 1 for row in said)
    assert all(0.5 <= float(row["sex_probability"]) <= 1 for row in said)
    learned = keras.models.load_model(trained("penguins").path / "model.keras")
    assert learned.get_layer("home").get_vocabulary()[1:] == ["Biscoe", "Dream", "Torgersen"]


@pytest.mark.xdist_group("trained-runs")
@pytest.mark.parametrize("name", RUNS)
def test_predictions_have_a_row_for_each_row(trained: Any, tmp_path: Path, name: str) -> None:
    import numpy as np

    file = FILES[name]
    data = None if file is None else SPECS / "data" / file
    if data is not None and name != "sounds":  # whose paths are relative to the table's folder
        data = first_examples(data, tmp_path)
    columns = predict(trained(name), data)
    predict(trained(name), data, output=tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz") as written:
        for column, values in columns.items():
            assert len(values) == len(next(iter(columns.values())))
            found = values
            if isinstance(values[0], list):  # which numpy keeps as text
                found = [" ".join(map(str, row)) for row in values]
            np.testing.assert_array_equal(written[column], found)


def first_examples(data: Path, folder: Path) -> Path:
    """A file with the first 100 examples of a table or an archive; other data as they are."""
    import numpy as np

    part = folder / data.name
    if data.suffix in (".csv", ".jsonl"):
        part.write_bytes(b"".join(data.read_bytes().splitlines(keepends=True)[:101]))
        return part
    if data.suffix == ".npz":
        with np.load(data) as arrays:
            np.savez(part, **{name: array[:100] for name, array in arrays.items()})
        return part
    return data


@pytest.mark.slow
@pytest.mark.xdist_group("trained-runs")
def test_digits_are_text_and_right(trained: Any) -> None:
    import numpy as np

    data = SPECS / "data" / "digits.npz"
    columns = predict(trained("digits"), data)
    with np.load(data) as known:
        right = columns["digit"] == known["digit"].astype(str)
    assert all(isinstance(word, str) for word in columns["digit"])
    assert right.mean() > 0.98


@pytest.mark.slow
@pytest.mark.xdist_group("trained-runs")
def test_a_student_is_exported_without_its_teacher(trained: Any, tmp_path: Path) -> None:
    """As docs/training.md says: a spec of the student alone begins with the weights of the run."""
    import keras
    import numpy as np
    import yaml

    run = trained("distillation")
    spec = yaml.safe_load((SPECS / "distillation.yaml").read_text(encoding="utf-8"))
    model = spec["model"]["functional"]
    kept = {name: model["layers"][name] for name in ("student", "digit")}
    model |= {"layers": kept, "edges": ["image -> student -> digit"], "outputs": {"digit": "digit"}}
    loss = "sparse_categorical_crossentropy"
    training = {"initial_weights": str(run.path), "optimizer": "Adam", "loss": loss}
    alone = {"modelspec": 1, "name": "student", "model": spec["model"], "training": training}
    (tmp_path / "student.yaml").write_text(yaml.safe_dump(alone), encoding="utf-8")
    export(tmp_path / "student.yaml", "keras", tmp_path / "student.keras")
    images = np.load(SPECS / "data" / "digits.npz")["image"][:20].astype("float32")
    both = keras.models.load_model(run.path / "model.keras")
    student = keras.models.load_model(tmp_path / "student.keras")
    assert student.count_params() < 0.1 * both.count_params()
    ours, theirs = (model.predict(images)["digit"] for model in (student, both))
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)

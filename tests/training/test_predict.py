"""`predict`: what goes in, what comes out, in pieces as in one, and equal to `model.predict`."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import CLASSIFIER, CSV, SPECS, TWO_OUTPUTS, changed

from modelspec.api.predicting import predict
from modelspec.api.training import train
from modelspec.cli import run as command
from modelspec.diagnostics.problems import SpecError, UsageError

pytestmark = pytest.mark.tensorflow

FILES = {"t.csv": CSV}
NEW = "code,b,a\n007,1,6\n008,,6\n,2,0\n0A,4,3\n"
DROPS = changed(CLASSIFIER, ("  inputs: [a, b]", "  inputs: [a, b]\n  missing: {b: drop}"))


@pytest.fixture(scope="module")
def drops(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A trained run that drops rows without `b`."""
    folder = tmp_path_factory.mktemp("drops")
    (folder / "t.csv").write_text(CSV)
    (folder / "spec.yaml").write_text(DROPS)
    return train(folder / "spec.yaml", output=folder / "run")


@pytest.fixture
def answered(drops: Any, tmp_path: Path) -> Any:
    """That run, and a file of four rows to ask it about."""
    (tmp_path / "new.csv").write_text(NEW)
    return drops


def write_inputs(folder: Path) -> None:
    """The file of four rows in every form."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    b, a = [1, None, 2, 4], [6, 6, 0, 3]
    with gzip.open(folder / "new.csv.gz", "wt") as file:
        file.write(NEW)
    pq.write_table(pa.table({"b": b, "a": a}), folder / "new.parquet")
    rows = [{"b": x, "a": y} if x is not None else {"a": y} for x, y in zip(b, a, strict=True)]
    (folder / "new.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    np.savez(folder / "new.npz", b=np.asarray([1, np.nan, 2, 4]), a=np.asarray(a))


@pytest.mark.xdist_group("predictions")
@pytest.mark.parametrize("form", ["csv.gz", "parquet", "jsonl", "npz"])
def test_every_input_gives_the_same_answers(answered: Any, tmp_path: Path, form: str) -> None:
    write_inputs(tmp_path)
    wanted = predict(answered, tmp_path / "new.csv")
    found = predict(answered, tmp_path / f"new.{form}")
    assert found["kind"].tolist() == wanted["kind"].tolist()
    assert found["kind"][1] == ""
    np.testing.assert_array_equal(found["kind_probability"], wanted["kind_probability"])


def read_back(path: Path) -> dict[str, list[Any]]:
    """The columns of a file of answers."""
    import pyarrow.parquet as pq

    if path.suffix == ".csv":
        with path.open() as file:
            rows = list(csv.DictReader(file))
        return {key: [row[key] or None for row in rows] for key in rows[0]}
    if path.suffix == ".jsonl":
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        return {key: [row[key] for row in rows] for key in rows[0]}
    if path.suffix == ".parquet":
        return dict(pq.read_table(path).to_pydict())
    with np.load(path) as found:
        return {name: [v or None for v in found[name].tolist()] for name in found.files}


@pytest.mark.xdist_group("predictions")
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "npz"])
def test_every_output_holds_the_answers(answered: Any, tmp_path: Path, form: str) -> None:
    wanted = predict(answered, tmp_path / "new.csv", every_class=True)
    output = tmp_path / f"out.{form}"
    assert predict(answered, tmp_path / "new.csv", output, keep=["code"], every_class=True) == {}
    found = read_back(output)
    names = ["code", "kind", "kind_probability", "kind_neg", "kind_pos"]
    assert list(found) == names
    assert found["code"] == ["007", "008", None, "0A"]
    assert found["kind"] == [word or None for word in wanted["kind"]]
    for name in names[2:]:
        values = [np.nan if value is None else float(value) for value in found[name]]
        np.testing.assert_array_equal(np.asarray(values, np.float32), wanted[name])
    total = wanted["kind_neg"] + wanted["kind_pos"]
    np.testing.assert_allclose(total[[0, 2, 3]], 1, rtol=1e-6)
    assert not list(tmp_path.glob(".draft*"))


@pytest.mark.xdist_group("predictions")
def test_pieces_change_nothing(
    answered: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["a,b,note", *(f"{i % 7},{i % 5 if i % 11 else ''},n{i}" for i in range(500))]
    (tmp_path / "long.csv").write_text("\n".join(lines) + "\n")
    whole = predict(answered, tmp_path / "long.csv", keep=["note"])
    monkeypatch.setattr("modelspec.data.new_data.stream.CHUNK_ROWS", 33)
    monkeypatch.setattr("modelspec.training.predict.keras_predictor.batch_size_of", lambda _: 8)
    pieces = predict(answered, tmp_path / "long.csv", keep=["note"])
    assert pieces["note"].tolist() == [f"n{i}" for i in range(500)]
    assert pieces["kind"].tolist() == whole["kind"].tolist()
    assert [word == "" for word in pieces["kind"]] == [i % 11 == 0 for i in range(500)]
    np.testing.assert_allclose(pieces["kind_probability"], whole["kind_probability"], rtol=1e-5)


@pytest.mark.xdist_group("predictions")
def test_a_piece_may_have_no_row_left(
    answered: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gap.csv").write_text("a,b\n1,2\n1,\n3,\n2,2\n")
    monkeypatch.setattr("modelspec.data.new_data.stream.CHUNK_ROWS", 2)
    for form in ("csv", "jsonl", "parquet", "npz"):
        predict(answered, tmp_path / "gap.csv", tmp_path / f"out.{form}")
        assert [bool(x) for x in read_back(tmp_path / f"out.{form}")["kind"]] == [1, 0, 0, 1]


@pytest.mark.xdist_group("trained-runs")
@pytest.mark.parametrize(
    "name",
    ["penguins", "mpg", *(pytest.param(n, marks=pytest.mark.slow) for n in ("siamese", "digits"))],
)
def test_it_is_what_the_model_predicts(trained: Any, name: str) -> None:
    import tensorflow as tf

    from modelspec.data.new_data import open_new_data
    from modelspec.diagnostics.findings import Findings
    from modelspec.training.predict.keras_predictor import KerasPredictor
    from modelspec.training.trained_run import reopen

    files = {"penguins": "penguins.csv", "mpg": "mpg.csv", "digits": "digits.npz"}
    data = SPECS / "data" / files.get(name, "digit_pairs_test.npz")
    opened = reopen(trained(name))
    fresh = open_new_data(opened.preprocessing, data, Findings())
    assert fresh is not None
    respond = KerasPredictor(opened.model, opened.structure)
    for piece in fresh.chunks(Findings()):
        given = respond(piece.examples)
        arrays = {name: tf.constant(array) for name, array in piece.examples.inputs.items()}
        inputs = opened.structure.inputs(arrays)
        wanted = opened.structure.by_output(opened.model.predict(inputs, verbose=0))
        for output, values in given.items():
            np.testing.assert_allclose(values, wanted[output], rtol=1e-4, atol=1e-5)


def test_several_outputs_and_a_kept_column_of_the_same_name(fit: Any, tmp_path: Path) -> None:
    run = fit(changed(TWO_OUTPUTS, ("OUTPUTS", "[zahl, art]")), FILES)
    (tmp_path / "n.csv").write_text("a,b,zahl\n1,2,x\n3,4,\n")
    found = predict(run, tmp_path / "n.csv", keep=["zahl", "a"])
    assert list(found) == ["zahl_given", "a", "zahl", "art", "art_probability"]
    assert found["zahl_given"].tolist() == ["x", ""]
    assert found["a"].tolist() == [1, 3]


GRID = """
modelspec: 1
model:
  sequential:
    input: {shape: [4], batch_size: 8, name: x}
    layers: [{Dense: {units: 6}}, {Reshape: {target_shape: [3, 2], name: y}}]
data:
  train: {npz: t.npz}
  inputs: x
  targets: y
  batch_size: 8
training: {optimizer: sgd, loss: mse}
"""


def test_several_axes_and_a_model_of_one_batch_size(fit: Any, tmp_path: Path) -> None:
    x = np.arange(80, dtype=np.float32).reshape(20, 4) / 80
    np.savez(tmp_path / "t.npz", x=x[:16], y=np.zeros((16, 3, 2), np.float32))
    np.savez(tmp_path / "new.npz", x=x)
    run = fit(GRID)
    found = predict(run, tmp_path / "new.npz")["y"]
    assert found.shape == (20, 3, 2)
    with pytest.raises(UsageError, match=r"`y` has shape \[3, 2\].*\.jsonl, \.parquet or \.npz"):
        predict(run, tmp_path / "new.npz", tmp_path / "out.csv")
    for form in ("jsonl", "parquet", "npz"):
        predict(run, tmp_path / "new.npz", tmp_path / f"out.{form}")
        back = np.asarray(read_back(tmp_path / f"out.{form}")["y"], np.float32)
        np.testing.assert_array_equal(back, found)


def test_labels_that_need_quotes(fit: Any, tmp_path: Path) -> None:
    text = CSV.replace(",pos,", ',"yes, ""sure""",')
    run = fit(CLASSIFIER, {"t.csv": text})
    predict(run, tmp_path / "t.csv", tmp_path / "out.csv")
    assert set(read_back(tmp_path / "out.csv")["kind"]) == {"neg", 'yes, "sure"'}


@pytest.mark.xdist_group("predictions")
def test_a_bad_row_is_named_and_nothing_is_written(answered: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n1,two\n")
    with pytest.raises(SpecError, match=r"`b` is \"two\" in .*bad\.csv, row 3"):
        predict(answered, tmp_path / "bad.csv", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
    with pytest.raises(SpecError, match='no column `cod`; did you mean "code"'):
        predict(answered, tmp_path / "new.csv", keep=["cod"])
    (tmp_path / "none.csv").write_text("a,b\n1,\n")
    assert predict(answered, tmp_path / "none.csv")["kind"].tolist() == [""]


@pytest.mark.xdist_group("predictions")
def test_the_command_writes_csv(
    answered: Any, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    data = str(tmp_path / "new.csv")
    assert command(["predict", str(answered.path), "--data", data, "--keep", "code"]) == 0
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert lines[0] == "code,kind,kind_probability"
    assert lines[1].startswith("007,")
    assert lines[2] == "008,,"
    assert len(lines) == 5


def test_a_threshold_decides_between_two(fit: Any, tmp_path: Path) -> None:
    spec = changed(
        CLASSIFIER,
        ("units: 2, activation: softmax", "units: 1, activation: sigmoid"),
        ("sparse_categorical_crossentropy", "binary_crossentropy"),
    )
    run = fit(spec, FILES)
    assert set(predict(run, tmp_path / "t.csv", threshold=0.0)["kind"]) == {"pos"}
    assert set(predict(run, tmp_path / "t.csv", threshold=1.0)["kind"]) == {"neg"}


@pytest.mark.slow
def test_predictions_reach_the_disk_before_they_have_their_name(
    trained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from modelspec import files

    run, synced = trained("penguins").path, list[str]()
    monkeypatch.setattr(files, "_sync", lambda path: synced.append(path.name))
    out = tmp_path / "out.csv"
    predict(run, SPECS / "data" / "penguins.csv", out)
    assert synced == [".draft-out.csv", tmp_path.name]


FORMULAS = ["=1+1", "@SUM(a)", "-2+3", "\tx", "a=b", "-5", "+1e3", "-", "＝1"]
ESCAPED = ["'=1+1", "'@SUM(a)", "'-2+3", "'\tx", "a=b", "-5", "+1e3", "'-", "'＝1"]


def write_formulas(folder: Path) -> Path:
    """Rows with a text beside the inputs that a spreadsheet would compute."""
    path = folder / "formulas.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [["=note", "b", "a"], *([text, "1", "6"] for text in FORMULAS)]
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.xdist_group("predictions")
def test_text_that_a_spreadsheet_would_compute_is_escaped_where_asked(
    drops: Any, tmp_path: Path
) -> None:
    data = write_formulas(tmp_path)
    found = {}
    for escape in (False, True):
        output = tmp_path / f"out-{escape}.csv"
        predict(drops, data, output, keep=["=note"], escape_formulas=escape)
        with output.open(encoding="utf-8", newline="") as file:
            found[escape] = list(csv.reader(file))
    assert [row[0] for row in found[False]] == ["=note", *FORMULAS]
    assert [row[0] for row in found[True]] == ["'=note", *ESCAPED]
    assert [row[1:] for row in found[True]] == [row[1:] for row in found[False]]


@pytest.mark.xdist_group("predictions")
def test_formulas_are_escaped_in_csv_alone(drops: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--escape-formulas is for csv, .*: leave it out, or"):
        predict(drops, write_formulas(tmp_path), tmp_path / "out.jsonl", escape_formulas=True)

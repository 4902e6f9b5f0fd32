"""`runs list` and `runs compare` on folders of every state, as a training leaves them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modelspec import UsageError, compare_runs, list_runs
from modelspec.api import best_run
from modelspec.cli import run

DAY = "2026-01-01"

SPEC = """\
modelspec: 1
name: small
model:
  sequential:
    input: {shape: [3]}
    layers: [{Dense: {units: UNITS, name: hidden}}, {Dense: {units: 1, name: y}}]
data: {train: {csv: t.csv}, targets: y}
training:
  epochs: EPOCHS
  optimizer: {Adam: {learning_rate: 0.01}}
  loss: mse
  callbacks: CALLBACKS
"""


def make(
    folder: Path,
    status: str | None,
    *,
    units: int = 4,
    epochs: int = 3,
    started: str = "2026-01-01",
) -> Path:
    """A run folder with three epochs behind it."""
    folder.mkdir(parents=True)
    text = SPEC.replace("UNITS", str(units)).replace("EPOCHS", str(epochs))
    callbacks = "[]" if units == 4 else "[{EarlyStopping: {monitor: val_accuracy}}]"
    (folder / "spec.expanded.yaml").write_text(text.replace("CALLBACKS", callbacks))
    (folder / "run.json").write_text(json.dumps({"status": status}) if status else "{")
    (folder / "environment.json").write_text(json.dumps({"started": f"{started}T10:00:00+00:00"}))
    (folder / "history.csv").write_text(
        "epoch,loss,val_loss,val_accuracy,seconds\n"
        "1,0.9,0.8,0.5,1\n2,0.5,0.4,0.9,1\n3,0.3,0.6,0.7,1\n4,0.2,0."
    )
    if status == "complete":
        metrics = {"train": {"loss": 0.3}, "validation": {"loss": 0.6}}
        metrics["test"] = {"loss": 0.5, "accuracy": 0.75 if units == 4 else None}
        (folder / "metrics.json").write_text(json.dumps({"epochs": 3, **metrics}))
    return folder


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make(Path("runs/b"), "complete", started="2026-01-02")
    make(Path("runs/a"), "complete", units=8, epochs=5, started="2026-01-03")
    make(Path("runs/x/y"), "interrupted")
    make(Path("runs/f"), "failed", started="2026-01-04")
    make(Path("runs/kill"), "running", started="2026-01-05")
    make(Path("runs/torn"), None, started="2026-01-06")
    make(Path("runs/.b.replaced-1"), "complete")
    return tmp_path


TABLE = """\
run        started           model  params  epochs  best                 test           state
─────────  ────────────────  ─────  ──────  ──────  ───────────────────  ─────────────  ───────────
runs/x/y   2026-01-01 10:00  small      21       3  val_loss 0.4 @2                     interrupted
runs/b     2026-01-02 10:00  small      21       3  val_loss 0.4 @2      accuracy 0.75  complete
runs/a     2026-01-03 10:00  small      41     3/5  val_accuracy 0.9 @2  accuracy ?     complete
runs/f     2026-01-04 10:00  small      21       3  val_loss 0.4 @2                     failed
runs/kill  2026-01-05 10:00  small      21       3  val_loss 0.4 @2                     interrupted
runs/torn  2026-01-06 10:00  small      21       3  val_loss 0.4 @2                     damaged
"""


def test_runs_of_every_state_are_listed(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "list"]) == 0
    assert capsys.readouterr().out == TABLE


SORTED = """\
run        started           model  params  epochs  val_loss  test           state
─────────  ────────────────  ─────  ──────  ──────  ────────  ─────────────  ───────────
runs/x/y   2026-01-01 10:00  small      21       3    0.4 @2                 interrupted
runs/b     2026-01-02 10:00  small      21       3    0.4 @2  accuracy 0.75  complete
runs/a     2026-01-03 10:00  small      41     3/5    0.4 @2  accuracy ?     complete
runs/f     2026-01-04 10:00  small      21       3    0.4 @2                 failed
runs/kill  2026-01-05 10:00  small      21       3    0.4 @2                 interrupted
runs/torn  2026-01-06 10:00  small      21       3    0.4 @2                 damaged
"""


def test_the_best_run_comes_first(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "list", "--sort", "val_loss", "--best"]) == 0
    assert capsys.readouterr().out == SORTED
    for name, metrics in {"b": (0.5, 0.7), "a": (0.4, 0.6)}.items():
        found = {"train": {}, "validation": {"auc": metrics[1], "rank": 1}}
        found["test"] = {"loss": metrics[0]}
        Path(f"runs/{name}/metrics.json").write_text(json.dumps(found))
    assert best(["val_AUC"], capsys) == ("runs/b", "val_auc 0.7, the best of 2 complete runs")
    assert best(["runs", "test_loss"], capsys)[0] == "runs/a"
    assert best(["test_loss", "--largest"], capsys)[0] == "runs/b"
    assert best(["val_rank", "--smallest"], capsys)[0] in ("runs/a", "runs/b")
    assert run(["runs", "list", "--sort", "val_auc", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["best"] == "largest"
    assert [one["path"] for one in found["runs"][:2]] == ["runs/b", "runs/a"]
    assert found["runs"][2]["value"] is None
    assert run(["runs", "list", "--sort", "val_auc", "--format", "markdown"]) == 0
    assert "| val_auc |" in capsys.readouterr().out


def best(args: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    assert run(["runs", "best", *args]) == 0
    found = capsys.readouterr()
    return found.out.strip(), found.err.strip()


def test_a_metric_with_a_name_of_the_spec_has_the_direction_of_its_class(runs: Path) -> None:
    for name, rank in {"b": 0.5, "a": 0.7}.items():
        found = {"train": {}, "validation": {"quality": rank, "y_misses": rank}, "test": {}}
        Path(f"runs/{name}/metrics.json").write_text(json.dumps(found))
        file = Path(f"runs/{name}/spec.expanded.yaml")
        named = "metrics: [{AUC: {name: quality}}, {FalseNegatives: {name: misses}}]"
        file.write_text(f"{file.read_text()}  {named}\n")
    assert str(best_run("runs", "val_quality")[0].path) == "runs/a"
    assert str(best_run("runs", "val_y_misses")[0].path) == "runs/b"


def test_the_deviation_of_folds_and_seeds_is_shown(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deviation = {"train": {}, "validation": {}, "test": {"accuracy": 0.0213}}
    found = {"folds": 5, "train": {}, "validation": {}, "test": {"accuracy": 0.75}}
    Path("runs/b/metrics.json").write_text(json.dumps({**found, "deviation": deviation}))
    assert run(["runs", "compare", "runs/a", "runs/b"]) == 0
    assert "test_accuracy  -       0.75 ± 0.021" in capsys.readouterr().out
    assert run(["runs", "list"]) == 0
    assert "accuracy 0.75 ± 0.021" in capsys.readouterr().out
    assert run(["runs", "list", "runs/b", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)["runs"][0]
    assert (listed["members"], listed["deviation"]) == (5, deviation)


def test_the_epochs_of_folds_and_seeds_are_those_of_the_longest(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    group = make(Path("seeds"), "complete")
    (group / "history.csv").unlink()
    make(group / "seed-0", "complete")
    make(group / "seed-1", "complete")
    (group / "seed-0" / "history.csv").write_text("epoch,loss\n1,0.9\n")
    assert run(["runs", "list", "seeds"]) == 0
    assert "      21       3        accuracy 0.75  complete" in capsys.readouterr().out
    assert run(["runs", "list", "seeds", "--sort", "test_loss"]) == 0
    assert "0.5 @3" in capsys.readouterr().out


def test_a_run_that_a_process_holds_is_running(runs: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    with (runs / "runs/kill/.lock").open("wb") as file:
        assert state_of("runs/kill") == "interrupted"
        fcntl.flock(file, fcntl.LOCK_EX)
        assert state_of("runs/kill") == "running"
    assert state_of("runs/kill") == "interrupted"


def state_of(path: str) -> str:
    return next(record.state for record in list_runs()[0] if str(record.path) == path)


def test_the_list_as_json_and_markdown(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "list", "runs/a", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["runs"]
    assert found == [
        {
            "path": "runs/a",
            "state": "complete",
            "started": "2026-01-03T10:00:00+00:00",
            "command": None,
            "model": "small",
            "params": 41,
            "epochs": 3,
            "planned_epochs": 5,
            "best": {"name": "val_accuracy", "value": 0.9, "epoch": 2},
            "metrics": {
                "train": {"loss": 0.3},
                "validation": {"loss": 0.6},
                "test": {"loss": 0.5, "accuracy": None},
            },
            "digests": {},
            "overrides": {},
        }
    ]
    assert run(["runs", "list", "--format", "markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8
    assert lines[1] == "| --- | --- | --- | --- | --- | --- | --- | --- |"


COMPARED = """\
setting                                runs/b    runs/a
─────────────────────────────────────  ────────  ────────────────────────────────────────
state                                  complete  complete
epochs                                 3         3
model.sequential.layers.0.Dense.units  4         8
training.epochs                        3         5
training.callbacks                     []        [{"EarlyStopping": {"monitor": "val_acc…

metric         runs/b  runs/a
─────────────  ──────  ──────
loss           0.3     0.3
val_loss       0.6     0.6
test_loss      0.5     0.5
test_accuracy  0.75    -
"""


def test_runs_side_by_side(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "compare", "runs/b", "runs/a"]) == 0
    assert capsys.readouterr().out == COMPARED
    assert run(["runs", "compare", "runs/b", "runs/a", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["settings"]["training.epochs"] == [3, 5]
    assert found["metrics"]["test_accuracy"] == [0.75, None]
    assert run(["runs", "compare", "runs/b", "runs/a", "--format", "markdown"]) == 0
    assert "| training.epochs | 3 | 5 |" in capsys.readouterr().out


def test_an_unfinished_run_shows_its_last_epoch(runs: Path) -> None:
    found = compare_runs(["runs/b", "runs/kill"])
    assert found.settings == {}
    assert found.metrics["val_loss"] == [0.6, 0.6]
    assert found.metrics["test_loss"] == [0.5, None]


@pytest.mark.tensorflow
def test_curves_are_drawn(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "compare", "runs/b", "runs/a", "-o", "curves.png"]) == 0
    assert Path("curves.png").read_bytes().startswith(b"\x89PNG")
    assert run(["runs", "compare", "runs/b", "runs/a", "-o", "curves.png"]) == 2
    assert run(["runs", "compare", "runs/b", "runs/a", "-o", "curves.jpg"]) == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["list", "absent"], "absent does not exist"),
        (["list", "empty"], "there is no run below empty"),
        (["list", "--best"], "need a metric: --sort METRIC"),
        (
            ["list", "--sort", "val_acuracy"],
            "no run has measured `val_acuracy`, only loss, val_loss, val_accuracy, test_loss and "
            'test_accuracy; did you mean "val_accuracy"?',
        ),
        (["best", "runs"], "give a metric after the folder: `modelspec runs best runs val_loss`"),
        (["best", "runs", "a", "b"], "give a folder and one metric"),
        (["best", "val_loss", "--largest", "--smallest"], "exclude each other"),
        (["best", "runs/kill", "val_loss"], "no run below runs/kill is complete"),
        (["best", "odd", "fame"], "more or less of `fame` is better is not known: give --largest"),
        (["compare", "runs/b"], "needs at least two run folders"),
        (["compare", "runs/b", "runs/b"], "needs at least two run folders"),
        (["compare", "runs/b", "empty"], "empty is not a run folder"),
        (["compare", "runs/b", "absent"], "absent does not exist"),
    ],
)
def test_wrong_use(runs: Path, args: Any, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    make(Path("odd"), "complete")
    Path("odd/metrics.json").write_text(json.dumps({"train": {"fame": 1}}))
    assert run(["runs", *args]) == 2
    assert said in capsys.readouterr().err


def test_a_file_is_no_folder_of_runs(runs: Path) -> None:
    with pytest.raises(UsageError, match="is a file"):
        list_runs("runs/b/run.json")


def test_runs_with_other_test_rows_are_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, digest in (("a", "1"), ("b", "2"), ("c", "1")):
        make(Path(f"runs/{name}"), "complete")
        digests = {"train": "0", "validation": "0", "test": digest}
        Path(f"runs/{name}/data.json").write_text(json.dumps({"digests": digests}))
    assert run(["runs", "list"]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0].split()[-3:] == ["test", "rows", "state"]
    assert [line.split()[-2] for line in said.splitlines()[2:5]] == ["A", "B", "A"]
    assert "their test metrics cannot be compared" in said
    assert run(["runs", "compare", "runs/a", "runs/b"]) == 0
    said = capsys.readouterr().out
    assert "test rows  A         B" in said and "cannot be compared" in said
    assert run(["runs", "compare", "runs/a", "runs/b", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["splits"] == {"test": ["A", "B"]}
    assert run(["runs", "compare", "runs/a", "runs/c"]) == 0
    assert "rows" not in capsys.readouterr().out


def test_folds_and_seeds_that_are_not_all_complete_say_how_many_are(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = Path("runs/b")
    (whole / "spec.expanded.yaml").write_text("name: m\ntraining: {epochs: 2, seeds: 3}\n")
    (whole / "run.json").write_text('{"version": 1, "status": "interrupted", "seeds": [0, 1]}')
    for number, status in enumerate(("complete", "interrupted")):
        (whole / f"seed-{number}").mkdir()
        (whole / f"seed-{number}" / "run.json").write_text(json.dumps({"status": status}))
    assert run(["runs", "list"]) == 0
    assert "interrupted, 1 of 3 complete" in capsys.readouterr().out

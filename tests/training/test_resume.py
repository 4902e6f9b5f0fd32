"""A training that was ended goes on, and comes to the very weights that it would have come to."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, changed, facts

from benchmarks import resume_kills
from modelspec.api.predicting import evaluate
from modelspec.api.training import train
from modelspec.diagnostics.problems import ModelspecError, SpecError, UsageError

pytestmark = pytest.mark.tensorflow

FILES = {"t.csv": CSV}
EPOCHS = 6
SPEC = """
modelspec: 1
model:
  sequential:
    input: {shape: [2]}
    layers:
      - Normalization
      - Dense: {units: 8, activation: relu, name: stem}
      - BatchNormalization
      - Dropout: {rate: 0.4}
      - Dense: {units: 2, activation: softmax, name: kind}
data:
  train: {csv: t.csv}
  validation: 0.2
  test: 0.2
  inputs: [a, b]
  targets: {kind: {column: kind, labels: auto}}
  batch_size: 4
training:
  epochs: 6
  optimizer:
    Adam:
      learning_rate: {CosineDecay: {initial_learning_rate: 0.05, decay_steps: 60}}
      use_ema: true
      clipnorm: 1.0
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  callbacks:
    - EarlyStopping: {monitor: val_loss, patience: 3, restore_best_weights: true}
  checkpoint: {every: 4, keep: 2}
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The run that nothing ends."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "spec.yaml").write_text(SPEC)
    (folder / "t.csv").write_text(CSV)
    return train(folder / "spec.yaml", output=folder / "run")


@pytest.mark.xdist_group("resumed")
@pytest.mark.parametrize(
    "place",
    [
        pytest.param((0, 3, False), id="in the first epoch", marks=pytest.mark.slow),
        pytest.param((2, 0, False), id="between", marks=pytest.mark.slow),
        pytest.param((2, 7, False), id="in the midst", marks=pytest.mark.slow),
        pytest.param((3, 11, True), id="while validating"),
        pytest.param((EPOCHS, 0, False), id="at the end", marks=pytest.mark.slow),
    ],
)
def test_a_resumed_training_ends_as_if_nothing_had_been(
    fit: Any, whole: Any, stop_at: Any, place: tuple[int, int, bool], monkeypatch: Any
) -> None:
    epoch, step, validating = place
    stop_at(epoch, step, validating=validating)
    error = fit(SPEC, FILES)
    assert error.exit_code == 143
    assert f"modelspec train --resume {error.run}" in str(error)
    assert json.loads((error.run / "run.json").read_text())["status"] == "interrupted"
    monkeypatch.undo()
    run = train(resume=error.run)
    assert facts(run) == facts(whole)
    log = (run.path / "train.log").read_text()
    assert f"resumed after {epoch} epochs and {step} steps" in log
    assert resume_kills.resumed(run.path) == f"resumed after {epoch} epochs and {step} steps"
    assert evaluate(run.path)[0]["test_loss"] == run.metrics["test_loss"]


@pytest.mark.xdist_group("resumed")
@pytest.mark.slow
def test_one_command_starts_resumes_and_leaves_a_run(
    whole: Any, stop_at: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    run = whole.path.with_name("repeated")
    spec = whole.path.with_name("spec.yaml")

    def repeat() -> Any:
        return train(spec, output=run, resume_existing=True)

    run.mkdir()
    (run / "run.json").write_text('{"version": 1, "status": "running"}')  # it never began
    stop_at(2, 7)
    with pytest.raises(ModelspecError, match="--resume"):
        repeat()
    monkeypatch.undo()
    assert facts(repeat()) == facts(whole)
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    assert repeat().metrics == whole.metrics
    assert "complete: nothing left to do" in capfd.readouterr().err
    assert before == {path: path.stat().st_mtime_ns for path in run.rglob("*")}


@pytest.mark.xdist_group("resumed")
@pytest.mark.slow
def test_ended_and_resumed_again_and_again(
    fit: Any, whole: Any, stop_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(0, 5)
    run = fit(SPEC, FILES).run
    for place in ((1, 2), (1, 9), (4, 0)):
        stop_at(*place)
        with pytest.raises(Exception, match="--resume") as caught:
            train(resume=run)
        assert caught.value.exit_code == 143  # type: ignore[attr-defined]
        monkeypatch.undo()
    assert facts(train(resume=run)) == facts(whole)


def middle_of_largest_array(path: Path) -> int:
    """A place within values: some bytes of the headers between them mean nothing to a reader."""
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda entry: entry.compress_size)
    return largest.header_offset + 50 + len(largest.filename) + largest.compress_size // 2


@pytest.mark.xdist_group("resumed")
@pytest.mark.parametrize(
    "damage",
    ["changed", *(pytest.param(d, marks=pytest.mark.slow) for d in ("gone", "cut", "empty"))],
)
def test_a_damaged_checkpoint_costs_a_warning_and_some_steps(
    fit: Any, whole: Any, stop_at: Any, damage: str, capfd: Any, monkeypatch: Any
) -> None:
    stop_at(3, 6)
    run = fit(SPEC, FILES).run
    monkeypatch.undo()
    last = run / "checkpoints" / "last.npz"
    content = last.read_bytes()
    middle = middle_of_largest_array(last)
    if damage == "gone":
        last.unlink()
    elif damage == "changed":
        last.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
    else:
        last.write_bytes(content[:middle] if damage == "cut" else b"")
    capfd.readouterr()
    resumed = train(resume=run)
    assert facts(resumed) == facts(whole)
    said = capfd.readouterr().err
    assert ("last.npz is damaged" in said) == (damage != "gone")
    assert "resumed after 3 epochs and 3 steps" in said


def test_the_file_of_a_csv_logger_is_gone_on_with(
    fit: Any, stop_at: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.csv"
    logger = f"callbacks:\n    - CSVLogger: {{filename: '{log}'}}"
    stop_at(2, 5)
    run = fit(changed(SPEC, ("callbacks:", logger)), FILES).run
    monkeypatch.undo()
    with log.open("a") as file:
        file.write("2,0.9,0.5\n")  # of an epoch that was not saved any more
    resumed = train(resume=run)
    rows = [line.split(",")[0] for line in log.read_text().splitlines()]
    assert rows == ["epoch", *map(str, range(len(resumed.history["loss"])))]


@pytest.mark.slow
@pytest.mark.xdist_group("resumed")
def test_without_any_checkpoint_it_begins_anew(
    fit: Any, whole: Any, stop_at: Any, monkeypatch: Any
) -> None:
    stop_at(2, 1)
    run = fit(SPEC, FILES).run
    monkeypatch.undo()
    for path in (run / "checkpoints").iterdir():
        path.unlink()
    assert facts(train(resume=run)) == facts(whole)


@pytest.mark.slow
def test_more_epochs_for_a_run_that_is_complete(fit: Any, tmp_path: Path) -> None:
    spec = changed(SPEC, ("patience: 3", "patience: 30"))
    long = fit(spec, FILES, output=tmp_path / "long", overrides={"training.epochs": 9})
    short = fit(spec, FILES, output=tmp_path / "short")
    with pytest.raises(UsageError, match=r"complete, with all of its 6 epochs"):
        train(resume=short.path)
    longer = train(resume=short.path, overrides={"training.epochs": 9})
    assert facts(longer) == facts(long)
    about = json.loads((short.path / "environment.json").read_text())
    assert len(about["resumed"]) == 1
    assert "training.epochs: 9" in (short.path / "overrides.yaml").read_text()


@pytest.mark.slow
def test_a_stopped_run_goes_on_with_more_patience(fit: Any, tmp_path: Path) -> None:
    impatient = changed(SPEC, ("patience: 3", "patience: 0"))
    stopped = fit(impatient, FILES)
    done = len(stopped.history["loss"])
    assert done < EPOCHS
    with pytest.raises(UsageError, match=rf"a callback stopped it after epoch {done}"):
        train(resume=stopped.path, overrides={"training.epochs": 20})
    patient = train(tmp_path / "spec.yaml", resume=stopped.path, overrides=PATIENT)
    assert len(patient.history["loss"]) == EPOCHS


PATIENT = {"training.callbacks": [{"EarlyStopping": {"monitor": "val_loss", "patience": 30}}]}


def test_what_changes_the_model_or_the_data_is_refused_by_name(
    fit: Any, stop_at: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(1, 0)
    run = fit(SPEC, FILES).run
    monkeypatch.undo()
    spec = tmp_path / "spec.yaml"
    text = changed(
        SPEC, ("units: 8", "units: 9"), ("batch_size: 4", "batch_size: 5"), ("clipnorm: 1.0", "")
    )
    spec.write_text(text)
    with pytest.raises(SpecError) as caught:
        train(resume=run)
    said = [(finding.span.line, finding.message) for finding in caught.value.findings]
    stem = "`model.sequential.layers[1].Dense.units` was 8 when the run began, and is 9"
    assert said == [
        (8, stem),
        (18, "`data.batch_size` was 4 when the run began, and is 5"),
        (23, "`training.optimizer.Adam.clipnorm` was 1.0 when the run began, and is null"),
    ]
    spec.write_text(SPEC)
    (tmp_path / "t.csv").write_text(CSV.replace("1,1", "1,2"))
    with pytest.raises(SpecError) as caught:
        train(resume=run)
    (finding,) = caught.value.findings
    assert finding.code == "data-changed"
    assert "the train split is not what it was" in finding.message


@pytest.mark.xdist_group("resumed")
@pytest.mark.slow
def test_a_run_whose_spec_is_gone_goes_on_by_its_own_record(
    fit: Any, whole: Any, stop_at: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(1, 3)
    run = fit(SPEC, FILES).run
    monkeypatch.undo()
    (tmp_path / "spec.yaml").unlink()
    assert facts(train(resume=run)) == facts(whole)


def test_two_processes_do_not_train_into_one_folder(fit: Any, tmp_path: Path) -> None:
    from modelspec.runs.folder import RunFolder
    from modelspec.runs.layout import RunStatus

    run = fit(CLASSIFIER, FILES)
    folder = RunFolder(run.path)
    folder.resume()
    try:
        for more in ({"resume": run.path}, {"output": run.path, "force": True}):
            with pytest.raises(UsageError, match="another process is training"):
                train(tmp_path / "spec.yaml", overrides={"training.epochs": 3}, **more)
    finally:
        folder.finish(RunStatus.COMPLETE)
        folder.unlock()


def test_what_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not a run folder: run\.json is missing"):
        train(resume=tmp_path)
    (tmp_path / "run.json").write_text('{"status": "running"}')
    with pytest.raises(UsageError, match="ended before it had begun to train"):
        train(resume=tmp_path)


@pytest.mark.xdist_group("resumed")
@pytest.mark.parametrize(
    "pace",
    [
        1,
        pytest.param(1000, marks=pytest.mark.slow),
        pytest.param(3, marks=pytest.mark.slow),
        pytest.param("auto", marks=pytest.mark.slow),
    ],
)
def test_steps_in_a_call_change_no_bit(fit: Any, whole: Any, tmp_path: Path, pace: Any) -> None:
    run = fit(SPEC, FILES, overrides={"training.steps_per_execution": pace})
    assert facts(run) == facts(whole)


@pytest.mark.slow
def test_an_epoch_may_end_before_the_data_does(fit: Any, tmp_path: Path) -> None:
    """Three short epochs see what one long epoch sees, in the same order."""
    plain = {"training.callbacks": [], "training.checkpoint": {"every": 2}}
    long = fit(SPEC, FILES, output=tmp_path / "long", overrides={**plain, "training.epochs": 1})
    steps = 44 // 4
    short = {**plain, "training.epochs": steps, "training.steps_per_epoch": 1}
    parts = fit(SPEC, FILES, output=tmp_path / "parts", overrides=short)
    assert len(parts.history["loss"]) == steps
    assert [v.numpy().tobytes() for v in parts.model.variables] == [
        v.numpy().tobytes() for v in long.model.variables
    ]

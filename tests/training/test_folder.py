"""A run folder is never overwritten unasked, and never lost to a run that fails."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, changed

from modelspec.api.predicting import evaluate, predict
from modelspec.api.training import train
from modelspec.diagnostics.problems import CannotRunError, SpecError, UsageError

pytestmark = pytest.mark.tensorflow

FILES = {"t.csv": CSV}
BAD = changed(CLASSIFIER, ("[accuracy]", "[Precision]"))


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


@pytest.fixture(scope="module")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a spec, its data and its run, for tests that need any run."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "t.csv").write_text(CSV)
    (folder / "spec.yaml").write_text(CLASSIFIER)
    train(folder / "spec.yaml", output=folder / "run")
    return folder


@pytest.fixture
def old_run(trained_once: Path, tmp_path: Path) -> Path:
    """A copy of that run, where `fit` writes by default."""
    shutil.copytree(trained_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "run"


def test_the_default_is_the_first_free_folder(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    (tmp_path / "small.yaml").write_text(CLASSIFIER)
    monkeypatch.chdir(tmp_path)
    paths = [str(train("small.yaml").path) for _ in range(3)]
    assert paths == ["runs/small", "runs/small-2", "runs/small-3"]


def test_a_run_is_not_overwritten(fit: Any, old_run: Path) -> None:
    before = everything(old_run)
    error = fit(CLASSIFIER, FILES)
    assert isinstance(error, UsageError)
    assert "--force" in str(error)
    assert everything(old_run) == before


def test_force_replaces_a_run_and_nothing_else(fit: Any, old_run: Path, tmp_path: Path) -> None:
    (old_run / "note.txt").write_text("mine")
    again = fit(CLASSIFIER, FILES, force=True, overrides={"training.epochs": 1})
    assert len(again.history["loss"]) == 1
    assert not (old_run / "note.txt").exists()
    assert [p.name for p in tmp_path.iterdir() if "run" in p.name] == ["run"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("years")
    error = fit(CLASSIFIER, FILES, force=True, output=other)
    assert isinstance(error, UsageError)
    assert (other / "thesis.txt").read_text() == "years"


def test_a_run_that_fails_brings_the_old_one_back(fit: Any, old_run: Path, tmp_path: Path) -> None:
    before = everything(old_run)
    error = fit(BAD, FILES, force=True)
    assert isinstance(error, SpecError)
    assert everything(old_run) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run", "spec.yaml", "t.csv"]


def test_an_empty_folder_is_taken(fit: Any, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    assert fit(CLASSIFIER, FILES).path == tmp_path / "run"


def test_a_file_is_no_folder(fit: Any, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    assert isinstance(fit(CLASSIFIER, FILES, force=True), UsageError)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("model.keras", b"junk", CannotRunError),
        ("model.keras", None, CannotRunError),
        ("data.json", b"{", CannotRunError),
        ("data.json", b"{}", CannotRunError),
        ("spec.expanded.yaml", b"[", SpecError),
        ("spec.expanded.yaml", b"", SpecError),
        ("run.json", None, UsageError),
        ("run.json", b"{", UsageError),
        ("run.json", b'{"status": "interrupted"}', UsageError),
    ],
)
def test_a_damaged_run_says_what_is_damaged(
    old_run: Path, tmp_path: Path, name: str, content: bytes | None, error: type[Exception]
) -> None:
    if content is None:
        (old_run / name).unlink()
    else:
        (old_run / name).write_bytes(content)
    for use in (lambda: evaluate(old_run), lambda: predict(old_run, tmp_path / "t.csv")):
        with pytest.raises(error) as caught:
            use()
        assert name in str(caught.value) or "not complete" in str(caught.value)


def test_what_predict_refuses(old_run: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    for data, output, words in (
        (table, table, "exists; choose another name"),
        (table, tmp_path / "out.txt", "must end in .csv, .jsonl, .parquet or .npz"),
        (tmp_path / "t.xyz", None, "its name must end in .csv, "),
    ):
        with pytest.raises(UsageError, match=words):
            predict(old_run, data, output)
    with pytest.raises(CannotRunError, match="cannot be written"):
        predict(old_run, table, tmp_path / "no" / "out.csv")
    assert table.read_text() == CSV


def test_a_full_disk_loses_neither_history_nor_the_old_run(
    fit: Any, old_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    from modelspec.training.checkpoint import saver

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    before = everything(old_run)
    monkeypatch.setattr(keras.Sequential, "save", full)
    monkeypatch.setattr(saver, "write_state", full)
    error = fit(CLASSIFIER, FILES, force=True)
    assert isinstance(error, CannotRunError)
    assert "last.npz cannot be written: No space left on device" in str(error)
    assert everything(old_run) == before
    fresh = old_run.with_name("fresh")
    assert isinstance(fit(CLASSIFIER, FILES, output=fresh), CannotRunError)
    assert len((fresh / "history.csv").read_text().splitlines()) == 2
    assert '"status": "failed"' in (fresh / "run.json").read_text()


def test_an_interruption_after_the_last_epoch_keeps_the_model(
    fit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import signal

    from modelspec.training.fit.evaluator import Evaluator
    from modelspec.training.stop_signals import InterruptedRunError

    def measure(*_: Any) -> dict[str, float]:
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    monkeypatch.setattr(Evaluator, "measure_split", measure)
    error = fit(CLASSIFIER, FILES)
    assert isinstance(error, InterruptedRunError)
    assert error.exit_code == 143
    assert error.run is not None
    assert (error.run / "model.keras").is_file()
    assert '"status": "interrupted"' in (error.run / "run.json").read_text()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL

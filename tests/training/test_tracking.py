"""MLflow hears of a training: settings, epochs, results; and what it says of it is one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV

from modelspec.api.training import train
from modelspec.diagnostics.problems import CannotRunError

pytestmark = pytest.mark.tensorflow

FILES = {"t.csv": CSV}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    pytest.importorskip("mlflow")
    monkeypatch.chdir(tmp_path)
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


def tracked(store: str) -> str:
    return f"{CLASSIFIER}  tracking: {{mlflow: {{experiment: kinds, uri: '{store}'}}}}\n"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
def test_settings_epochs_and_results(fit: Any, store: str) -> None:
    from mlflow import MlflowClient

    run = fit(tracked(store), FILES)
    longer = train(resume=run.path, overrides={"training.epochs": 3})
    client = MlflowClient(tracking_uri=store)
    experiment = client.get_experiment_by_name("kinds")
    (found,) = client.search_runs([experiment.experiment_id])  # resuming began no second run
    assert found.info.run_name == "run"
    assert found.info.status == "FINISHED"
    assert found.data.params["training.optimizer.Adam.learning_rate"] == "0.05"
    assert found.data.params["data.batch_size"] == "32"
    history = client.get_metric_history(found.info.run_id, "val_loss")
    assert {point.step: point.value for point in history} == {
        epoch + 1: value for epoch, value in enumerate(longer.history["val_loss"])
    }
    assert found.data.metrics["test_loss"] == longer.metrics["test_loss"]
    files = {file.path for file in client.list_artifacts(found.info.run_id)}
    assert files >= {"spec.yaml", "metrics.json", "history.csv"}


def test_a_store_that_cannot_be_used_is_one_sentence(fit: Any, store: str, tmp_path: Path) -> None:
    error = fit(tracked("nonsense://here"), FILES)
    assert isinstance(error, CannotRunError)
    assert "spec.yaml:20:14: cannot report to MLflow at nonsense://here: " in str(error)
    assert not (tmp_path / "run").exists()


def test_without_mlflow_it_says_what_to_install(fit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "mlflow", None)
    error = fit(f"{CLASSIFIER}  tracking: {{mlflow: }}\n", FILES)
    assert isinstance(error, CannotRunError)
    assert "pip install 'keras-modelspec[mlflow]'" in str(error)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.slow
def test_a_store_that_goes_away_is_a_warning(
    fit: Any, store: str, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    from mlflow import MlflowClient

    def gone(*_: Any, **__: Any) -> None:
        raise ConnectionError("the server is gone\nand more")

    monkeypatch.setattr(MlflowClient, "log_metric", gone)
    run = fit(tracked(store), FILES)
    assert len(run.history["loss"]) == 2
    said = capfd.readouterr().err
    assert said.count("warning: MLflow takes no more of this run: the server is gone\n") == 1


def test_a_server_that_never_replies_stops_the_training_soon(
    fit: Any, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")  # the user's setting goes first
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with socket.create_server(("127.0.0.1", 0)) as server:  # it accepts, and says nothing
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        error = fit(tracked(address), FILES)
    assert isinstance(error, CannotRunError)
    assert f"cannot report to MLflow at {address}: " in str(error)
    assert not (tmp_path / "run").exists()


def test_requests_to_mlflow_are_bounded(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlflow import environment_variables as variables

    from modelspec.diagnostics import Span
    from modelspec.spec.training import Mlflow
    from modelspec.tracking import TIMEOUTS, open_client

    for name in TIMEOUTS:
        monkeypatch.setenv(name, "")  # so that it is restored
        monkeypatch.delenv(name)
    open_client(Mlflow(None, "http://127.0.0.1:1", Span("s.yaml", 1, 1, 1, 1)))
    assert variables.MLFLOW_HTTP_REQUEST_TIMEOUT.get() == 5
    assert variables.MLFLOW_HTTP_REQUEST_MAX_RETRIES.get() == 1

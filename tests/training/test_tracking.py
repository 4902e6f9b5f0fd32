"""MLflow hears of a training: settings, epochs, results; and what it says of it is one sentence."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV

import modelspec
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
    assert files >= {"spec.yaml", "metrics.json", "history.csv", "lock.json", "model"}
    assert any(name.startswith("model.") for name in found.data.params)
    lock = json.loads((run.path / "lock.json").read_text(encoding="utf-8"))
    assert found.data.tags["modelspec.spec_sha256"] == lock["spec_sha256"]
    assert found.data.tags["modelspec.package.keras"] == lock["surroundings"]["packages"]["keras"]
    inputs = {
        tag.value: one.dataset.digest for one in found.inputs.dataset_inputs for tag in one.tags
    }
    assert inputs == {split: digest[:36] for split, digest in lock["data"].items()}
    _check_model(Path(client.download_artifacts(found.info.run_id, "model")), longer)


def _check_model(folder: Path, run: Any) -> None:
    """The folder of the model has what MLflow reads, and predicts as the run does."""
    import yaml

    content = yaml.safe_load((folder / "MLmodel").read_text(encoding="utf-8"))
    flavor = content["flavors"]["python_function"]
    assert flavor["loader_module"] == "modelspec.mlflow_pyfunc"
    example = json.loads((folder / "input_example.json").read_text(encoding="utf-8"))
    inputs = json.loads(content["signature"]["inputs"])
    assert [one["name"] for one in inputs] == example["columns"]
    row = dict(zip(example["columns"], example["data"][0], strict=True))
    from modelspec.mlflow_pyfunc import _load_pyfunc

    loaded = _load_pyfunc(str(folder / flavor["data"]))
    predicted = loaded.predict([row], {"every_class": True})
    assert predicted == modelspec.load(run.path).predict([row], every_class=True)
    outputs = [one["name"] for one in json.loads(content["signature"]["outputs"])]
    assert outputs == [*modelspec.load(run.path).predict([row])[0]]
    needed = (folder / "requirements.txt").read_text(encoding="utf-8")
    assert "keras-modelspec==" in needed and "tensorflow==" in needed


SERVED = """\
import json, sys
import mlflow
import pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
rows = pd.DataFrame(json.loads(sys.argv[2]))
print(model.predict(rows).to_json(orient="records"))
"""


@pytest.mark.slow
def test_mlflow_loads_the_model(fit: Any, tmp_path: Path) -> None:
    """With all of MLflow, which brings pandas and scikit-learn."""
    if importlib.util.find_spec("pandas") is None or importlib.util.find_spec("sklearn") is None:
        pytest.skip("needs the package mlflow, not the client alone")
    run = fit(CLASSIFIER, FILES)
    from modelspec.compile import compile_file
    from modelspec.training.mlflow import write_model

    compiled = compile_file(tmp_path / "spec.yaml")
    folder = tmp_path / "logged"
    write_model(folder, run.path, compiled.spec, compiled.graph, run.model, tmp_path / "t.csv")
    example = json.loads((folder / "input_example.json").read_text(encoding="utf-8"))
    row = dict(zip(example["columns"], example["data"][0], strict=True))
    words = [sys.executable, "-W", "ignore", "-c", SERVED, str(folder), json.dumps([row])]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    assert list(json.loads(done.stdout)[0]) == [*modelspec.load(run.path).predict([row])[0]]


def test_a_store_that_cannot_be_used_is_one_sentence(fit: Any, store: str, tmp_path: Path) -> None:
    error = fit(tracked("nonsense://here"), FILES)
    assert isinstance(error, CannotRunError)
    assert "spec.yaml:20:14: cannot report to MLflow at nonsense://here: " in str(error)
    assert not (tmp_path / "run").exists()


def test_without_mlflow_it_says_what_to_install(fit: Any, monkeypatch: pytest.MonkeyPatch) -> None:

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


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_tensorboard_reads_the_values_of_each_epoch_from_the_run_folder(fit: Any) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    run = fit(f"{CLASSIFIER}  tracking: {{tensorboard: null}}\n", FILES)
    longer = train(resume=run.path, overrides={"training.epochs": 3})
    for part, name in (("train", "loss"), ("validation", "val_loss")):
        events = EventAccumulator(str(run.path / "tensorboard" / part))
        events.Reload()
        points = {one.step: make_ndarray(one.tensor_proto) for one in events.Tensors("epoch_loss")}
        assert points == {
            epoch: pytest.approx(value) for epoch, value in enumerate(longer.history[name])
        }

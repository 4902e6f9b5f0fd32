"""A study as a run of MLflow, with those of its trials below it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from searches import coordinator, write_spec

from modelspec.api import trial_worker
from modelspec.api.tuning import tune
from modelspec.diagnostics import CannotRunError
from modelspec.processes import Channel
from modelspec.runs import lock_file
from modelspec.search import read_search
from modelspec.tracking import CannotReportError, find_tracked_trial, param_name
from modelspec.tuning import StudyRecord, StudyStatus, StudyTracking

TRACKED = ("  epochs: 4\n", "  epochs: 4\n  tracking: {mlflow: {uri: 'http://mlflow'}}\n")


class FakeClient:
    """Keeps what it is told; the methods are those of MLflow's client."""

    def __init__(self) -> None:
        self.runs: dict[str, Any] = {}
        self.is_gone = False

    def get_experiment_by_name(self, _: str) -> None:
        if self.is_gone:
            raise ConnectionError("nobody listens\nand more")

    def create_experiment(self, name: str) -> str:
        return name

    def create_run(self, experiment: str, run_name: str, tags: Any) -> Any:
        run = SimpleNamespace(experiment=experiment, name=run_name, tags=tags, status="RUNNING")
        run.params, run.metrics, run.files = {}, {}, []
        self.runs[f"id-{len(self.runs)}"] = run
        return SimpleNamespace(info=SimpleNamespace(run_id=f"id-{len(self.runs) - 1}"))

    def update_run(self, run: str, status: str) -> None:
        self.runs[run].status = status

    def log_batch(self, run: str, params: Any) -> None:
        self.runs[run].params |= {one.key: one.value for one in params}

    def log_metric(self, run: str, name: str, value: float) -> None:
        if self.is_gone:
            raise ConnectionError("nobody listens")
        self.runs[run].metrics[name] = value

    def set_tag(self, run: str, name: str, value: str) -> None:
        self.runs[run].tags[name] = value

    def log_artifact(self, run: str, path: str) -> None:
        self.runs[run].files.append(Path(path).name)

    def set_terminated(self, run: str, status: str) -> None:
        self.runs[run].status = status


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    made = FakeClient()
    monkeypatch.setattr("modelspec.tracking.run.open_client", lambda _: made)
    return made


def tracked(spec: Path, folder: Path) -> StudyRecord:
    """The record of a study that is reported, from its begin to its end."""
    one = coordinator(spec, folder)
    tracking = StudyTracking.of(read_search(spec), folder)
    assert tracking is not None
    record = one.run()
    tracking.end(record)
    return record


def test_a_study_is_one_run_whoever_works_on_it(tmp_path: Path, client: FakeClient) -> None:
    spec, folder = write_spec(tmp_path, TRACKED), tmp_path / "study"
    record = tracked(spec, folder)
    (run,) = client.runs.values()
    assert (run.experiment, run.name, run.status) == ("net", "study", "FINISHED")
    assert run.params["tune.sampler"] == '{"tpe": {"n_startup_trials": 3}}'
    assert run.params["tune.objective"] == '{"val_loss": "min"}'
    assert run.params["tune.space.params.kernel"] == '{"int": [1, 7]}'
    assert (run.params["tune.seed"], run.params["tune.trials"]) == ("7", "5")
    assert run.metrics == record.best.objectives
    assert run.tags == {"modelspec.best": record.best.run}
    assert run.files == ["study.json"]  # the others are made by `tune`
    search = read_search(spec)
    again = StudyTracking.of(search, folder)
    assert (len(client.runs), run.status) == (1, "RUNNING")
    (folder / "coordinators" / "other.lock").touch()
    with lock_file(folder / "coordinators" / "other.lock"):
        again.end(replace(record, status=StudyStatus.INTERRUPTED))
        assert run.status == "RUNNING"
    again.end(replace(record, status=StudyStatus.INTERRUPTED))
    assert run.status == "KILLED"
    assert StudyTracking.of(read_search(write_spec(tmp_path)), folder) is None


def test_the_run_of_a_trial_knows_its_study(tmp_path: Path, client: FakeClient) -> None:
    folder = tmp_path / "study"
    record = tracked(write_spec(tmp_path, TRACKED), folder)
    for one in record.counted:
        trial = find_tracked_trial(folder / one.run)
        assert trial.tags == {"mlflow.parentRunId": "id-0", "modelspec.trial": str(one.number)}
        assert trial.params == {param_name(name): value for name, value in one.values.items()}
        assert all("[" not in name for name in trial.params)
        assert trial.name == one.run
        fold = find_tracked_trial(folder / one.run / "fold-2")
        assert fold == replace(trial, name=f"{one.run}/fold-2")
    assert find_tracked_trial(folder / "mine") is None
    assert find_tracked_trial(tmp_path / "run") is None


def test_a_server_that_is_gone_leaves_a_study_to_resume(
    tmp_path: Path, client: FakeClient, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, folder = write_spec(tmp_path, TRACKED), tmp_path / "study"
    client.is_gone = True
    with pytest.raises(CannotRunError) as caught:
        tracked(spec, folder)
    message = "cannot report to MLflow at http://mlflow: nobody listens; when it can, resume with"
    assert f"{message}: modelspec tune --resume {folder}" in str(caught.value)
    assert caught.value.exit_code == 3
    client.is_gone = False
    record = tracked(spec, folder)
    assert record.status is StudyStatus.COMPLETE
    tracking = StudyTracking.of(read_search(spec), folder)
    client.is_gone = True
    tracking.end(record)
    warning = "warning: MLflow takes no more of this study: nobody listens\n"
    assert capsys.readouterr().err == warning


def test_without_mlflow_no_study_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(CannotRunError, match=r"pip install 'keras-modelspec\[mlflow\]'"):
        tune(write_spec(tmp_path, TRACKED), output=tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_a_trial_that_cannot_report_has_not_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def train_trial(_: Any) -> None:
        raise CannotReportError("cannot report to MLflow")

    monkeypatch.setattr(trial_worker, "train_trial", train_trial)
    monkeypatch.setattr(trial_worker, "_clean_up", lambda: None)
    stream = io.StringIO()
    assert not trial_worker._work({"folder": "runs/s/trial-1"}, Channel(stream))
    resume = "when it can, resume with: modelspec tune --resume runs/s"
    reason = f"cannot report to MLflow; {resume}"
    assert json.loads(stream.getvalue()) == {"event": "cannot-start", "reason": reason}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.slow
@pytest.mark.tensorflow
def test_trials_that_train_are_children_of_their_study(tmp_path: Path) -> None:
    pytest.importorskip("mlflow")
    import numpy as np
    from mlflow import MlflowClient

    images = np.random.default_rng(0).normal(size=(40, 8, 8, 1)).astype(np.float32)
    np.savez(tmp_path / "d.npz", x=images, y=(images.mean((1, 2, 3)) > 0).astype(np.int64))
    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    write_spec(
        tmp_path,
        (TRACKED[0], TRACKED[1].replace("epochs: 4", "epochs: 2").replace("http://mlflow", store)),
        ("trials: 5", "trials: 2\n  halving: {from: 1, factor: 2}"),
    )
    script = """
import sys
from modelspec import tune
tune("net.yaml", output="study")
tune(resume="study")
assert "keras" not in sys.modules and "tensorflow" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    content = json.loads((tmp_path / "study" / "study.json").read_text(encoding="utf-8"))
    proposals = {str(one["number"]): one for one in content["proposals"] if one["run"]}
    client = MlflowClient(tracking_uri=store)
    experiment = client.get_experiment_by_name("net")
    runs = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
    parent = runs.pop("study")
    assert parent.info.status == "FINISHED"
    best = next(one for one in proposals.values() if one["run"] == content["best"])
    assert parent.data.metrics["val_loss"] == best["objectives"]["val_loss"]
    files = {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert files == {"best.yaml", "study.html", "study.json"}
    assert sorted(runs) == sorted(one["run"] for one in proposals.values())
    for run in runs.values():
        tags, one = run.data.tags, proposals[run.data.tags["modelspec.trial"]]
        assert (tags["mlflow.parentRunId"], one["run"]) == (parent.info.run_id, run.info.run_name)
        assert run.data.params["params.width"] == str(one["values"]["params.width"])
        epochs = [point.step for point in client.get_metric_history(run.info.run_id, "val_loss")]
        assert epochs == list(range(1, one["epochs"] + 1))
        assert run.info.status == ("FINISHED" if one["state"] == "complete" else "KILLED")

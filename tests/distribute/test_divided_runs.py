"""`predict --workers` and `evaluate --workers`: what comes out is that of one process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.predicting import evaluate_in_detail, predict
from modelspec.api.training import train
from modelspec.cli import run as run_cli
from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.training.workers import Workers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("divided_runs")]

WIDE = """\
modelspec: 1
model:
  functional:
    inputs:
      x: {shape: [2]}
    layers:
      wide: {Dense: {units: 200000, activation: relu}}
      kind: {Dense: {units: 3, activation: softmax}}
      size: {Dense: {units: 1}}
    edges: [x -> wide, wide -> kind, wide -> size]
    outputs: [kind, size]
data:
  train: {csv: rows.csv}
  test: 0.5
  inputs: {x: [a, b]}
  targets:
    kind: {column: kind, labels: [p, q, r]}
    size: size
  sample_weight: weight
  batch_size: 16
training:
  epochs: 1
  optimizer: {SGD: {learning_rate: 1e-4}}
  loss: {kind: sparse_categorical_crossentropy, size: mse}
  metrics: {kind: [accuracy], size: [RootMeanSquaredError, R2Score]}
  weighted_metrics: {size: [mae]}
  seed: 3
"""


def rows(count: int) -> str:
    """A table of so many rows."""
    lines = [
        f"{i % 7 / 7:.3f},{i % 11 / 11:.3f},{'pqr'[i % 3]},{i % 5},{1 + i % 2}"
        for i in range(count)
    ]
    return "\n".join(["a,b,kind,size,weight", *lines]) + "\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of which a batch has 64 rows, where 300 are predicted."""
    folder = tmp_path_factory.mktemp("wide")
    (folder / "rows.csv").write_text(rows(300), encoding="utf-8")
    spec = folder / "spec.yaml"
    spec.write_text(WIDE, encoding="utf-8")
    train(spec, output=folder / "run")
    return folder / "run"


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Workers]]:
    """The pools that were made; each waits until all of its processes can compute."""
    made: list[Workers] = []
    begin = Workers.__init__

    def wait(self: Workers, *given: Any) -> None:
        begin(self, *given)
        self.wait()
        made.append(self)

    monkeypatch.setattr(Workers, "__init__", wait)
    yield made
    assert all(any(pool.computed) for pool in made)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "npz"])
def test_predictions_are_those_of_one_process(
    run: Path, tmp_path: Path, pools: list[Workers], suffix: str
) -> None:
    data = run.parent / "rows.csv"
    for workers in (1, 2):
        to = tmp_path / f"{workers}.{suffix}"
        predict(run, data, to, keep=["a"], every_class=True, workers=workers)
    one, two = (tmp_path / f"{workers}.{suffix}" for workers in (1, 2))
    assert one.read_bytes() == two.read_bytes()
    assert len(pools) == 1


def test_figures_are_those_of_one_process(run: Path, pools: list[Workers]) -> None:
    one, two = (evaluate_in_detail(run, workers=workers) for workers in (1, 2))
    assert one.metrics == two.metrics
    assert one.confusions[0].counts.tolist() == two.confusions[0].counts.tolist()
    assert one.forecasts == two.forecasts
    assert two.notes == ()
    assert pools[0].computed[0] > 1


def test_the_command_says_the_same(
    run: Path, pools: list[Workers], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", str(run), "--split", "train", "--format", "json"]
    said = []
    for more in ([], ["--workers", "2"]):
        assert run_cli([*command, *more]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] != ""


def test_a_worker_that_dies_leaves_no_file(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Workers.map

    def killed(self: Workers, batches: Any, compute: Any, request: Any) -> Any:
        self.wait()
        self._workers[0]._process.kill()
        self._workers[0]._process.join(10)
        return work(self, list(batches) * 9, compute, request)

    monkeypatch.setattr(Workers, "map", killed)
    with pytest.raises(CannotRunError, match=r"worker 1 of 2 was killed by SIGKILL"):
        predict(run, run.parent / "rows.csv", tmp_path / "out.csv", workers=2)
    assert not list(tmp_path.iterdir())


def test_no_worker_is_refused(run: Path) -> None:
    with pytest.raises(UsageError, match="the number of workers must be at least 1, got 0"):
        predict(run, run.parent / "rows.csv", workers=0)

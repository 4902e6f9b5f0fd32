"""`train --smoke`: one step on the spec's own data, nothing kept, and what may be wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_cases import CLASSIFIER, CSV, changed

from modelspec import SpecError, smoke
from modelspec.cli import run

pytestmark = pytest.mark.tensorflow


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(CSV)
    (tmp_path / "spec.yaml").write_text(CLASSIFIER)
    return tmp_path / "spec.yaml"


def test_a_step_is_taken_and_nothing_is_kept(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(spec.parent.iterdir())
    assert run(["train", "--smoke", "spec.yaml", "--set", "data.batch_size=5"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("loss ")
    assert "accuracy" in said.out
    assert "nothing was saved" in said.err
    assert sorted(spec.parent.iterdir()) == before


def test_what_is_wrong_with_the_data_is_said(spec: Path) -> None:
    (spec.parent / "t.csv").write_text(CSV.replace("3,3,", "3,three,", 1))
    with pytest.raises(SpecError, match="not-a-number"):
        smoke(spec)


def test_a_loss_that_is_no_number_is_an_error(spec: Path) -> None:
    huge = "activation: relu, kernel_initializer: {Constant: {value: 3.0e38}}"
    spec.write_text(changed(CLASSIFIER, ("activation: relu", huge)))
    with pytest.raises(SpecError, match="the loss is nan after one step"):
        smoke(spec)


@pytest.mark.parametrize(
    "option", ["--force", "-orun", "--resume=run", "--workers=2", "--launcher=ray", "--gpus=1"]
)
def test_it_goes_with_no_option_about_runs_or_workers(spec: Path, option: str) -> None:
    assert run(["train", "--smoke", "spec.yaml", option]) == 2

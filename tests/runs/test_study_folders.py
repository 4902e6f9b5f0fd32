"""A study folder where a run or a spec is wanted: what can be given in its place is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelspec.cli import run
from modelspec.diagnostics import UsageError
from modelspec.runs import read_status


def make_study(path: Path, **record: str) -> str:
    path.mkdir()
    (path / "study.json").write_text(json.dumps(record))
    (path / "spec.yaml").touch()
    return str(path)


def test_the_run_of_the_best_trial_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = (
        "s is the folder of a study, not a run; the run of its best trial is s/trial-3; "
        "`modelspec tune --resume s` resumes the study"
    )
    make_study(Path("s"), best="trial-3")
    assert run(["export", "s", "--format", "python"]) == 2
    assert capsys.readouterr().err == f"modelspec: {said}\n"
    with pytest.raises(UsageError) as caught:  # evaluate, predict and train --resume read it
        read_status(Path("s"))
    assert str(caught.value) == said


@pytest.mark.parametrize("record", ['{"best": ""}', '{"best": 3}', "{}", "cut sho"])
def test_without_a_best_trial_only_how_to_resume_is_said(tmp_path: Path, record: str) -> None:
    study = make_study(tmp_path / "s")
    (tmp_path / "s" / "study.json").write_text(record)
    with pytest.raises(UsageError) as caught:
        read_status(Path(study))
    assert f"study, not a run; `modelspec tune --resume {study}` resumes" in str(caught.value)


@pytest.mark.parametrize("command", ["train", "tune", "expand", "summarize"])
def test_best_yaml_is_named_where_a_spec_is_wanted(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    study = make_study(tmp_path / "s")
    assert run([command, study]) == 2
    assert f"`modelspec tune --resume {study}` resumes it" in capsys.readouterr().err
    (tmp_path / "s" / "best.yaml").touch()
    assert run([command, study]) == 2
    assert f"the spec of its best trial is {study}/best.yaml" in capsys.readouterr().err

"""best.yaml is the spec of a trial, wherever it lies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from study_cases import made_record

from modelspec.api.specs import expand_file
from modelspec.diagnostics import SpecError
from modelspec.tuning import Proposal, ProposalState, StudyRecord
from modelspec.tuning.views import best_spec

BASE = """
modelspec: 1
params: {width: 16, file: rows}
model:
  sequential:
    input: {shape: [2]}
    layers:
      - Dense: {units: "${width}", activation: relu}  # the width is searched
      - Dense: {units: 1}
data:
  train: {csv: DATA}
  validation: 0.2
  inputs: [a, b]
  targets: c
training:
  epochs: 3
  optimizer: Adam
  loss: mse
"""
SPEC = "extends: base/net.yaml\ntraining: {epochs: 2}\n"
VALUES = {"params.width": 64, "training.optimizer": {"SGD": {"momentum": 0.9}}}
BEST = Proposal(3, ProposalState.COMPLETE, VALUES, VALUES, {"val_accuracy": 0.983321})
EXPECTED = """\
# trial 3 of a search over digits.yaml: val_accuracy 0.9833
modelspec: 1
name: digits
params:
  width: 64
  file: rows
model:
  sequential:
    input: {shape: [2]}
    layers:
      - Dense: {units: "${width}", activation: relu}
      - Dense: {units: 1}
data:
  train: {csv: ../../specs/base/rows.csv}
  validation: 0.2
  inputs: [a, b]
  targets: c
training:
  epochs: 2
  optimizer: {SGD: {momentum: 0.9}}
  loss: mse
  seed: 3
"""


def study(folder: Path, data: str) -> StudyRecord:
    (folder / "specs" / "base").mkdir(parents=True)
    (folder / "specs" / "base" / "net.yaml").write_text(BASE.replace("DATA", data))
    (folder / "specs" / "base" / "rows.csv").write_text("a,b,c\n1,2,3\n")
    spec = folder / "specs" / "digits.yaml"
    spec.write_text(SPEC)
    return replace(made_record(1), spec=str(spec), overrides={"training.seed": 3})


def test_it_is_what_the_author_wrote_with_the_settings_of_the_trial(tmp_path: Path) -> None:
    record = study(tmp_path, "rows.csv")
    assert best_spec(record, BEST, tmp_path / "runs" / "study") == EXPECTED


def test_it_is_written_out_where_a_path_is_put_together_from_params(tmp_path: Path) -> None:
    record, folder = study(tmp_path, '"${file}.csv"'), tmp_path / "runs" / "study"
    text = best_spec(record, BEST, folder)
    overrides = {**record.overrides, **BEST.overrides}
    whole = expand_file(record.spec, overrides, folder=folder)
    assert text == f"{EXPECTED.splitlines()[0]}\n{whole}"
    assert "csv: ../../specs/rows.csv" in text


def test_a_path_leads_from_where_the_folder_is(tmp_path: Path) -> None:
    record = study(tmp_path, "rows.csv")
    Path(record.spec).write_text(BASE.replace("DATA", "../data/rows.csv"))
    (tmp_path / "far" / "away").mkdir(parents=True)
    (tmp_path / "runs").symlink_to("far/away")
    for runs, written in (("here", "../../data/rows.csv"), ("runs", "../../../data/rows.csv")):
        folder = tmp_path / runs / "study"
        assert f"train: {{csv: {written}}}" in best_spec(record, BEST, folder)
        assert f"csv: {written}" in expand_file(record.spec, folder=folder)


def test_a_spec_that_is_gone_is_said(tmp_path: Path) -> None:
    record = study(tmp_path, "rows.csv")
    Path(record.spec).unlink()
    with pytest.raises(SpecError, match=r"digits\.yaml"):
        best_spec(record, BEST, tmp_path)

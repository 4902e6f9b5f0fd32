"""The folder of a study: when it can be taken, and what a resumed study may change."""

from __future__ import annotations

from pathlib import Path

import pytest
from searches import write_spec

from modelspec.api import tune
from modelspec.diagnostics import UsageError
from modelspec.runs import lock_file
from modelspec.search import read_search
from modelspec.tuning import StudyFile, new_record, study_json


def test_a_folder_with_a_study_is_resumed_or_replaced(tmp_path: Path) -> None:
    spec, study = write_spec(tmp_path), tmp_path / "study"
    (study / StudyFile.COORDINATORS).mkdir(parents=True)
    with pytest.raises(UsageError, match="is neither empty nor a study folder; choose another"):
        tune(spec, output=study, force=True)
    (study / StudyFile.RECORD).touch()
    with pytest.raises(UsageError) as caught:
        tune(spec, output=study)
    advice = f"resume it with --resume {study}, or replace it with --force"
    assert str(caught.value) == f"{study} holds a study already; {advice}"
    lock = study / StudyFile.COORDINATORS / "other.lock"
    with lock_file(lock), pytest.raises(UsageError, match="another process is at work on the"):
        tune(spec, output=study, force=True)
    assert lock.exists()


@pytest.mark.parametrize("kind", ["halving", "hyperband"])
def test_halving_keeps_its_number_of_trials(kind: str, tmp_path: Path) -> None:
    spec = write_spec(tmp_path, ("seed: 7", f"seed: 7\n  {kind}: {{from: 1, factor: 2}}"))
    record = new_record(spec, read_search(spec), {})
    (tmp_path / StudyFile.RECORD).write_text(study_json(record))
    with pytest.raises(UsageError) as caught:
        tune(resume=tmp_path, overrides={"tune.trials": 9})
    message = (
        f"with {kind} the number of trials decides which of them go on: this study keeps its 5"
    )
    assert str(caught.value) == f"{message}, another one can have more"

"""The storage of a study: passwords, missing packages, a database that is lost."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from searches import FAKE_WORKER, search, write_spec

from modelspec.api import tune
from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.search import read_search
from modelspec.spec.tune import hide_storage, password_of, without_password
from modelspec.tuning import (
    Coordinator,
    Crew,
    Study,
    StudyFile,
    StudyRecord,
    StudyStatus,
    database_errors,
    new_record,
    open_storage,
    read_study,
    require_known,
)

URL = "postgresql+psycopg2://me:s3:cr/et@db:5432/studies"


def test_a_password_is_hidden() -> None:
    assert password_of(URL) == "s3:cr/et"
    assert without_password(URL) == "postgresql+psycopg2://me:***@db:5432/studies"
    assert without_password("mysql://me:p@ss@db/x") == "mysql://me:***@db/x"
    given = "postgresql://db/x?user=me&password=secret"
    assert without_password(given) == "postgresql://db/x?user=me&password=***"
    assert password_of(given) == "secret"
    assert without_password("sqlite:////a/b.db") == "sqlite:////a/b.db"
    assert without_password("postgresql://me@db/studies") == "postgresql://me@db/studies"


def test_only_the_storage_of_a_spec_is_hidden() -> None:
    written = (
        f"data: {{train: {{csv: https://me:you@host/a.csv}}}}\ntune:\n  storage: {URL}  # ours\n"
    )
    assert hide_storage(written) == written.replace("s3:cr/et", "***")


def test_a_missing_driver_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with pytest.raises(CannotRunError) as caught:
        open_storage(URL, tmp_path)
    assert str(caught.value) == (
        "the storage postgresql+psycopg2://me:***@db:5432/studies needs the package psycopg2, which"
        " is not installed: pip install 'psycopg2-binary'"
    )


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.write_text("nothing " * 2000, encoding="utf-8")
    with pytest.raises(CannotRunError) as caught:
        open_storage(f"sqlite:///{file}", tmp_path)
    message = f"the storage sqlite:///{file} cannot be used: file is not a database"
    assert str(caught.value) == message


def test_a_database_that_is_lost_ends_a_study_that_can_be_resumed(tmp_path: Path) -> None:
    spec, folder, file = write_spec(tmp_path), tmp_path / "s", tmp_path / "x.db"
    folder.mkdir()
    found, url = read_search(spec), f"sqlite:///{file}"

    def lose(record: StudyRecord, _: object) -> None:
        if record.best is not None and not file.with_suffix(".kept").exists():
            shutil.copy(file, file.with_suffix(".kept"))
            file.write_text("nothing " * 8000, encoding="utf-8")

    def run() -> StudyRecord:
        study = Study(open_storage(url, folder), "s", found, "same")
        crew = Crew(1, (sys.executable, "-S", "-c", FAKE_WORKER), {})
        return Coordinator(study, folder, new_record(spec, found, {}), crew, lose).run()

    with pytest.raises(CannotRunError) as caught, database_errors(url, folder):
        run()
    assert str(caught.value).endswith(
        f"; when it can, resume with: modelspec tune --resume {folder}"
    )
    lost = read_study(folder)
    assert lost.status is StudyStatus.FAILED
    assert lost.best is not None

    shutil.copy(file.with_suffix(".kept"), file)
    ended = run()
    alone = search(spec, tmp_path / "alone")
    assert [one.objectives for one in ended.proposals] == [
        one.objectives for one in alone.proposals
    ]


def test_a_storage_without_the_study_of_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        require_known(open_storage(StudyFile.JOURNAL, tmp_path), StudyFile.JOURNAL, tmp_path)
    message = f"the storage study.journal knows nothing of the trials in {tmp_path}: "
    assert str(caught.value).startswith(message)


def test_a_sampler_without_its_packages_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelspec.tuning.samplers.find_spec", lambda _: None)
    spec = write_spec(tmp_path, ("{tpe: {n_startup_trials: 3}}", "gp"))
    with pytest.raises(CannotRunError, match="pip install torch scipy"):
        tune(spec, output=tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_a_database_that_cannot_be_used_leaves_the_study_that_force_would_replace(
    tmp_path: Path,
) -> None:
    (tmp_path / "x.db").write_text("nothing " * 2000, encoding="utf-8")
    (tmp_path / "study").mkdir()
    record = tmp_path / "study" / StudyFile.RECORD
    record.write_text("{}", encoding="utf-8")
    spec = write_spec(tmp_path, ("seed: 7", f"seed: 7\n  storage: sqlite:///{tmp_path / 'x.db'}"))
    with pytest.raises(CannotRunError, match="not a database"):
        tune(spec, output=tmp_path / "study", force=True)
    assert record.read_text(encoding="utf-8") == "{}"


def test_a_trial_is_not_taken_for_a_study(tmp_path: Path) -> None:
    (tmp_path / StudyFile.RECORD).write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_study(tmp_path / "trial-0")
    message = f"{tmp_path / 'trial-0'} is a trial of the study {tmp_path}: name that folder"
    assert str(caught.value) == message

"""The files of a study folder, by name."""

from __future__ import annotations

from enum import StrEnum

from modelspec.runs import STUDY_RECORD


class StudyFile(StrEnum):
    """A file or a folder of a study folder, by its path in the folder."""

    RECORD = STUDY_RECORD
    """What was proposed and found, see `StudyRecord`; a folder with this file is a study folder."""
    JOURNAL = "study.journal"
    """Optuna's storage, unless `tune.storage` names another one."""
    SPEC = "spec.yaml"
    """The spec as written when the study began."""
    PAGE = "study.html"
    """What was found, for people."""
    BEST = "best.yaml"
    """The spec of the best trial."""
    LOCK = "study.lock"
    """Locked while a process looks at the storage, decides and writes."""
    COORDINATORS = "coordinators"
    """A folder with a file for each process that works on the study, locked while it lives."""
    LOGS = "workers"
    """A folder with what each worker process printed."""


def trial_folder(number: int) -> str:
    """The subfolder with the run of a trial."""
    return f"trial-{number}"

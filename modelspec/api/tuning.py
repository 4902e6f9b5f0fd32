"""Search the space of a spec: a study of trials, each of them a run."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import Source
from modelspec.diagnostics import Findings, SpecError, UsageError
from modelspec.files import write_atomically
from modelspec.runs import choose_folder
from modelspec.spec.extensions import extensions_allowed, permit_extensions

from .building import require_allowed_extensions

if TYPE_CHECKING:
    from modelspec.search import SearchSpec
    from modelspec.tuning import Crew, Study, StudyRecord, StudyTracking

WORKER = "modelspec.api.trial_worker"

STORAGE, TRIALS = "tune.storage", "tune.trials"

Watch = Callable[["StudyRecord", Mapping[int, Mapping[str, Any]]], None]


@dataclass(frozen=True, slots=True)
class StudyResult:
    """What a study found.

    Attributes:
        path: the study folder.
        record: all proposals, with their values.
    """

    path: Path
    record: StudyRecord


def tune(  # noqa: PLR0913  # all but the first by name, as options are
    source: Source | None = None,
    *,
    resume: Path | str | None = None,
    output: Path | str | None = None,
    overrides: Mapping[str, Any] | None = None,
    workers: int = 1,
    force: bool = False,
    command: str = "",
    log_format: str = "auto",
    allow_extensions: bool = False,
    watch: Watch | None = None,
) -> StudyResult:
    """Search the space of a spec's `tune` section, and write a study folder.

    Each trial is a run, in the subfolder `trial-N`. Points that do not validate or exceed a bound
    of `expect` are never trained. TensorFlow is started by worker processes only.

    Args:
        source: a spec with `data`, `training` and `tune`. A resumed study knows its own.
        resume: the folder of a study to continue; another process may be at work on it.
        output: the study folder; by default the first free one of runs/NAME-study, ...
        overrides: dotted paths to values, as `--set` gives them, for all trials. A resumed study
            takes `tune.trials` alone, and `tune.storage` again where its URL had a password.
        workers: how many trials are trained at once.
        force: replace the study in the folder.
        command: the command that started the study, for the records of its runs.
        log_format: how progress is shown on standard error: "auto", "lines" or "json".
        allow_extensions: import the modules that the spec names, which runs their code.
        watch: called after each event with the record, and with the newest event of the training
            of each trial that is being trained, by its number.

    Raises:
        SpecError: the spec has errors.
        UsageError: the folder is taken, or the spec of the study to resume has changed.
        CannotRunError: Optuna, TensorFlow or MLflow is missing, disk or memory is not enough, or
            the database or the MLflow server of the study cannot be used.
        modelspec.tuning.InterruptedStudyError: a signal ended the study, which can be resumed.
    """
    if workers < 1:
        raise UsageError(f"workers must be 1 or more, got {workers}")
    request = _Request(overrides or {}, workers, force, command, log_format, watch)
    with permit_extensions(allow_extensions):
        return _tune(
            source,
            None if resume is None else Path(resume),
            None if output is None else Path(output),
            request,
        )


@dataclass(frozen=True, slots=True)
class _Request:
    """How a study is worked on; the attributes are arguments of `tune`."""

    overrides: Mapping[str, Any]
    workers: int
    force: bool
    command: str
    log_format: str
    watch: Watch | None


def _tune(
    source: Source | None, resume: Path | None, output: Path | None, request: _Request
) -> StudyResult:
    from modelspec.search import check_search, read_search
    from modelspec.spec.tune import is_url
    from modelspec.tuning import (
        Crew,
        Study,
        StudyTracking,
        database_errors,
        import_optuna,
        new_record,
        open_storage,
        read_study,
        require_free,
        require_known,
        require_mlflow,
        require_packages,
        study_name,
    )

    changes = dict(request.overrides)
    old = None if resume is None else read_study(resume)
    if old is not None:
        source, changes = source or old.spec, _resumed_changes(old, changes)
    elif source is None:
        raise UsageError("give a spec to search, or a study to resume")
    search = read_search(source, changes)
    require_allowed_extensions(search.base)
    if resume is None:
        findings = Findings()
        check_search(search, findings, is_to_run=True)
        if findings.has_errors:
            raise SpecError(findings.sorted())
    import_optuna()
    require_packages(search.tune.sampler.name)
    require_mlflow(search)
    record = new_record(Path(source).absolute(), search, _without_password(changes))
    folder = resume or _new_folder(output, search, force=request.force)
    place = search.tune.storage
    name = study_name(place, folder)
    crew = Crew(
        request.workers,
        (sys.executable, "-m", WORKER),
        {"command": request.command, "allow_extensions": extensions_allowed()},
    )
    with database_errors(place, folder):
        if old is None:
            if is_url(place):
                require_free(open_storage(place, folder), name, force=request.force)
            _begin_folder(folder, search, record)
        storage = open_storage(place, folder)
        if old is not None and old.proposals:
            require_known(storage, place, folder)
        study = Study(storage, name, search, _fingerprint(search))
        tracking = StudyTracking.of(search, folder)
        return StudyResult(folder, _shown(study, folder, record, crew, request, tracking))


def _shown(
    study: Study,
    folder: Path,
    record: StudyRecord,
    crew: Crew,
    request: _Request,
    tracking: StudyTracking | None,
) -> StudyRecord:
    """Bring a study to its end, show it meanwhile, and write what people read of it."""
    from modelspec.tuning import Coordinator
    from modelspec.tuning.views import StudyProgress

    progress = StudyProgress(request.log_format)

    def watch(record: StudyRecord, running: Mapping[int, Mapping[str, Any]]) -> None:
        progress(record, running)
        if request.watch is not None:
            request.watch(record, running)

    coordinator = Coordinator(study, folder, record, crew, watch)
    try:
        return coordinator.run()
    finally:
        progress.close()
        _write_views(folder, coordinator.record)
        if tracking is not None:
            tracking.end(coordinator.record)


def _write_views(folder: Path, record: StudyRecord) -> None:
    """Write study.html and best.yaml."""
    from modelspec.tuning import StudyFile
    from modelspec.tuning.views import best_spec, study_page

    write_atomically(folder / StudyFile.PAGE, study_page(record))
    if record.best is None:
        return
    try:
        text = best_spec(record, record.best, folder)
    except SpecError as error:  # the file was changed or deleted while the study ran
        print(f"{StudyFile.BEST} is not written: {error.findings[0].message}", file=sys.stderr)
        return
    write_atomically(folder / StudyFile.BEST, text)


def _resumed_changes(old: StudyRecord, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The overrides of a study that is resumed: its own ones, and what may be changed.

    Raises:
        UsageError: something else is changed, or the password of the storage is not known.
    """
    from modelspec.spec.tune import HIDDEN, password_of, without_password

    others = sorted(changes.keys() - {TRIALS, STORAGE})
    if others:
        message = f"--set {others[0]} would make other trials of those that the study has"
        raise UsageError(f"{message}: a resumed study takes tune.trials alone")
    if old.halving and changes.get(TRIALS, old.trials) != old.trials:
        kind = "hyperband" if "brackets" in old.halving else "halving"
        message = f"with {kind} the number of trials decides which of them go on"
        raise UsageError(f"{message}: this study keeps its {old.trials}, another one can have more")
    known, given = old.overrides.get(STORAGE), changes.get(STORAGE)
    if known is not None and given is not None and without_password(str(given)) != known:
        raise UsageError(
            f"the study is in the storage {known}; its trials cannot change to another"
        )
    if given is None and known is not None and password_of(str(known)) == HIDDEN:
        message = f"the study was begun with --set {STORAGE}={known}, and passwords are not kept"
        raise UsageError(f"{message}: give --set {STORAGE} again, with the password")
    return {**old.overrides, **changes}


def _without_password(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Overrides as they are written down."""
    from modelspec.spec.tune import without_password

    storage = changes.get(STORAGE)
    hidden = {} if storage is None else {STORAGE: without_password(str(storage))}
    return {**changes, **hidden}


def _new_folder(output: Path | None, search: SearchSpec, *, force: bool) -> Path:
    """The folder for a new study: `output`, or the first free one; with `force` it can have one.

    Raises:
        UsageError: the folder is not empty, and `force` is false or it has no study.
    """
    from modelspec.tuning import StudyFile, is_worked_on

    if output is not None and (output / StudyFile.RECORD).is_file() and not force:
        message = f"{output} holds a study already; resume it with --resume {output}"
        raise UsageError(f"{message}, or replace it with --force")
    name = f"{search.base.spec.name}-study"
    folder = choose_folder(output, name, force=force, mark=StudyFile.RECORD, kind="study")
    if is_worked_on(folder):
        raise UsageError(f"another process is at work on the study in {folder}")
    return folder


def _begin_folder(folder: Path, search: SearchSpec, record: StudyRecord) -> None:
    """Write a study without proposals, in place of the one that is there."""
    from modelspec.spec.tune import hide_storage
    from modelspec.tuning import StudyFile, study_json

    if (folder / StudyFile.RECORD).is_file():
        shutil.rmtree(folder.resolve())  # not a link to it
    write_atomically(folder / StudyFile.RECORD, study_json(record))
    write_atomically(folder / StudyFile.SPEC, hide_storage(search.text))


def _fingerprint(search: SearchSpec) -> str:
    """Of all that makes trials comparable: the spec without `tune.trials` and `tune.storage`.

    With halving the number of trials says which of them go on.
    """
    from modelspec.search import judge

    tune = dict(search.base.spec.document["tune"])
    tune.pop("storage", None)
    if search.tune.halving is None:
        tune.pop("trials", None)
    text = json.dumps([judge(search, {}).key, tune], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]

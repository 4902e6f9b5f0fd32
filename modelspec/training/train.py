"""Training a spec, from the first check to the finished run folder."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, SpecError
from modelspec.graph import Graph
from modelspec.runs import RunFile, RunFolder, RunStatus, choose_folder
from modelspec.spec import Spec
from modelspec.spec.training import TrainingSpec
from modelspec.training.checkpoint import Resumption, check_data_unchanged, find_resumption
from modelspec.training.fit import (
    LogProgress,
    Progress,
    SilentProgress,
    UnwrittenFolder,
    decided_by_chief,
    done_by_chief,
    is_chief,
    progress_on,
    refuse_lost_workers,
)
from modelspec.training.prepare import (
    PreparedTraining,
    prepare_training,
    required_sections,
    spec_file,
    spec_folder,
)

from .data_record import refuse_other_job, write_data_record
from .made_images import untrained_meaning
from .run import Run
from .run_files import describe_environment, lock_resumed, write_environment, write_lock, write_spec
from .saved_model import SavedModelCheck
from .session import TrainingSession
from .stop_signals import InterruptedRunError, StopSignals


def set_seed(spec: Spec) -> None:
    """Seed Python, numpy and TensorFlow. Call it before the model is built: weights are random."""
    import keras

    if spec.training is not None:
        keras.utils.set_random_seed(spec.training.seed)


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """The options of a training that are not in its spec.

    Attributes:
        output: the run folder; by default the first free one of runs/NAME, runs/NAME-2, ...
        force: replace a run that is in the folder.
        command: what started the training, for environment.json.
        overrides: how the spec differs from its file, for overrides.yaml.
        log_format: how progress is shown, see `progress_on`.
        resume: `output` holds a run to be resumed.
        same_callbacks: the callbacks of that run are configured as they were.
        pause_after: end after so many epochs, counted over all phases, in a state from which the
            run can be resumed; nothing is measured and no model is saved then. A training that
            ends there or earlier is not paused.
    """

    output: Path | None = None
    force: bool = False
    command: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    log_format: str = "auto"
    resume: bool = False
    same_callbacks: bool = True
    pause_after: int | None = None


def train_spec(spec: Spec, graph: Graph, model: Any, options: TrainingOptions | None = None) -> Run:
    """Fit a model and write its run folder, or resume a run.

    Progress goes to standard error: a bar on a terminal, else a line an epoch.

    Args:
        spec: with `data` and `training`.
        graph: of its model.
        model: the Keras model, built after `set_seed`.
        options: where the run goes, and what is recorded about it.

    Raises:
        SpecError: the spec or its data has errors, or Keras fails on them.
        UsageError: the folder is taken, or holds no run that can be resumed.
        CannotRunError: disk or memory does not suffice.
        InterruptedRunError: a signal came; the training can be resumed.
    """
    options, findings = options or TrainingOptions(), Findings()
    _, training = required_sections(spec, findings)
    path, resumption = decided_by_chief(lambda: _find_place(spec, training, options))
    with StopSignals() as signals, _without_retracing_warnings():
        prepared = prepare_training(spec, graph, model, findings)
        refuse_other_job(spec, prepared.data)
        check = SavedModelCheck(spec, prepared)
        if resumption is None:  # a run that began has shown it
            done_by_chief(lambda: check.try_before_training(findings))
        opened: list[RunFolder] = []
        done_by_chief(lambda: opened.append(_open_folder(path, spec, prepared, options, findings)))
        folder = opened[0] if opened else UnwrittenFolder(path)
        progress: Progress = SilentProgress()
        if is_chief():
            progress = LogProgress(progress_on(options.log_format), path / RunFile.LOG)
        session = TrainingSession(spec, prepared, folder, progress, signals, check)
        try:
            session.start_tracking()
            is_paused = session.fit(resumption, findings, options.pause_after)
            return session.pause(findings) if is_paused else session.finish(findings)
        except InterruptedRunError as interrupted:
            session.abandon(RunStatus.INTERRUPTED)
            if interrupted.run is None and path.exists():  # it came before or after the fit loop
                raise InterruptedRunError(interrupted.signal, path) from interrupted
            raise
        except BaseException as error:
            session.abandon(RunStatus.FAILED)
            if isinstance(error, Exception):
                refuse_lost_workers(error, path)
            raise
        finally:
            folder.unlock()
            progress.close()


def _find_place(
    spec: Spec, training: TrainingSpec, options: TrainingOptions
) -> tuple[Path, Resumption | None]:
    """The run folder, and where the run in it is resumed; raises as `train_spec` does."""
    if not options.resume:
        return choose_folder(options.output, spec.name, force=options.force), None
    assert options.output is not None
    path = options.output
    return path, find_resumption(path, training, same_callbacks=options.same_callbacks)


def _open_folder(
    path: Path, spec: Spec, prepared: PreparedTraining, options: TrainingOptions, findings: Findings
) -> RunFolder:
    """Make the folder of a new run, or open the one to resume, and record spec and environment.

    If anything fails, the folder is as it was before.
    """
    folder, seed = RunFolder(path), prepared.training.seed
    environment = describe_environment(options.command, spec_folder(spec), seed)
    if options.resume:
        check_data_unchanged(path, prepared.data, spec, findings)
        if findings.has_errors:
            raise SpecError(findings.sorted())
        folder.resume()
    else:
        folder.create()
    try:
        write_environment(folder, environment)
        write_spec(folder, spec, options.overrides)
        if options.resume:
            lock_resumed(folder, spec)
        else:
            untrained = untrained_meaning(prepared.data, prepared.graph)
            write_data_record(
                folder,
                spec_file(spec),
                prepared.data,
                dict.fromkeys(prepared.structure.output_names, untrained),
                prepared.outputs,
                seed,
            )
            write_lock(folder, spec, prepared.data, environment)
    except BaseException:
        folder.abandon(RunStatus.FAILED)
        folder.unlock()
        raise
    return folder


@contextmanager
def _without_retracing_warnings() -> Iterator[None]:
    """TensorFlow mistakes the steps of several phases, splits or models for one that is retraced
    again and again."""

    def is_other(record: logging.LogRecord) -> bool:
        return "tf.function retracing" not in record.getMessage()

    logger = logging.getLogger("tensorflow")
    logger.addFilter(is_other)
    try:
        yield
    finally:
        logger.removeFilter(is_other)

"""Training a spec, from the first check to the run folder."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelspec.data.examples import Examples, report_undecodable_files
from modelspec.data.feed import Feed, Position
from modelspec.diagnostics import Findings, ModelspecError, SpecError
from modelspec.graph import Graph
from modelspec.runs import COMPLETE, FAILED, INTERRUPTED, MODEL, RunFolder, choose, shown
from modelspec.spec import Spec
from modelspec.spec.data import DataSpec
from modelspec.spec.training import TrainingSpec
from modelspec.training.checkpoint import Resumption, StopSignals, check_data_unchanged, resumption
from modelspec.training.fit import (
    BEGIN,
    END,
    RESUME,
    WARNING,
    Event,
    LogProgress,
    csv_logs,
    draw,
    progress_on,
)
from modelspec.training.prepare import (
    PreparedTraining,
    Step,
    evaluation_feed,
    folder_of,
    measure,
    prepare_training,
    sections,
)

from .environment import environment
from .errors import InterruptedRunError
from .expectations import misses
from .run import METRICS, Run, add_environment, metrics_json, write_data, write_spec


def set_seed(spec: Spec) -> None:
    """Seed Python, numpy and TensorFlow. Call it before the model is built: weights are random."""
    import keras

    if spec.training is not None:
        keras.utils.set_random_seed(spec.training.seed)


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How a training is asked for, beside the spec.

    Attributes:
        output: the run folder; by default the first free one of runs/NAME, runs/NAME-2, ...
        force: replace a run that is in the folder.
        command: what started the training, for environment.json.
        overrides: what the spec differs in from its file, for overrides.yaml.
        log_format: how progress is shown, see `progress_on`.
        resume: `output` holds a run that is to go on.
        same_callbacks: the callbacks of that run are configured as they were.
    """

    output: Path | None = None
    force: bool = False
    command: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    log_format: str = "auto"
    resume: bool = False
    same_callbacks: bool = True


def train_spec(spec: Spec, graph: Graph, model: Any, order: TrainingOptions | None = None) -> Run:
    """Fit a model and write its run folder, or go on with one.

    Progress goes to standard error: a bar on a terminal, elsewhere a line for each epoch.

    Args:
        spec: with `data` and `training`.
        graph: of its model.
        model: the real one, built after `set_seed`.
        order: where the run goes, and what is noted about it.

    Raises:
        SpecError: the spec, its data, or what Keras says of them has faults.
        UsageError: the folder is taken, or holds no run that can go on.
        CannotRunError: disk or memory is not enough.
        InterruptedRunError: a signal came; the training can be resumed.
    """
    findings, order = Findings(), order or TrainingOptions()
    data, training = sections(spec, findings)
    if order.resume:
        assert order.output is not None
        path = order.output
        begun = resumption(path, training, same_callbacks=order.same_callbacks)
    else:
        path, begun = choose(order.output, spec.name, force=order.force), None
    with StopSignals() as stop:
        ready = prepare_training(spec, graph, model, findings)
        folder = RunFolder(path)
        _open(folder, spec, ready, order, findings)
        shows = LogProgress(progress_on(order.log_format), path / "train.log")
        try:
            fitting = _Fitting(ready, data, training, folder, shows, stop)
            fitting.track(spec)
            step = Step(model, graph, ready.structure, ready.outputs, training)
            fitting.fit(step, begun, findings)
            return fitting.finish(spec, findings)
        except InterruptedRunError as stopped:
            fitting.told(INTERRUPTED)
            folder.settle(INTERRUPTED, epochs=fitting.epochs)
            if stopped.run is None and path.exists():  # it came before or after the loop
                raise InterruptedRunError(stopped.signal, path) from stopped
            raise
        except BaseException:
            fitting.told(FAILED)
            folder.settle(FAILED, epochs=fitting.epochs)
            raise
        finally:
            folder.close()
            shows.close()


def _open(
    folder: RunFolder,
    spec: Spec,
    ready: PreparedTraining,
    order: TrainingOptions,
    findings: Findings,
) -> None:
    """Make the folder of a new run, or open that of one to resume; nothing is left half done."""
    assert spec.training is not None
    about = environment(order.command, folder_of(spec), spec.training.seed)
    if order.resume:
        check_data_unchanged(folder.path, ready.data, spec, findings)
        if findings.has_errors:
            raise SpecError(findings.sorted())
        folder.resume()
    else:
        folder.create()
    try:
        add_environment(folder, about)
        write_spec(folder, spec, order.overrides)
        if not order.resume:
            file = spec.path or folder_of(spec) / f"{spec.name}.yaml"
            write_data(folder, file, ready.data, ready.outputs, spec.training.seed)
    except BaseException:
        folder.settle(FAILED)
        folder.close()
        raise


class _Fitting:
    """One training with its folder."""

    def __init__(
        self,
        ready: PreparedTraining,
        data: DataSpec,
        training: TrainingSpec,
        folder: RunFolder,
        progress: LogProgress,
        stop: StopSignals,
    ) -> None:
        from modelspec.training.fit import RunCallback

        self.ready = ready
        self.data = data
        self.training = training
        self.folder = folder
        self.progress = progress
        self.stop = stop
        self.watch = RunCallback(folder, progress, training.epochs, ready)
        self.mlflow: Any = None

    def track(self, spec: Spec) -> None:
        """Begin to tell MLflow, where the spec asks for it."""
        if self.training.mlflow is not None:
            from .mlflow import MlflowCallback

            self.mlflow = MlflowCallback(self.training.mlflow, spec, self.folder, self.progress)

    def told(self, status: str, metrics: Mapping[str, float] | None = None) -> None:
        """Tell MLflow how the training ended."""
        if self.mlflow is not None:
            self.mlflow.end(status, metrics or {})

    @property
    def epochs(self) -> int:
        """How many are done."""
        return len(self.watch.history.epochs)

    def fit(self, step: Step, begun: Resumption | None, findings: Findings) -> None:
        """Fit, from where a training was left, or from the beginning.

        Args:
            step: finds what is to blame for a failure.
            begun: where a resumed training was left; None for a new one.
            findings: takes the blame.
        """
        import keras

        keras.utils.set_random_seed(self.training.seed)
        feed = self.ready.training_feed(self.data.batch_size)
        self._announce(begun)
        self.stop.fitting = True
        try:
            with report_undecodable_files(
                self.data.train.span, self.ready.data.train, self.ready.data.validation
            ):
                self._run(feed, begun)
        except ModelspecError:
            raise
        except Exception as error:  # Keras and TensorFlow raise all kinds
            step.blame(error, feed.shuffled(self.training.seed), findings)
            raise SpecError(findings.sorted()) from error
        finally:
            self.stop.fitting = False
        if self.stop.asked is not None:  # it came after the last save
            raise InterruptedRunError(self.stop.asked, self.folder.path)

    def _run(self, feed: Feed, begun: Resumption | None) -> None:
        from modelspec.training.checkpoint import CallbackStates, Saver, TrainingState
        from modelspec.training.fit import Course, Loop

        ready, training, checkpoint = self.ready, self.training, self.training.checkpoint
        validation = ready.data.validation
        course = Course(
            feed,
            training.seed,
            training.epochs,
            training.steps_per_epoch or feed.steps,
            None if validation is None else self._evaluated(validation),
            training.steps_per_execution,
        )
        standing = TrainingState(ready.model, CallbackStates(ready.callbacks), self.watch)
        every = None if checkpoint is None else checkpoint.every
        saver = Saver(self.folder, standing, self.stop, course.steps, every)
        callbacks = [*ready.callbacks, *([self.mlflow] if self.mlflow else []), self.watch]
        loop = Loop(ready.model, course, ready.compiled.evaluator, callbacks, saver)
        start = Position() if begun is None else begun.start
        if begun is not None:
            csv_logs.go_on(ready.callbacks, start.epoch)

        def restore() -> None:
            if begun is not None and begun.state is not None:
                standing.restore(begun.state, stopped=begun.stopped)

        try:
            loop.run(start, standing.callbacks.begin, restore)
        finally:
            csv_logs.close(ready.callbacks)

    def _announce(self, begun: Resumption | None) -> None:
        splits = self.ready.data
        parts = {"train": splits.train, "validation": splits.validation, "test": splits.test}
        sizes = {name: len(part) for name, part in parts.items() if part is not None}
        counts = ", ".join(f"{size} {name}" for name, size in sizes.items())
        name = self.ready.model.name
        facts = {"model": name, "run": str(self.folder.path), "examples": sizes}
        self.progress.tell(Event(BEGIN, f"{name}: {counts} examples", facts))
        if begun is not None:
            for sentence in begun.damaged:
                self.progress.tell(Event(WARNING, f"warning: {sentence}", {"message": sentence}))
            epoch, step = begun.start
            line = f"resumed: {epoch} epochs and {step} steps were done"
            self.progress.tell(Event(RESUME, line, {"epochs": epoch, "steps": step}))

    def finish(self, spec: Spec, findings: Findings) -> Run:
        """Save the model, measure it on the other splits, and write what the run has to show."""
        history = self.watch.history
        self.folder.write(MODEL, self.ready.model.save)
        curves = history.curves()
        measured = {name: values[-1] for name, values in curves.items() if name[:4] != "val_"}
        splits = self.ready.data
        for prefix, examples in (("val_", splits.validation), ("test_", splits.test)):
            with report_undecodable_files(self.data.train.span, examples):
                measured |= measure(self.ready.compiled, examples, self.data.batch_size, prefix)
        self._warn(curves, spec, findings)
        missed = tuple(misses(spec.expect, measured))
        epochs = len(history.epochs)
        self.folder.write_json(METRICS, metrics_json(measured, epochs, missed))
        self.folder.write("history.png", lambda path: draw(path, spec.name, history.epochs, curves))
        tested = {name: value for name, value in measured.items() if name.startswith("test_")}
        line = shown(tested) if tested else shown(measured)
        self.progress.tell(Event(END, line, {"epochs": epochs, "metrics": measured}))
        self.told(COMPLETE, tested)
        self.folder.keep(COMPLETE, epochs=epochs)
        model, warned = self.ready.model, tuple(findings.sorted())
        return Run(self.folder.path, model, curves, measured, missed, warned)

    def _warn(self, curves: Mapping[str, list[float]], spec: Spec, findings: Findings) -> None:
        for index, value in enumerate(curves.get("loss", ())):
            if not math.isfinite(value):
                epoch = self.watch.history.epochs[index]
                message = f"the loss is {value} from epoch {epoch} on: nothing was learned after it"
                hint = "try a smaller learning rate, or `clipnorm: 1.0` in the optimizer"
                findings.warning(self.training.loss.span, "loss-not-finite", message, hint=hint)
                return

    def _evaluated(self, examples: Examples) -> Feed:
        return evaluation_feed(self.ready.compiled, examples, self.data.batch_size)

"""One training in its run folder: fit, then save and measure the model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from modelspec.data.examples import report_undecodable_files
from modelspec.data.feed import Feed, Position
from modelspec.diagnostics import Findings, ModelspecError, SpecError
from modelspec.runs import RunFile, RunFolder, RunStatus, draw_history
from modelspec.spec import Spec
from modelspec.spec.training import TrainingSpec
from modelspec.training.checkpoint import (
    PhaseStart,
    Resumption,
    close_csv_logs,
    continue_csv_logs,
)
from modelspec.training.fit import (
    RESUMED,
    Event,
    EventKind,
    Progress,
    decided_by_chief,
    own_callbacks,
    refuse_lost_workers,
)
from modelspec.training.prepare import PreparedPhase, PreparedTraining, job_sizes

from .evaluate import with_metrics_at_thresholds
from .logs import format_logs
from .measures import FinalMeasures
from .outcome import (
    forecasts,
    measure_splits,
    use_best_epoch,
    warn_of_loss,
    write_out_of_fold,
)
from .run import MissedExpectation, Run, UsedEpoch, missed_expectations
from .run_files import metrics_json
from .saved_model import SavedModelCheck
from .stop_signals import InterruptedRunError, StopSignals

if TYPE_CHECKING:
    from modelspec.training.fit import LoopEnd, ScheduledRate

    from .calibration import FittedOutput


class TrainingSession:
    """A training from its first step to its end.

    Args:
        spec: what is trained.
        prepared: its data and compiled model.
        folder: of the run, open.
        progress: told of what happens.
        signals: end the training.
        check: of the model that is saved at the end.
    """

    def __init__(
        self,
        spec: Spec,
        prepared: PreparedTraining,
        folder: RunFolder,
        progress: Progress,
        signals: StopSignals,
        check: SavedModelCheck,
    ) -> None:
        from modelspec.training.fit import RunCallback

        self.spec = spec
        self.prepared = prepared
        self.folder = folder
        self.progress = progress
        self.signals = signals
        self.check = check
        self.run_callback = RunCallback(
            folder,
            progress,
            prepared.training.epochs,
            prepared.best_epochs,
            prepared.evaluator.log_names,
            prepared.model,
        )
        self.mlflow: Any = None
        self.tensorboard: Any = None
        self.fitted: tuple[FittedOutput, ...] = ()

    def start_tracking(self) -> None:
        """Start to report to MLflow and TensorBoard, if the spec asks for it.

        Raises:
            CannotRunError: one of them is not installed, or MLflow refuses.
        """
        training = self.prepared.training
        if not self.folder.writes:
            return
        if training.tensorboard is not None:
            from modelspec.training.prepare import tensorboard_callback

            folder = self.folder.path / RunFile.TENSORBOARD
            self.tensorboard = tensorboard_callback(training.tensorboard, folder)
        if training.mlflow is not None:
            from .mlflow import MlflowCallback

            self.mlflow = MlflowCallback(training.mlflow, self.spec, self.folder, self.progress)

    @property
    def epochs(self) -> int:
        """How many are done."""
        return len(self.run_callback.history.epochs)

    def abandon(self, status: RunStatus) -> None:
        """End a training that was interrupted or failed."""
        if self.mlflow is not None:
            self.mlflow.end(status, {})
        self.folder.abandon(status, epochs=self.epochs)

    def fit(
        self, resumption: Resumption | None, findings: Findings, pause_after: int | None
    ) -> bool:
        """Fit from the beginning, or from where a training was left; whether it paused.

        Args:
            resumption: where a resumed training was left; None for a new one.
            findings: takes the layer, loss or metric at which Keras fails.
            pause_after: pause when so many epochs are done; None goes to the end.

        Raises:
            SpecError: Keras fails.
            InterruptedRunError: a signal came.
            CannotRunError: disk or memory does not suffice.
        """
        import keras

        prepared, seed = self.prepared, self.prepared.training.seed
        keras.utils.set_random_seed(seed)
        feed = prepared.training_feed()
        self._announce(resumption)
        self.signals.is_fitting = True
        try:
            with report_undecodable_files(
                prepared.data_spec.train.span, prepared.data.train, prepared.data.validation
            ):
                is_paused = self._run_phases(feed, resumption, pause_after)
        except ModelspecError:
            raise
        except Exception as error:  # Keras and TensorFlow raise all kinds
            refuse_lost_workers(error, self.folder.path)
            prepared.failure_locator.report(error, feed.shuffled(seed), findings)
            raise SpecError(findings.sorted()) from error
        finally:
            self.signals.is_fitting = False
        if self.signals.received is not None:  # it came after the last save
            raise InterruptedRunError(self.signals.received, self.folder.path)
        return is_paused

    def _run_phases(
        self, feed: Feed, resumption: Resumption | None, pause_after: int | None
    ) -> bool:
        """Fit phase after phase; whether it paused. A training without phases is one."""
        prepared = self.prepared
        phases = prepared.phases
        left = PhaseStart() if resumption is None else resumption.phase
        start = Position() if resumption is None else resumption.start
        for index in range(left.index, len(phases)):
            phase = phases[index]
            if index > left.index and pause_after is not None and start.epoch >= pause_after:
                return True
            if index > 0:
                prepared.start_phase(phase.training)
            if index > left.index:
                planned = tuple(one.training.epochs for one in phases[:index])
                left, resumption = PhaseStart(index, start.epoch, planned), None
            self._announce_phase(phase.training, len(phases))
            end = self._run_phase(feed, phase, left, start, resumption, pause_after)
            if end.is_paused or self._is_lost():
                return end.is_paused
            start = Position(end.epochs, 0)
        return False

    def _is_lost(self) -> bool:
        """Whether a callback has ended a phase whose loss is not finite: another one is no use."""
        losses = self.run_callback.history.curves().get("loss", [0.0])
        return bool(self.prepared.fitted.stop_training) and not math.isfinite(losses[-1])

    def _run_phase(
        self,
        feed: Feed,
        phase: PreparedPhase,
        began: PhaseStart,
        start: Position,
        resumption: Resumption | None,
        pause_after: int | None,
    ) -> LoopEnd:
        """Fit one phase from a position on."""
        from modelspec.training.checkpoint import CallbackStates, CheckpointSaver, TrainingState
        from modelspec.training.fit import FitPlan, Loop

        prepared, training = self.prepared, phase.training
        evaluator, validation = prepared.evaluator, prepared.data.validation
        plan = FitPlan(
            feed,
            training.seed,
            began.epoch + training.epochs,
            training.steps_per_epoch or feed.steps,
            None if validation is None else evaluator.feed(validation),
            training.steps_per_execution,
            self._scheduled_rate(training, began.epoch),
            pause_after,
        )
        self.run_callback.phase = training.phase
        own = own_callbacks(phase.callbacks)
        states = CallbackStates(own)
        last_logs: dict[str, Any] = {}
        state = TrainingState(prepared.fitted, states, self.run_callback, began, last_logs)
        every = None if training.checkpoint is None else training.checkpoint.every
        assert not isinstance(every, str)  # the data is read
        saver = CheckpointSaver(self.folder, state, self.signals, plan.steps, every)
        tracking = [one for one in (self.mlflow, self.tensorboard) if one is not None]
        callbacks = [*own, *tracking, self.run_callback]
        loop = Loop(prepared.fitted, plan, evaluator, callbacks, saver, last_logs)
        if resumption is not None or start.epoch > 0:
            continue_csv_logs(own, start.epoch)

        def restore() -> None:
            if resumption is not None and resumption.state is not None:
                state.restore(resumption.state, stopped=resumption.stopped)

        try:
            return loop.run(start, states.begin, restore)
        finally:
            close_csv_logs(own)

    def _scheduled_rate(self, training: TrainingSpec, first_epoch: int) -> ScheduledRate | None:
        """What sets the rate of a training with a `schedule`."""
        if training.schedule is None:
            return None
        from modelspec.training.fit import ScheduledRate

        prepared = self.prepared
        sizes = job_sizes(prepared.data, prepared.data_spec, training)
        optimizer = prepared.fitted.optimizer
        return ScheduledRate(training.schedule, optimizer, sizes, first_epoch)

    def _announce_phase(self, training: TrainingSpec, among: int) -> None:
        """Say what a phase trains; nothing for a training without phases."""
        if not training.phase:
            return
        model = self.prepared.fitted
        trained = sum(math.prod(weight.shape) for weight in model.trainable_weights)
        params = sum(math.prod(weight.shape) for weight in model.weights)
        facts = {"phase": training.phase, "epochs": training.epochs}
        facts |= {"trained": trained, "params": params}
        plural = "s" if training.epochs != 1 else ""
        line = (
            f"phase {training.phase}/{among}: {training.epochs} epoch{plural},"
            f" {trained:,} of {params:,} params trained"
        )
        self.progress.report(Event(EventKind.PHASE, line, facts))

    def _counted(self) -> str:
        """What `where` left of the files; "" without it."""
        found = self.prepared.data.counted.values()
        counted, rows = sum(one for one, _ in found), sum(of for _, of in found)
        return f"; {counted} of {rows} rows count (`where`)" if found else ""

    def _announce(self, resumption: Resumption | None) -> None:
        sizes = {split: len(part) for split, part in self.prepared.splits.items()}
        counts = ", ".join(f"{size} {split}" for split, size in sizes.items())
        name = self.prepared.model.name
        facts = {"model": name, "run": str(self.folder.path), "examples": sizes}
        self.progress.report(
            Event(EventKind.BEGIN, f"{name}: {counts} examples{self._counted()}", facts)
        )
        report = self.prepared.weights_report
        if report is not None and resumption is None:
            lines = "\n".join(report.lines())
            self.progress.report(Event(EventKind.WEIGHTS, lines, report.to_dict()))
        if resumption is not None:
            for sentence in resumption.damaged:
                self.progress.report(Event.warning(sentence))
            epoch, step = resumption.start
            line = f"{RESUMED}{epoch} epochs and {step} steps"
            self.progress.report(Event(EventKind.RESUME, line, {"epochs": epoch, "steps": step}))

    def pause(self, findings: Findings) -> Run:
        """Leave the run as the last checkpoint has it; its metrics are those of the last epoch."""
        history, done = self.run_callback.history, self.epochs
        curves = history.curves()
        metrics = history.values_of(-1)
        line = f"paused after epoch {done}: {format_logs(metrics)}"
        self.progress.report(Event(EventKind.PAUSE, line, {"epochs": done, "metrics": metrics}))
        if self.mlflow is not None:
            self.mlflow.end(RunStatus.PAUSED, {})
        self.folder.finish(RunStatus.PAUSED, epochs=done)
        found = tuple(findings.sorted())
        model, is_chief = self.prepared.model, self.folder.writes
        return Run(self.folder.path, model, curves, metrics, (), found, done, is_chief)

    def finish(self, findings: Findings) -> Run:
        """Save the model, measure it on the other splits, write metrics and curves, and load it.

        Raises:
            SpecError: the model cannot be loaded, or what is loaded predicts other values.
            CannotRunError: disk or memory does not suffice.
        """
        history, folder = self.run_callback.history, self.folder
        best = self._use_best_epoch(findings)
        if self.prepared.training.gan is not None:
            folder.write(RunFile.DISCRIMINATOR, self.prepared.fitted.discriminator.save)
        if self.prepared.own_weights is not None:
            folder.write(RunFile.TRAINER, self.prepared.own_weights.save)
        self._calibrate(findings)
        end = FinalMeasures(self.spec, self.prepared, folder)
        thresholds = end.choose_thresholds(findings)
        for line, facts in thresholds.said:
            self.progress.report(Event(EventKind.THRESHOLD, line, facts))
        self.prepared = with_metrics_at_thresholds(self.prepared, thresholds.meanings, findings)
        curves = history.curves()
        at = -1 if best is None else history.epochs.index(best.epoch)
        metrics = history.values_of(at)
        metrics = {name: value for name, value in metrics.items() if name[:4] != "val_"}
        measured = measure_splits(self.prepared)
        metrics |= measured
        metrics |= end.expected(metrics)
        warn_of_loss(self.prepared.training, history, findings)
        missed = (*missed_expectations(self.spec.expect, metrics), *thresholds.missed)
        if folder.writes:
            missed += end.missed_slices()
            self._write_results(metrics, missed, best, findings, is_measured=bool(measured))
        model, warnings = self.prepared.model, tuple(findings.sorted())
        return Run(folder.path, model, curves, metrics, missed, warnings, None, folder.writes)

    def _use_best_epoch(self, findings: Findings) -> UsedEpoch | None:
        """Save the model that is used, which all processes have then; the best epoch, if it is of
        that."""
        history, prepared = self.run_callback.history, self.prepared
        best = decided_by_chief(lambda: use_best_epoch(prepared, self.folder, history, findings))
        if best is not None:
            from modelspec.training.engine import present_engine, spread_variables

            spread_variables(present_engine(), {"model": prepared.model.variables})
        return best

    def _calibrate(self, findings: Findings) -> None:
        """Go on with the calibrated model, where the spec asks for one."""
        from .calibration import calibrate

        self.prepared, self.fitted = calibrate(self.spec, self.prepared, self.folder, findings)
        if not self.fitted:
            return
        self.check = SavedModelCheck(self.spec, self.prepared)
        for one in self.fitted:
            facts = {"output": one.output, **one.to_dict()}
            self.progress.report(Event(EventKind.CALIBRATION, str(one), facts))

    def _write_results(
        self,
        metrics: Mapping[str, float],
        missed: Sequence[MissedExpectation],
        best: UsedEpoch | None,
        findings: Findings,
        *,
        is_measured: bool,
    ) -> None:
        """Write metrics and curves, check the saved model, and say that the run is complete."""
        history, folder = self.run_callback.history, self.folder
        content = metrics_json(metrics, self.epochs, missed, best)
        if self.fitted:
            content["calibration"] = {one.output: one.to_dict() for one in self.fitted}
        folder.write_json(RunFile.METRICS, {**content, **forecasts(self.prepared, folder.path)})
        folder.write(
            RunFile.HISTORY_PICTURE,
            lambda path: draw_history(path, self.spec.name, history.epochs, history.curves()),
        )
        write_out_of_fold(self.prepared, folder)
        # last, so that a model that took days to train has its metrics whatever its file is worth
        # a measured model has predicted in a graph, as every user of the run lets it
        self.check.compare(folder.path / RunFile.MODEL, findings, is_compiled=not is_measured)
        test = {name: value for name, value in metrics.items() if name.startswith("test_")}
        facts = {"epochs": self.epochs, "metrics": metrics}
        line = format_logs(test or metrics)
        if best is not None:
            line, facts = f"{best}: {line}", {**facts, "best": best.to_dict()}
        self.progress.report(Event(EventKind.END, line, facts))
        if self.mlflow is not None:
            from .mlflow import write_model

            write = partial(write_model, run=folder.path, spec=self.spec, prepared=self.prepared)
            self.mlflow.log_model(write)
            self.mlflow.end(RunStatus.COMPLETE, test)
        folder.finish(RunStatus.COMPLETE, epochs=self.epochs)

"""Training a spec, from the first check to the run folder."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelspec.data import Examples
from modelspec.diagnostics import CannotRunError, Findings, SpecError
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.spec.data import DataSpec
from modelspec.spec.training import TrainingSpec

from .blame import Step
from .environment import environment
from .expectations import misses
from .folder import COMPLETE, FAILED, INTERRUPTED, MODEL, RunFolder, choose
from .history import shown
from .measure import evaluation_feed, measure
from .picture import draw
from .problems import InterruptedRunError
from .progress import Logged, progress_on
from .ready import Ready, folder_of, get_ready, sections
from .run import Run, metrics_json, write_data, write_spec
from .stopping import Stop


def set_seed(spec: Spec) -> None:
    """Seed Python, numpy and TensorFlow. Call it before the model is built: weights are random."""
    import keras

    if spec.training is not None:
        keras.utils.set_random_seed(spec.training.seed)


@dataclass(frozen=True, slots=True)
class Order:
    """How a training is asked for, beside the spec.

    Attributes:
        output: the run folder; by default the first free one of runs/NAME, runs/NAME-2, ...
        force: replace a run that is in the folder.
        command: what started the training, for environment.json.
        overrides: what the spec differs in from its file, for overrides.yaml.
    """

    output: Path | None = None
    force: bool = False
    command: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)


def train_spec(spec: Spec, graph: Graph, model: Any, order: Order | None = None) -> Run:
    """Fit a model and write its run folder.

    Progress goes to standard error: a bar on a terminal, elsewhere a line for each epoch.

    Args:
        spec: with `data` and `training`.
        graph: of its model.
        model: the real one, built after `set_seed`.
        order: where the run goes, and what is noted about it.

    Raises:
        SpecError: the spec, its data, or what Keras says of them has faults.
        UsageError: the folder is taken.
        CannotRunError: disk or memory is not enough.
        InterruptedRunError: a signal came; what was learned is in a checkpoint.
    """
    findings, order = Findings(), order or Order()
    data, training = sections(spec, findings)
    path = choose(order.output, spec.name, force=order.force)
    with Stop() as stop:
        ready = get_ready(spec, graph, model, findings)
        folder = RunFolder(path)
        folder.create()
        shows = Logged(progress_on(), path / "train.log")
        try:
            started = environment(order.command, folder_of(spec), training.seed)
            folder.write_json("environment.json", started)
            write_spec(folder, spec, order.overrides)
            write_data(folder, folder_of(spec), ready.data, ready.outputs, training.seed)
            fitting = _Fitting(ready, data, training, folder, shows, stop)
            fitting.fit(Step(model, graph, ready.structure, ready.outputs, training), findings)
            return fitting.finish(spec, findings)
        except SpecError:
            raise
        except InterruptedRunError as stopped:
            folder.settle(INTERRUPTED)
            saved = path / MODEL
            if stopped.checkpoint is None and saved.exists():  # it came after the last epoch
                raise InterruptedRunError(stopped.signal, saved) from stopped
            raise
        except BaseException:
            folder.settle(FAILED)
            raise
        finally:
            shows.close()


class _Fitting:
    """One training with its folder."""

    def __init__(
        self,
        ready: Ready,
        data: DataSpec,
        training: TrainingSpec,
        folder: RunFolder,
        progress: Logged,
        stop: Stop,
    ) -> None:
        from .watch import Watch

        self.ready = ready
        self.data = data
        self.training = training
        self.folder = folder
        self.progress = progress
        self.stop = stop
        self.watch = Watch(folder, progress, stop, training.epochs, ready)

    def fit(self, step: Step, findings: Findings) -> None:
        """Fit; whatever ends it early leaves a checkpoint and a folder that says so."""
        import keras

        keras.utils.set_random_seed(self.training.seed)
        feed = self.ready.training_feed(self.data.batch_size)
        train = feed.shuffled(self.training.seed)
        validation = self._batches(self.ready.data.validation)
        self._announce()
        self.stop.fitting = True
        try:
            self.ready.model.fit(
                train,
                validation_data=validation,
                epochs=self.training.epochs,
                steps_per_epoch=feed.steps,
                shuffle=False,  # the pipeline does it
                verbose=0,
                callbacks=[*self.ready.callbacks, self.watch],
            )
            self.watch.leave_if_asked()
        except InterruptedRunError as interrupted:
            self._interrupted(interrupted)
            raise
        except CannotRunError:
            self._failed()
            raise
        except Exception as error:  # Keras and TensorFlow raise all kinds
            self._failed()
            step.blame(error, train, findings)
            raise SpecError(findings.sorted()) from error
        finally:
            self.stop.fitting = False

    def _announce(self) -> None:
        splits = self.ready.data
        counts = [f"{len(splits.train)} train"]
        for name, part in (("validation", splits.validation), ("test", splits.test)):
            if part is not None:
                counts.append(f"{len(part)} {name}")
        self.progress.say(f"{self.ready.model.name}: {', '.join(counts)} examples")

    def _interrupted(self, interrupted: InterruptedRunError) -> None:
        if self.watch.steps:
            self.progress.log(str(interrupted))
        self.folder.settle(INTERRUPTED, epochs=len(self.watch.history.epochs))

    def _failed(self) -> None:
        """Keep what was learned before the failure, if anything was and the disk takes it."""
        from .watch import save_checkpoint

        if self.watch.history.epochs:
            with contextlib.suppress(Exception):  # the failure itself is what is reported
                save_checkpoint(self.ready.model, self.folder, "failed.keras")
        self.folder.settle(FAILED, epochs=len(self.watch.history.epochs))

    def finish(self, spec: Spec, findings: Findings) -> Run:
        """Save the model, measure it on the other splits, and write what the run has to show."""
        history = self.watch.history
        self.folder.write(MODEL, self.ready.model.save)
        curves = history.curves()
        measured = {name: values[-1] for name, values in curves.items() if name[:4] != "val_"}
        splits = self.ready.data
        for prefix, examples in (("val_", splits.validation), ("test_", splits.test)):
            measured |= measure(self.ready.compiled, examples, self.data.batch_size, prefix)
        self._warn(curves, spec, findings)
        missed = tuple(misses(spec.expect, measured))
        epochs = len(history.epochs)
        self.folder.write_json("metrics.json", metrics_json(measured, epochs, missed))
        self.folder.write("history.png", lambda path: draw(path, spec.name, history.epochs, curves))
        tested = {name: value for name, value in measured.items() if name.startswith("test_")}
        self.progress.say(shown(tested) if tested else shown(measured))
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

    def _batches(self, examples: Examples | None) -> Any:
        if examples is None:
            return None
        return evaluation_feed(self.ready.compiled, examples, self.data.batch_size).in_order()

"""The values that Keras logs while it trains, and the callbacks that monitor them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from modelspec.analysis.arguments import complete, keras_class
from modelspec.diagnostics import Findings, Span, did_you_mean, join_words
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, snake_case
from modelspec.spec.training import Checkpoint, TrainingSpec, large_is_good, small_is_good

from .kinds import LARGER_IS_BETTER, NO_DIRECTION
from .outputs import OutputObjective, TrainedOutput

VALIDATION_PREFIX = "val_"


class Monitor(NamedTuple):
    """A callback, or the spec's `checkpoint`, that monitors a logged value.

    Attributes:
        name: of the callback, or "checkpoint".
        value: the name of the logged value.
        mode: "auto", "min" or "max".
        span: where `monitor` is written, or the callback that has it by default.
        mode_span: the same for `mode`.
        callback: the callback; None for `checkpoint`.
    """

    name: str
    value: str
    mode: str
    span: Span
    mode_span: Span
    callback: KerasObject | None

    @property
    def needs_value(self) -> bool:
        """Whether anything depends on the value: some callbacks save whatever it is."""
        if self.callback is None:
            return True
        return complete(self.callback).get("save_best_only", True) is not False


class LoggedValue(NamedTuple):
    """One value of the training split; with `val_` before its name, of the validation split.

    Attributes:
        name: as logged.
        metric: Keras's class of the metric; "" for one of an extension, None for a loss.
    """

    name: str
    metric: str | None

    @property
    def larger_is_better(self) -> bool | None:
        """Which way is better; None where Keras does not tell."""
        if self.metric is None:
            return False
        if not self.metric or self.metric in NO_DIRECTION:
            return None
        return self.metric in LARGER_IS_BETTER


def logged_values(
    outputs: Sequence[OutputObjective], losses: Iterable[str] = ()
) -> dict[str, LoggedValue]:
    """All values that are logged of the training split, by name.

    Args:
        outputs: those with a loss.
        losses: the names of the losses of the graph.
    """
    found = [LoggedValue("loss", None)]
    if len(outputs) > 1:
        found += [LoggedValue(f"{output.name}_loss", None) for output in outputs]
    for output in outputs:
        prefix = f"{output.name}_" if output.among > 1 else ""
        for metric in output.metrics:
            found.append(LoggedValue(prefix + metric_name(metric), keras_class(metric)))
    taken = {value.name for value in found}
    for output in outputs:
        prefix = f"{output.name}_" if output.among > 1 else ""
        for metric in output.weighted_metrics:
            name = metric_name(metric)
            name = f"weighted_{name}" if prefix + name in taken else name
            found.append(LoggedValue(prefix + name, keras_class(metric)))
    found += [LoggedValue(name, None) for name in losses]
    return {value.name: value for value in found}


def describe_unlogged(name: str, known: Sequence[str]) -> tuple[str, str]:
    """The message for a name that nothing logs, and a hint with the names that are logged."""
    message = f"nothing logs `{name}`{did_you_mean(name, known)}"
    return message, f"there is {join_words(known, most=12)}"


def metric_name(metric: KerasObject) -> str:
    """The name under which a metric is logged: as written, or its class in snake case."""
    if metric.as_text:
        return metric.class_name
    written = metric.args.get("name")
    if written is not None:
        return str(written)
    return snake_case(metric.class_name)


def monitors_in(training: TrainingSpec) -> Iterator[Monitor]:
    """All callbacks that monitor a logged value, in the order written, then `checkpoint`."""
    for callback in training.callbacks:
        args = complete(callback)
        value, mode = args.get("monitor"), args.get("mode", "auto")
        if isinstance(value, str):
            span = callback.arg_spans.get("monitor", callback.span)
            mode_span = callback.arg_spans.get("mode", span)
            yield Monitor(callback.class_name, value, str(mode), span, mode_span, callback)
    given = training.checkpoint
    if given is not None and given.monitor is not None:
        span = given.monitor_span
        yield Monitor("checkpoint", given.monitor, given.mode or "auto", span, span, None)


def check_monitors(spec: Spec, outputs: tuple[TrainedOutput, ...], findings: Findings) -> None:
    """Find callbacks that Keras stops at, because it cannot tell which way is better.

    Keras looks for the metric by the name that the metric itself has, so with several outputs it
    finds none but the loss; among losses of the graph it does not look.
    """
    if spec.training is None:
        return
    losses, trainer = spec.training.losses, spec.training.trainer
    if trainer is not None:
        _check_used_epoch_of_trainer(spec.training.checkpoint, findings)
        _check_monitors_of_trainer(spec.training, outputs, findings)
    if len(outputs) == 0 and not losses:
        return
    known = logged_values(outputs, losses)
    for monitor in monitors_in(spec.training):
        value = known.get(monitor.value.removeprefix(VALIDATION_PREFIX))
        if monitor.mode != "auto" or value is None:
            continue
        if monitor.callback is None:
            _check_used_epoch(spec.training.checkpoint, value, findings)
            continue
        if value.name == "loss" or value.metric == "":
            continue
        if (
            value.name not in losses
            and outputs[0].among == 1
            and value.larger_is_better is not None
        ):
            continue
        _report_unknown_direction(monitor, value.larger_is_better, findings)


MODES = {True: "`mode: max`", False: "`mode: min`", None: "`mode: min` or `mode: max`"}
"""Whether larger is better to what to write."""


NEEDS_DIRECTION = ("EarlyStopping", "ModelCheckpoint")
"""Callbacks that end a training where Keras does not know the metric that they monitor."""


def _check_monitors_of_trainer(
    training: TrainingSpec, outputs: tuple[TrainedOutput, ...], findings: Findings
) -> None:
    """Find callbacks that monitor what only the steps of a trainer may log: Keras knows which way
    is better of `loss` and `metrics` alone."""
    known = logged_values(outputs)
    if any(value.metric == "" for value in known.values()):  # of any name
        return
    for monitor in monitors_in(training):
        if monitor.name not in NEEDS_DIRECTION or not monitor.needs_value:
            continue
        if monitor.mode == "auto" and monitor.value.removeprefix(VALIDATION_PREFIX) not in known:
            _report_unknown_direction(monitor, None, findings)


def _report_unknown_direction(monitor: Monitor, better: bool | None, findings: Findings) -> None:
    message = (
        f"Keras cannot tell whether `{monitor.value}` should be large or small:"
        f" {monitor.name} ends the training with an error after one epoch"
    )
    hint = f"add {MODES[better]}"
    findings.error(monitor.span, "monitor-without-mode", message, hint=hint)


def _check_used_epoch_of_trainer(checkpoint: Checkpoint | None, findings: Findings) -> None:
    """The same for a value that only the steps of a trainer may log."""
    if checkpoint is not None and checkpoint.mode is None and checkpoint.monitor is not None:
        _check_used_epoch(checkpoint, LoggedValue(checkpoint.monitor, ""), findings)


def _check_used_epoch(
    checkpoint: Checkpoint | None, value: LoggedValue, findings: Findings
) -> None:
    """An error where `use: best` would take the worst epoch, or may: the mode goes by the name."""
    if checkpoint is None or not checkpoint.use_best or checkpoint.monitor is None:
        return
    name, better = checkpoint.monitor, value.larger_is_better
    by_name = large_is_good(name)  # what is taken where `mode` is left out
    if better == by_name or (better is None and (by_name or small_is_good(name))):
        return
    message = (
        f"the name of `{name}` does not tell whether the best epoch has a large or a small one"
    )
    hint = f"add {MODES[better]} to `checkpoint`"
    findings.error(checkpoint.monitor_span, "monitor-without-mode", message, hint=hint)

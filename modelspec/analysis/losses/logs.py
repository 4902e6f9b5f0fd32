"""The values that Keras logs while it trains, and the callbacks that watch them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from modelspec.analysis.arguments import complete
from modelspec.diagnostics import Findings, Span, did_you_mean, join_words
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, snake_case
from modelspec.spec.training import TrainingSpec

from .kinds import LARGE_IS_GOOD, NO_DIRECTION
from .outputs import TrainedOutput, class_of

VAL = "val_"


class Watcher(NamedTuple):
    """Something that watches a logged value: a callback, or the spec's `checkpoint`.

    Attributes:
        name: what messages call it.
        monitor: the value's name.
        mode: "auto", "min" or "max".
        span: where the monitor is written, or the watcher that has it by default.
        mode_span: the same for `mode`.
        callback: the callback; None for `checkpoint`.
    """

    name: str
    monitor: str
    mode: str
    span: Span
    mode_span: Span
    callback: KerasObject | None

    @property
    def acts(self) -> bool:
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
    def large_is_good(self) -> bool | None:
        """Whether more is better; None where Keras does not tell."""
        if self.metric is None:
            return False
        if not self.metric or self.metric in NO_DIRECTION:
            return None
        return self.metric in LARGE_IS_GOOD


class MeasuredValue(Protocol):
    """An output with its metrics."""

    @property
    def name(self) -> str:
        """As the spec calls it."""

    @property
    def metrics(self) -> tuple[KerasObject, ...]:
        """What is measured beside the loss."""


def logged(outputs: Sequence[MeasuredValue]) -> dict[str, LoggedValue]:
    """Name to value, for all that is logged of the training split, in Keras's order."""
    found = [LoggedValue("loss", None)]
    several = len(outputs) > 1
    if several:
        found += [LoggedValue(f"{output.name}_loss", None) for output in outputs]
    for output in outputs:
        prefix = f"{output.name}_" if several else ""
        for metric in output.metrics:
            found.append(LoggedValue(prefix + metric_name(metric), class_of(metric)))
    return {value.name: value for value in found}


def not_logged(name: str, known: Sequence[str]) -> tuple[str, str]:
    """What is said of a name that nothing logs, and the names that there are as a hint."""
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


def watchers(training: TrainingSpec) -> Iterator[Watcher]:
    """All that watches a logged value, in the order written."""
    for callback in training.callbacks:
        args = complete(callback)
        monitor, mode = args.get("monitor"), args.get("mode", "auto")
        if isinstance(monitor, str):
            span = callback.arg_spans.get("monitor", callback.span)
            mode_span = callback.arg_spans.get("mode", span)
            yield Watcher(callback.class_name, monitor, str(mode), span, mode_span, callback)
    given = training.checkpoint
    if given is not None and given.monitor is not None:
        span = given.monitor_span
        yield Watcher("checkpoint", given.monitor, given.mode or "auto", span, span, None)


def check_watchers(spec: Spec, outputs: tuple[TrainedOutput, ...], findings: Findings) -> None:
    """Find callbacks that Keras stops at, because it cannot tell whether more is better.

    It looks for the metric by the name that the metric itself has, so with several outputs it
    knows none but the loss.
    """
    if spec.training is None or len(outputs) == 0:
        return
    known = logged(outputs)
    for watcher in watchers(spec.training):
        value = known.get(watcher.monitor.removeprefix(VAL))
        if watcher.callback is None or watcher.mode != "auto" or value is None:
            continue
        if value.name == "loss" or value.metric == "":
            continue
        if len(outputs) == 1 and value.large_is_good is not None:
            continue
        message = (
            f"Keras cannot tell whether `{watcher.monitor}` should be large or small:"
            f" {watcher.name} ends the training with an error after one epoch"
        )
        modes = {True: "`mode: max`", False: "`mode: min`", None: "`mode: min` or `mode: max`"}
        hint = f"add {modes[value.large_is_good]}"
        findings.error(watcher.span, "monitor-without-mode", message, hint=hint)

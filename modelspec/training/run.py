"""The result of a training, and the expectations that it misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Finding, ModelspecError, Span
from modelspec.spec import Expect, expectation_message

if TYPE_CHECKING:
    from modelspec.evaluation import Slice


@dataclass(frozen=True, slots=True)
class MissedSlice:
    """The rows in which a metric is not what the spec expects of each value of a column.

    Attributes:
        column: its name.
        found: the slice with its only measure; None where none was measured.
        reason: why none was, as the end of a sentence; else "".
    """

    column: str
    found: Slice | None = None
    reason: str = ""

    @property
    def where(self) -> str:
        """Of which rows the value is, for a message, with a space before."""
        if self.found is None:
            return f" for each `{self.column}`"
        if self.found.is_gap:
            return f" where `{self.column}` is empty"
        word = "is in" if self.found.is_range else "is"
        return f" where `{self.column}` {word} {self.found.value}"

    @property
    def actual(self) -> str:
        """What the value is, as the end of a sentence."""
        if self.found is None:
            return f"and it was not measured: {self.reason}"
        interval = next(iter(self.found.measures.values()))
        ends = "" if interval.low is None else f" [{interval.low:.4g}, {interval.high:.4g}]"
        rows = f"{self.found.n:,} row{'s' * (self.found.n != 1)}"
        return f"got {interval.value:.6g}{ends} in {rows}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        if self.found is None:
            return {"column": self.column, "reason": self.reason}
        interval = next(iter(self.found.measures.values()))
        ends = {"n": self.found.n, "low": interval.low, "high": interval.high}
        value = None if self.found.is_gap else self.found.value
        return {"column": self.column, "value": value, **ends}


@dataclass(frozen=True, slots=True)
class MissedExpectation:
    """A metric that is not what the spec expects; `value` is None if it was not measured.

    `slice` are the rows that it is of; None for all. With `of_threshold` a threshold was to be
    chosen that meets it, and `value` is the most that one reaches beside the other bounds, None
    where none meets these.
    """

    name: str
    value: float | None
    bounds: str
    span: Span
    slice: MissedSlice | None = None
    of_threshold: bool = False

    def __str__(self) -> str:
        """In the form of a finding: `file:line:column: error: ... [expectation-missed]`."""
        location = f"{self.span.file}:{self.span.line}:{self.span.column}"
        actual = "it was not measured" if self.value is None else f"got {self.value:.6g}"
        where = ""
        if self.slice is not None:
            actual, where = self.slice.actual, self.slice.where
        if self.of_threshold:
            most = "and none meets all bounds together"
            if self.value is not None:
                most = f"and {self.value:.4g} is the most that one reaches"
            actual = f"{most} on the validation split, so that 0.5 stays"
        message = expectation_message(self.name, self.bounds, actual, where)
        return f"{location}: error: {message} [expectation-missed]"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        found = {"name": self.name, "value": self.value, "expected": self.bounds}
        return found if self.slice is None else {**found, "slice": self.slice.to_dict()}


class MissedError(ModelspecError):
    """The run is complete, but it misses expectations of `expect`; they are in `misses`."""

    exit_code = 4

    def __init__(self, misses: Sequence[MissedExpectation]) -> None:
        self.misses = list(misses)
        super().__init__("\n".join(str(miss) for miss in misses))


def missed_expectations(
    expect: Expect | None, measured: Mapping[str, float], prefix: str = ""
) -> list[MissedExpectation]:
    """The expectations that are not met.

    Args:
        expect: the section, or None.
        measured: values by name, such as `test_accuracy`.
        prefix: consider only expectations whose names begin with it.
    """
    missed = []
    for bounds in () if expect is None else expect.metrics:
        value = measured.get(bounds.name)
        if bounds.name.startswith(prefix) and (value is None or not bounds.contains(value)):
            missed.append(MissedExpectation(bounds.name, value, str(bounds), bounds.span))
    return missed


@dataclass(frozen=True, slots=True)
class UsedEpoch:
    """The best epoch, counted from 1, which the trained model is of; with what it was best in."""

    epoch: int
    monitor: str
    value: float

    def __str__(self) -> str:
        """Such as `best epoch 3 (val_loss 0.2)`."""
        return f"best epoch {self.epoch} ({self.monitor} {self.value:.4g})"

    def to_dict(self) -> dict[str, int | str | float]:
        """As metrics.json has it."""
        return {"epoch": self.epoch, "monitor": self.monitor, "value": self.value}


@dataclass(frozen=True, slots=True)
class Run:
    """The result of a training.

    Attributes:
        path: the run folder.
        model: the trained Keras model, as the last callback left it; with `checkpoint: {use: best}`
            that of the best epoch.
        history: name to a value for each epoch, as Keras logs them.
        metrics: the training values of the last epoch, or of the best one if the model is of it,
            by their names, and those of the trained model on the other splits as `val_...` and
            `test_...`.
        missed: the expectations that are not met.
        findings: warnings.
        paused_after: how many epochs were done when the training paused, as it was told; None if
            it has ended. A paused run has no metrics of the test split and no saved model, and
            `model` is that of its last epoch; None where `--workers N` trained it.
        is_chief: False in a process of several that train together, of which another one, the
            chief, has written the run folder.
    """

    path: Path
    model: Any
    history: Mapping[str, list[float]]
    metrics: Mapping[str, float]
    missed: tuple[MissedExpectation, ...] = ()
    findings: tuple[Finding, ...] = ()
    paused_after: int | None = None
    is_chief: bool = True

    def _repr_html_(self) -> str:
        """For notebooks: the metrics, and the curves of the loss."""
        from modelspec.markup import curves, table, view

        state = "" if self.paused_after is None else f" (paused after epoch {self.paused_after})"
        rows = [(name, f"{value:.6g}") for name, value in self.metrics.items()]
        losses = {name: self.history[name] for name in ("loss", "val_loss") if name in self.history}
        missed = [("missed", str(one)) for one in self.missed]
        return view(f"{self.path}{state}", table((), [*rows, *missed]), curves("loss", losses))

    def raise_if_missed(self) -> None:
        """Raise MissedError if an expectation is not met."""
        if self.missed:
            raise MissedError(self.missed)

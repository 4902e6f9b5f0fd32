"""How far the outputs of an export, and its metrics, are from those of the Keras model."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelspec.analysis.losses import logged_values, objectives_of
from modelspec.data.examples import Examples
from modelspec.diagnostics import ModelspecError
from modelspec.exporting.formats import Array, Arrays
from modelspec.runs import OutputKind
from modelspec.spec.training import large_is_good
from modelspec.training import TrainedRun
from modelspec.training.evaluate import PREFIXES, EvaluationOptions, evaluate_run
from modelspec.training.predict import threshold_of

from .samples import Samples

MIN_VARIATION = 1e-3
"""Outputs that vary by less between examples, relative to the largest, prove little: an export
that misreads its inputs could have them too."""

MAX_DECREASE, MAX_INCREASE = 0.01, 0.05
"""By how much a metric may fall where higher is better, and the fraction by which it may grow where
lower is better. With fewer than a hundred examples, it may fall by one example."""


@dataclass(frozen=True, slots=True)
class OutputDifference:
    """One output.

    Attributes:
        output: its name.
        absolute: the largest absolute difference; infinite where the shapes differ, where one
            side is not a number, or where a text differs.
        relative: the same as a fraction of the largest absolute value of the output.
        decisions: for classifiers the fraction of examples with the same class, else None.
        note: what else differs, or "".
    """

    output: str
    absolute: float
    relative: float
    decisions: float | None = None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As plain data; None for a number that is not finite."""
        found = dataclasses.asdict(self)
        for key in ("absolute", "relative"):
            found[key] = found[key] if np.isfinite(found[key]) else None
        return {key: value for key, value in found.items() if value != ""}


def compare(
    expected: Arrays, outputs: Arrays, meanings: Mapping[str, Mapping[str, Any]]
) -> list[OutputDifference]:
    """Compare each output of an export with the Keras model's.

    Args:
        expected: output name to array [n, ...] of the Keras model.
        outputs: the same of the export.
        meanings: output name to what `modelspec.training.prepare.output_meaning` says.
    """
    found = []
    for name, values in expected.items():
        if name not in outputs:
            note = f"output missing; the export has {', '.join(outputs) or 'none'}"
            found.append(OutputDifference(name, np.inf, np.inf, None, note))
        else:
            found.append(_compare(name, values, outputs[name], meanings.get(name, {})))
    return found


def _compare(
    name: str, expected: Array, output: Array, meaning: Mapping[str, Any]
) -> OutputDifference:
    if expected.shape != output.shape:
        note = f"shape {list(output.shape)} instead of {list(expected.shape)}"
        return OutputDifference(name, np.inf, np.inf, None, note)
    if expected.dtype.kind in "OSU":
        equal = bool((expected.astype(str) == output.astype(str)).all())
        return OutputDifference(name, 0.0 if equal else np.inf, 0.0 if equal else np.inf)
    left, right = expected.astype(np.float64), output.astype(np.float64)
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    with np.errstate(invalid="ignore"):
        difference = np.where(same, 0.0, np.abs(left - right))
    difference = np.where(np.isnan(difference), np.inf, difference)
    absolute = float(difference.max(initial=0.0))
    scale = float(np.abs(left[np.isfinite(left)]).max(initial=0.0))
    relative = absolute / scale if scale else (0.0 if absolute == 0 else np.inf)
    note = "" if np.isfinite(left).all() else "the Keras model itself outputs NaN or infinity"
    if (
        not note
        and len(left) > 1
        and np.abs(left - left[0]).max(initial=0.0) < (MIN_VARIATION * scale)
    ):
        note = (
            f"the outputs of all examples are equal within {MIN_VARIATION:.1%}: this proves little"
        )
    return OutputDifference(name, absolute, relative, _same_decisions(left, right, meaning), note)


def _same_decisions(left: Array, right: Array, meaning: Mapping[str, Any]) -> float | None:
    kind = meaning.get("kind")
    if kind in (OutputKind.CLASSES, OutputKind.TOKENS) and left.ndim > 1:
        return float((left.argmax(axis=-1) == right.argmax(axis=-1)).mean())
    if kind in (OutputKind.BINARY, OutputKind.LABELS):
        share = threshold_of(meaning, None)
        threshold = np.float64(share)
        if meaning.get("from_logits"):
            with np.errstate(divide="ignore"):
                threshold = np.log(share) - np.log1p(-share)
        return float(((left > threshold) == (right > threshold)).mean())
    return None


@dataclass(frozen=True, slots=True)
class MetricDifference:
    """One metric of the spec.

    Attributes:
        name: as in metrics.json, without the split.
        model: the value of the Keras model.
        export: the value of the export.
        examples: on how many it was computed.
    """

    name: str
    model: float
    export: float
    examples: int

    @property
    def accepted(self) -> bool:
        """Whether the export is not much worse."""
        if large_is_good(self.name):
            return self.model - self.export <= max(MAX_DECREASE, 1 / self.examples) + 1e-6
        return self.export - self.model <= MAX_INCREASE * abs(self.model)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {**dataclasses.asdict(self), "accepted": self.accepted}


def _names_of_losses(run: TrainedRun) -> frozenset[str]:
    """What is logged of losses. A metric may have a name that ends alike: `hamming_loss`."""
    training = run.spec.training
    assert training is not None
    objectives = objectives_of(training, tuple(run.graph.output_names))
    logged = logged_values(tuple(objectives.values()), training.losses)
    return frozenset(name for name, value in logged.items() if value.metric is None)


def compare_metrics(
    run: TrainedRun, samples: Samples, expected: Arrays, outputs: Arrays
) -> tuple[MetricDifference, ...]:
    """The metrics of two sets of outputs for the same examples of a run.

    Losses are left out: they grow with confidence, which changes no decision.

    Args:
        run: the run; its spec has the metrics.
        samples: the examples, the first of one of its splits.
        expected: output name to array [n, ...] of the Keras model.
        outputs: the same of the export.

    Returns:
        Nothing where the spec has no metrics, or where the data changed since the training.
    """
    wanted = EvaluationOptions(split=samples.origin, max_examples=len(samples))
    losses = _names_of_losses(run)

    def metrics_of(outputs: Arrays) -> dict[str, float]:
        def respond(_: Examples) -> dict[str, Array]:
            return dict(outputs)

        found = evaluate_run(dataclasses.replace(run, runtime=respond), wanted).metrics
        prefix = PREFIXES[samples.origin]
        named = {name.removeprefix(prefix): value for name, value in found.items()}
        return {name: value for name, value in named.items() if name not in losses}

    try:
        first, second = metrics_of(expected), metrics_of(outputs)
    except ModelspecError:  # the data changed since the training, say
        return ()
    return tuple(
        MetricDifference(name, value, second[name], len(samples)) for name, value in first.items()
    )

"""The thresholds that a spec asks for, chosen at the end of a training and recorded in its run."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, NamedTuple

from modelspec.analysis.losses import by_output
from modelspec.diagnostics import Findings
from modelspec.evaluation import ChosenThreshold, choose_threshold
from modelspec.spec.training import ThresholdGoal
from modelspec.training.predict import DEFAULT_THRESHOLD
from modelspec.training.prepare import PreparedTraining
from modelspec.training.run import MissedExpectation

from .final_predictions import FinalPredictions

SPLIT = "validation"


class Thresholds(NamedTuple):
    """The thresholds of a training.

    Attributes:
        by_output: output name to its threshold, which was chosen or is written in the spec.
        meanings: output name to its `output_meaning`, with the threshold.
        said: what is said of each that was chosen: a line for people, and plain data.
        missed: the bounds that no threshold meets.
    """

    by_output: Mapping[str, float]
    meanings: Mapping[str, Mapping[str, Any]]
    said: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    missed: tuple[MissedExpectation, ...] = ()


def choose_thresholds(
    prepared: PreparedTraining, predictions: FinalPredictions, findings: Findings
) -> Thresholds:
    """Choose the thresholds, and record them in the run's data.json.

    An output of which no threshold meets the goal decides at 0.5, and the bound is missed as one
    under `expect` is.

    Args:
        prepared: the training, with its trained model.
        predictions: of that model; they have the thresholds from then on.
        findings: takes a warning for each output whose rows are all of one class.

    Raises:
        CannotRunError: the record cannot be written.
    """
    given, names = prepared.training.threshold, prepared.saved_structure.output_names
    found: dict[str, float] = {}
    said: list[tuple[str, Mapping[str, Any]]] = []
    missed: list[MissedExpectation] = []
    for name, goal in by_output(given, names).items():
        if goal.value is not None:
            found[name] = goal.value
            continue
        split = predictions.of(SPLIT)
        output = None if split is None else split.outputs.get(name)
        if split is None or output is None:
            why = "there is no validation split" if split is None else split.left_out[name]
            _warn(name, goal, f"`{name}` {why}", findings)
            continue
        chosen = choose_threshold(output, goal)
        if chosen.threshold is not None:
            found[name] = chosen.threshold
            said.append(_said(chosen, goal))
        elif not chosen.unmet:
            why = "all rows of the validation split are of one class"
            if not chosen.is_one_sided:
                why = f"no row has a probability above 0, so that there is no {goal.maximized}"
            _warn(name, goal, why, findings)
        missed += _missed(chosen, goal, len(names))
    predictions.decide(found)
    return Thresholds(found, predictions.record.outputs, tuple(said), tuple(missed))


def _said(chosen: ChosenThreshold, goal: ThresholdGoal) -> tuple[str, Mapping[str, Any]]:
    what = "cost" if goal.costs is not None else str(goal).removeprefix("max ").split(" ")[0]
    value = f"{what} {chosen.value:.4g} on the validation split"
    line = f"threshold of {chosen.output}: {chosen.threshold:g} ({value})"
    facts = {"output": chosen.output, "threshold": chosen.threshold, "goal": str(goal)}
    return line, {**facts, "value": chosen.value}


def _warn(name: str, goal: ThresholdGoal, why: str, findings: Findings) -> None:
    message = f"no threshold was chosen for `{name}`, which decides at {DEFAULT_THRESHOLD:g}: {why}"
    hint = "give `validation` a larger fraction, or write a number such as `threshold: 0.3`"
    findings.warning(goal.span, "threshold-not-chosen", message, hint=hint)


def _missed(chosen: ChosenThreshold, goal: ThresholdGoal, among: int) -> list[MissedExpectation]:
    """The bounds of a goal that no threshold meets."""
    prefix = f"threshold.{chosen.output}" if among > 1 else "threshold"
    return [
        MissedExpectation(
            f"{prefix}.{name}",
            most if isfinite(most) else None,
            f"at least {goal.least[name]:g} at some threshold",
            goal.spans[name],
            of_threshold=True,
        )
        for name, most in chosen.unmet.items()
    ]

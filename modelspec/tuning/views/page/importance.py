"""How much each setting has decided: PED-ANOVA, as Optuna computes it."""

from __future__ import annotations

from typing import Any

from ...record import Direction, Objective, Proposal, RecordedDimension, StudyRecord

FEWEST = 10
"""Trials below which nothing can be said."""

GOOD_PART = 0.2
"""The part of the trials that counts as good."""


class NoImportanceError(Exception):
    """It cannot be computed; the text says why."""


def importance_of(record: StudyRecord, objective: Objective) -> dict[str, float]:
    """Each dimension's part of the whole, the largest first; they add up to 1.

    Raises:
        NoImportanceError: Optuna is missing, or there are too few whole trials.
    """
    trials = [one for one in record.complete if objective.name in one.objectives]
    if len(trials) < FEWEST:
        reason = f"needs {FEWEST} trials that were trained to their end"
        raise NoImportanceError(f"{reason}, and there are {len(trials)}")
    try:
        import optuna
        from optuna.exceptions import ExperimentalWarning
        from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
    except ImportError:
        reason = "needs Optuna, which was not installed where this page was made"
        raise NoImportanceError(reason) from None
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        verbosity = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        try:
            study = optuna.create_study()
            study.add_trials([_trial(record, one, objective) for one in trials])
            evaluator = PedAnovaImportanceEvaluator(target_quantile=GOOD_PART)
            found = get_param_importances(study, evaluator=evaluator)
        except (ValueError, RuntimeError) as error:
            raise NoImportanceError(f"cannot be computed: {error}") from error
        finally:
            optuna.logging.set_verbosity(verbosity)
    return {name: float(value) for name, value in found.items()}


def _trial(record: StudyRecord, one: Proposal, objective: Objective) -> Any:
    from optuna.trial import create_trial

    dimensions = [dimension for dimension in record.dimensions if dimension.name in one.values]
    value = one.objectives[objective.name]
    return create_trial(
        params={d.name: one.values[d.name] for d in dimensions},
        distributions={d.name: _distribution(d) for d in dimensions},
        value=-value if objective.direction is Direction.MAX else value,  # small is good
    )


def _distribution(dimension: RecordedDimension) -> Any:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if dimension.low is None or dimension.high is None:
        return CategoricalDistribution(dimension.labels)
    if dimension.kind == "int":
        return IntDistribution(int(dimension.low), int(dimension.high), log=dimension.log)
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log)

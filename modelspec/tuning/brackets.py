"""Which trial trains next, and to which epoch: decided by what is in the storage alone.

With `halving` all trials are trained to the first rung; the best of them, one in `factor`, go on
to the next one, and so to the last epoch. A trial goes on from where it was paused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .record import Objective, ProposalState
from .trials import StudyTrial


@dataclass(frozen=True, slots=True)
class Rungs:
    """The epochs at which trials are compared.

    Attributes:
        epochs: rising; the last are those of a whole training.
        factor: of how many trials one goes on.
    """

    epochs: tuple[int, ...]
    factor: int = 1

    @classmethod
    def of(cls, epochs: int, first: int | None = None, factor: int = 1) -> Rungs:
        """Those of a training, with halving from `first` epochs on.

        Raises:
            ValueError: the factor is not above 1, or there are no epochs after the first ones.
        """
        if first is None:
            return cls((epochs,))
        if factor < 2 or first < 1:
            raise ValueError("halving needs a factor of 2 or more, and an epoch to start from")
        rungs = []
        while first < epochs:
            rungs.append(first)
            first *= factor
        return cls((*rungs, epochs), factor)


@dataclass(frozen=True, slots=True)
class Job:
    """A trial to be trained to an epoch."""

    number: int
    until: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with the trials so far.

    Attributes:
        jobs: in the order in which they are to begin.
        ended: the numbers of paused trials that do not go on.
        is_over: nothing is left to do, and nothing will be.
    """

    jobs: tuple[Job, ...]
    ended: tuple[int, ...]
    is_over: bool


def decide(
    trials: Sequence[StudyTrial], rungs: Rungs, objective: Objective, *, is_full: bool
) -> Decision:
    """Which trials go on.

    Args:
        trials: the counted ones, by number.
        rungs: the epochs to train to.
        objective: what is compared.
        is_full: no more of them will come.
    """
    members, ended = list(trials), list[int]()
    for level, epochs in enumerate(rungs.epochs):
        jobs = tuple(Job(one.number, epochs) for one in members if one.outcome_at(epochs) is None)
        if jobs or not is_full:
            return Decision(jobs, tuple(ended), is_over=False)
        if level == len(rungs.epochs) - 1:
            break
        best = _best(members, epochs, objective, max(1, len(members) // rungs.factor))
        ended += [one.number for one in members if one not in best and one.result is None]
        members = best
    return Decision((), tuple(ended), is_over=True)


def _best(
    members: Sequence[StudyTrial], epochs: int, objective: Objective, count: int
) -> list[StudyTrial]:
    """The best trials at an epoch, by number; the earlier one of equals. Failed ones are none."""
    values = {}
    for one in members:
        outcome = one.outcome_at(epochs)
        if outcome is not None and outcome.state is not ProposalState.FAILED:
            values[one.number] = outcome.objectives[objective.name]
    sign = 1 if objective.is_better(0.0, 1.0) else -1
    chosen = set(sorted(values, key=lambda number: (sign * values[number], number))[:count])
    return [one for one in members if one.number in chosen]

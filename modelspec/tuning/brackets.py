"""Which trial trains next, and to which epoch: decided by what is in the storage alone.

With `halving` all trials are trained to the first rung; the best of them, one in `factor`, go on
to the next one, and so to the last epoch. A trial goes on from where it was paused.

With `hyperband` (Li et al. 2018, section 3) this is done in several brackets: the first one begins
at the first rung, the next one at the second rung with fewer trials, the last one at the last
epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .record import Objective, ProposalState
from .trials import StudyTrial


@dataclass(frozen=True, slots=True)
class Rungs:
    """The epochs at which trials are compared.

    Attributes:
        epochs: rising; the last are those of a whole training.
        factor: of how many trials one goes on.
        brackets: how many there are; each begins a rung after the one before.
    """

    epochs: tuple[int, ...]
    factor: int = 1
    brackets: int = 1

    @classmethod
    def of(
        cls, epochs: int, first: int | None = None, factor: int = 1, *, has_brackets: bool = False
    ) -> Rungs:
        """Those of a training, with halving from `first` epochs on, in one bracket or in all.

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
        return cls((*rungs, epochs), factor, len(rungs) + 1 if has_brackets else 1)

    def sizes(self, trials: int) -> tuple[int, ...]:
        """How many trials each bracket begins with: as in table 1 of Li et al., whose sum is
        divided as well as whole numbers can be, and each has one."""
        last = self.brackets - 1
        shares = [
            -(-(last + 1) * self.factor**level // (level + 1)) for level in range(last, -1, -1)
        ]
        left = trials - self.brackets
        exact = [left * (share - 1) / max(1, sum(shares) - self.brackets) for share in shares]
        sizes = [1 + int(one) for one in exact]
        by_rest = sorted(range(len(exact)), key=lambda n: (int(exact[n]) - exact[n], n))
        for number in by_rest[: trials - sum(sizes)]:
            sizes[number] += 1
        return tuple(sizes)

    def bracket_of(self, index: int, trials: int) -> int:
        """The bracket of a counted trial, which come one bracket after the other.

        Args:
            index: of the trial among the counted ones.
            trials: how many are asked for.
        """
        end = 0
        for bracket, size in enumerate(self.sizes(trials)):
            end += size
            if index < end:
                return bracket
        return self.brackets - 1


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
    decisions = [
        _halve(
            [one for one in trials if (one.point.bracket or 0) == bracket],
            replace(rungs, epochs=rungs.epochs[bracket:]),
            objective,
            is_full=is_full,
        )
        for bracket in range(rungs.brackets)
    ]
    return Decision(
        tuple(job for one in decisions for job in one.jobs),
        tuple(number for one in decisions for number in one.ended),
        all(one.is_over for one in decisions),
    )


def _halve(
    trials: Sequence[StudyTrial], rungs: Rungs, objective: Objective, *, is_full: bool
) -> Decision:
    """Which trials of a bracket go on; the arguments are those of `decide`."""
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

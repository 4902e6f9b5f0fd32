"""The trials of a study in order of their worth."""

from __future__ import annotations

from ..record import Direction, Proposal, ProposalState, StudyRecord


def best_trials(record: StudyRecord) -> list[Proposal]:
    """The trials with values, the best first: those of the front, then by the first objective.

    Trials that were trained longer come before others, whose values are those of fewer epochs.
    """
    objective = record.objectives[0]
    sign = 1 if objective.direction is Direction.MIN else -1
    front = {one.number for one in record.front} if len(record.objectives) > 1 else set()
    valued = [one for one in record.counted if objective.name in one.objectives]
    done = [one for one in valued if one.state is not ProposalState.RUNNING]
    return sorted(
        done,
        key=lambda one: (
            one.number not in front,
            one.state is not ProposalState.COMPLETE,
            -one.epochs * (one.state is ProposalState.PAUSED),
            sign * one.objectives[objective.name],
            one.number,
        ),
    )

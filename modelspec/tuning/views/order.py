"""The trials of a study in order of their worth."""

from __future__ import annotations

from ..record import Direction, Objective, Proposal, ProposalState, StudyRecord


def best_trials(record: StudyRecord, objective: Objective | None = None) -> list[Proposal]:
    """The trials with values, the best first.

    Trials that were trained longer come before others, whose values are those of fewer epochs.

    Args:
        record: of the study.
        objective: that decides; by default the first one, after whether a trial is on the front.
    """
    front = set[int]()
    if objective is None and len(record.objectives) > 1:
        front = {one.number for one in record.front}
    decides = objective or record.objectives[0]
    sign = 1 if decides.direction is Direction.MIN else -1
    valued = [one for one in record.counted if decides.name in one.objectives]
    done = [one for one in valued if one.state is not ProposalState.RUNNING]
    return sorted(
        done,
        key=lambda one: (
            one.number not in front,
            one.state is not ProposalState.COMPLETE,
            -one.epochs * (one.state is ProposalState.PAUSED),
            sign * one.objectives[decides.name],
            one.number,
        ),
    )

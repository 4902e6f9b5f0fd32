"""What a study found, in a few lines at its end."""

from __future__ import annotations

from collections import Counter

from ..record import Proposal, ProposalState, StudyRecord
from .wording import counts_text, group_refused, objective_values, settings_text, short_names

REASONS = 8
"""So many reasons are listed; study.html has them all."""

FRONT = 10
"""So many trials of a front are listed."""


def summary_text(record: StudyRecord) -> str:
    """The lines that a study ends with; each list is cut where it gets long."""
    lines = [counts_text(record) + (f": {record.ended}" if record.ended else "")]
    lines += _refused(record) + _failed(record)
    front = record.front if len(record.objectives) > 1 else ()
    if front:
        count = f"{len(front)} trial{'s' * (len(front) != 1)}"
        lines.append(f"front: {count} of which none is better in everything")
        lines += [f"  {_line(record, one)}" for one in front[:FRONT]]
        lines += _more(len(front) - FRONT)
    elif record.best is not None:
        lines.append(f"best {_line(record, record.best)}")
    elif not any(one.state is ProposalState.RUNNING for one in record.proposals):
        lines.append("no trial has a value")
    return "\n".join(lines)


def _line(record: StudyRecord, trial: Proposal) -> str:
    names = short_names(one.name for one in record.dimensions)
    values = objective_values(record, trial)
    return f"{values} (trial {trial.number}): {settings_text(trial.values, names)}"


def _refused(record: StudyRecord) -> list[str]:
    groups = group_refused(record.proposals)
    return [f"  refused: {group.text}" for group in groups[:REASONS]] + _more(len(groups) - REASONS)


def _failed(record: StudyRecord) -> list[str]:
    failed = [one for one in record.counted if one.state is ProposalState.FAILED]
    reasons = Counter(one.reason for one in failed).most_common()
    lines = [f"  failed: {count} {reason}" for reason, count in reasons[:REASONS]]
    return lines + _more(len(reasons) - REASONS)


def _more(count: int) -> list[str]:
    return [f"  and {count} more, in study.html"] if count > 0 else []

"""What happened in a study between one record of it and the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ..record import Proposal, ProposalState, StudyRecord, StudyStatus
from .wording import (
    counts_text,
    group_refused,
    objective_values,
    seconds_text,
    settings_text,
    short_names,
)

Running = Mapping[int, Mapping[str, Any]]
"""For each trial that is in training the newest event of its training, as JSON has it."""


class StudyEventKind(StrEnum):
    """What can happen in a study; `event` in the JSON."""

    GOES_ON = "resume"
    REFUSED = "refused"
    BEGIN = "begin"
    EPOCH = "epoch"
    PAUSE = "pause"
    COMPLETE = "complete"
    FAILED = "failed"
    END = "end"


@dataclass(frozen=True, slots=True)
class StudyEvent:
    """Something that happened: as a line for people ("" where there is none), and as plain data."""

    kind: StudyEventKind
    line: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class StudyEvents:
    """What happened between one record of a study and the next."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[ProposalState, int]] = {}
        self._epochs: dict[int, int] = {}
        self._names: dict[str, str] = {}
        self._has_begun = False
        self._refused: list[Proposal] = []

    def since(self, record: StudyRecord, running: Running) -> Iterator[StudyEvent]:
        """The events in their order; refused points come together, before what follows them.

        Args:
            record: the newest one.
            running: the trials in training.
        """
        if not self._has_begun:
            yield from self._begin(record)
        for one in record.proposals:
            state = (one.state, one.epochs)
            before, self._seen[one.number] = self._seen.get(one.number), state
            if before == state or one.state is ProposalState.DUPLICATE:
                continue
            if one.state is ProposalState.REFUSED:
                self._refused.append(one)
                continue
            yield from self._take_refused(record)
            yield self._event(record, one, before)
        for number, news in running.items():
            yield from self._epoch(number, news)
        if record.status is not StudyStatus.RUNNING:
            yield from self._take_refused(record)
            yield StudyEvent(StudyEventKind.END, "", _end(record))

    def _begin(self, record: StudyRecord) -> Iterator[StudyEvent]:
        self._has_begun = True
        self._names = short_names(one.name for one in record.dimensions)
        done = [one for one in record.proposals if one.state is not ProposalState.RUNNING]
        if any(one.state.is_counted for one in done):
            self._seen = {one.number: (one.state, one.epochs) for one in done}
            facts = {"trials": len(record.counted), "asked": record.trials}
            yield StudyEvent(StudyEventKind.GOES_ON, f"goes on: {counts_text(record)}", facts)

    def _take_refused(self, record: StudyRecord) -> Iterator[StudyEvent]:
        """The refused points since the last event."""
        refused, self._refused = self._refused, []
        if not refused:
            return
        groups = group_refused(refused)
        all_of_them = sum(one.state is ProposalState.REFUSED for one in record.proposals)
        count = f"{len(refused)} point{'s' * (len(refused) != 1)}"
        so_far = "" if all_of_them == len(refused) else f" ({all_of_them:,} so far)"
        reasons = "; ".join(group.text for group in groups[:3])
        if len(groups) == 1:
            reasons = groups[0].reason
        more = f"; {len(groups) - 3} more reasons" if len(groups) > 3 else ""
        facts = {"points": [_facts(one) for one in refused]}
        line = f"refused {count}{so_far}: {reasons}{more}"
        yield StudyEvent(StudyEventKind.REFUSED, line, facts)

    def _event(
        self, record: StudyRecord, one: Proposal, before: tuple[ProposalState, int] | None
    ) -> StudyEvent:
        name, took = f"trial {one.number}", seconds_text(one.seconds)
        values = objective_values(record, one)
        match one.state:
            case ProposalState.RUNNING:
                what = settings_text(one.values, self._names)
                goes_on = before is not None or one.epochs
                line = f"{name} goes on after epoch {one.epochs}" if goes_on else f"{name}: {what}"
                return StudyEvent(StudyEventKind.BEGIN, line, _facts(one))
            case ProposalState.PAUSED:
                line = f"{name} paused after epoch {one.epochs}: {values}, {took}"
                return StudyEvent(StudyEventKind.PAUSE, line, _facts(one))
            case ProposalState.FAILED:
                line = f"{name} failed: {one.reason}"
                return StudyEvent(StudyEventKind.FAILED, line, _facts(one))
        best = record.best
        if len(record.objectives) == 1 and best is not None:
            is_best = best.number == one.number
            mark = "  best so far" if is_best else f"  (best {objective_values(record, best)})"
        else:
            mark = "  on the front" if one in record.front else ""
        plural = "s" * (one.epochs != 1)
        line = f"{name} done: {values} after {one.epochs} epoch{plural}, {took}{mark}"
        return StudyEvent(StudyEventKind.COMPLETE, line, _facts(one))

    def _epoch(self, number: int, news: Mapping[str, Any]) -> Iterator[StudyEvent]:
        """The last epoch of a training; only the JSON has it."""
        epoch = news.get("epoch")
        if news.get("event") == "epoch" and self._epochs.get(number) != epoch:
            self._epochs[number] = news["epoch"]
            facts = {k: news[k] for k in ("epoch", "epochs", "seconds", "logs") if k in news}
            yield StudyEvent(StudyEventKind.EPOCH, "", {"trial": number, **facts})


def _facts(one: Proposal) -> dict[str, Any]:
    facts: dict[str, Any] = {"trial": one.number, "values": dict(one.values)}
    if one.state is ProposalState.REFUSED:
        return facts | {"kind": one.kind, "finding": dict(one.finding)}
    facts |= {"run": one.run, "epochs": one.epochs}
    if one.reason:
        facts["reason"] = one.reason
    if one.state is not ProposalState.RUNNING:
        facts |= {"objectives": dict(one.objectives), "seconds": one.seconds}
    return facts


def _end(record: StudyRecord) -> dict[str, Any]:
    best = record.best
    return {
        "status": str(record.status),
        "ended": record.ended,
        "trials": len(record.counted),
        "refused": sum(one.state is ProposalState.REFUSED for one in record.proposals),
        "best": None if best is None else _facts(best),
    }

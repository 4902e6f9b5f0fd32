"""Values, settings and refused points of a study in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..record import Proposal, ProposalState, StudyRecord

LONGEST = 110
"""Characters of a message in a list of reasons."""


def number_text(value: Any) -> str:
    """A number in a few digits, with all those that a whole number has; other values as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    is_whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e15)
    return f"{value:,.0f}" if is_whole and abs(value) >= 1000 else f"{value:.4g}"


def objective_values(record: StudyRecord, trial: Proposal) -> str:
    """`val_accuracy 0.9833, params 1,234`; those that the trial has."""
    found = trial.objectives
    pairs = [(one.name, found[one.name]) for one in record.objectives if one.name in found]
    return ", ".join(f"{name} {number_text(value)}" for name, value in pairs)


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Each dimension's name to the last parts of it that no other one ends with."""
    names = list(names)
    short = {}
    for name in names:
        parts = name.split(".")
        tails = (".".join(parts[-count:]) for count in range(1, len(parts) + 1))
        short[name] = next(
            tail
            for tail in tails
            if tail == name or not any(_ends(other, tail) for other in names if other != name)
        )
    return short


def _ends(name: str, tail: str) -> bool:
    return name == tail or name.endswith(f".{tail}")


def settings_text(values: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """`width=64 learning_rate=0.0031`: the active dimensions under their short names."""
    return " ".join(f"{names.get(n, n)}={number_text(value)}" for n, value in values.items())


@dataclass(frozen=True, slots=True)
class RefusedGroup:
    """Refused points that one line of the spec refuses, for one reason.

    Attributes:
        count: how many.
        kind: "invalid" or "budget".
        code: of their findings.
        file: that the findings name.
        line: in it.
        message: of the first one; those of others may have other numbers.
        values: of the first one.
    """

    count: int
    kind: str
    code: str
    file: str
    line: int
    message: str
    values: Mapping[str, Any]

    @property
    def text(self) -> str:
        """`19 kernel larger than its input, line 12`."""
        return f"{self.count:,} {self.reason}"

    @property
    def reason(self) -> str:
        """The same without the count."""
        message = self.message
        if len(message) > LONGEST:
            message = f"{message[: LONGEST - 1]}…"
        where = f", line {self.line}" if self.line else ""
        return f"{message}{where}"


def group_refused(proposals: Iterable[Proposal]) -> list[RefusedGroup]:
    """The refused points by code and line, the most frequent first."""
    counts: Counter[tuple[str, str, int]] = Counter()
    first: dict[tuple[str, str, int], Proposal] = {}
    for one in proposals:
        if one.state is not ProposalState.REFUSED:
            continue
        finding = one.finding
        key = (finding.get("code", ""), finding.get("file", ""), finding.get("line", 0))
        counts[key] += 1
        first.setdefault(key, one)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0][1:]))
    return [
        RefusedGroup(count, one.kind, *key, one.finding.get("message", ""), one.values)
        for key, count in ordered
        for one in [first[key]]
    ]


def counts_text(record: StudyRecord) -> str:
    """`12 of 60 trials, 31 points refused`."""
    counted = [one for one in record.counted if one.state is not ProposalState.RUNNING]
    done = f"{len(counted)} of {record.trials}" if len(counted) < record.trials else len(counted)
    words = [f"{done} trial{'s' * (record.trials != 1)}"]
    failed = sum(one.state is ProposalState.FAILED for one in counted)
    refused = sum(one.state is ProposalState.REFUSED for one in record.proposals)
    if failed:
        words.append(f"{failed} of them failed")
    if refused:
        words.append(f"{refused:,} point{'s' * (refused != 1)} refused")
    return ", ".join(words)


def seconds_text(seconds: float) -> str:
    """`12 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"

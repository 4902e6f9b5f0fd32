"""Refused points grouped by what refuses them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from modelspec.diagnostics import Span

from .points import Refusal, RefusalKind

LONGEST = 120
"""Characters of the message in a line of a group."""


@dataclass(frozen=True, slots=True)
class RefusalGroup:
    """The refusals of one code at one line.

    Attributes:
        count: how many points.
        code: of their findings.
        kind: whether they cannot be built, or miss a bound.
        span: where their findings stand.
        message: of the first of them; others may name other sizes.
        hint: of the first of them.
    """

    count: int
    code: str
    kind: RefusalKind
    span: Span
    message: str
    hint: str

    def text(self, total: int) -> str:
        """`31 of 60: "conv2d" (Conv2D): a window of … does not fit …, line 12`."""
        message = self.message
        if len(message) > LONGEST:
            message = f"{message[: LONGEST - 1]}…"
        return f"{self.count:,} of {total:,}: {message}, line {self.span.line}"


def group_refusals(refusals: Iterable[Refusal]) -> list[RefusalGroup]:
    """Refusals by code and line, the most frequent first; of equal ones the upper line first."""
    found: dict[tuple[str, str, int], list[Refusal]] = {}
    for refusal in refusals:
        finding = refusal.finding
        found.setdefault((finding.code, finding.span.file, finding.span.line), []).append(refusal)
    groups = [
        RefusalGroup(
            len(same),
            same[0].finding.code,
            same[0].kind,
            same[0].finding.span,
            same[0].finding.message,
            same[0].finding.hint,
        )
        for same in found.values()
    ]
    return sorted(groups, key=lambda group: (-group.count, group.span))

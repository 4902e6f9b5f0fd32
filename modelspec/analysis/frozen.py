"""Patterns under `freeze` that match no layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from modelspec.diagnostics import Span, did_you_mean
from modelspec.spec.training import TrainingSpec

FREEZE_HINT = "`modelspec summarize --expand` lists the names"


def unmatched_freeze_patterns(
    training: TrainingSpec, names: Iterable[str]
) -> Iterator[tuple[Span, str]]:
    """The location of each pattern that matches no name, and the message for it.

    Args:
        training: the section.
        names: of all layers, including those in nested models.
    """
    known = sorted(set(names))
    for pattern, span in zip(training.freeze, training.freeze_spans, strict=True):
        if not any(fnmatchcase(name, pattern) for name in known):
            yield span, f'no layer is called "{pattern}"{did_you_mean(pattern, known)}'

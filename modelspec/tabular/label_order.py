"""The order of labels that a spec does not list."""

from __future__ import annotations

from collections.abc import Sequence


def sort_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels sorted: by their numbers where all are whole numbers, else as text."""
    try:
        return tuple(sorted(labels, key=int))
    except ValueError:
        return tuple(sorted(labels))

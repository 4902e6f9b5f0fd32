"""Which way a logged value is better, told by its name."""

from __future__ import annotations

LARGE_IS_GOOD = ("acc", "auc", "precision", "recall", "f1", "fbeta", "iou", "r2", "correlation")
"""Parts of the names of metrics of which more is better."""


def large_is_good(name: str) -> bool:
    """Whether more of a logged value is better."""
    low = name.lower()
    return not low.endswith("loss") and any(part in low for part in LARGE_IS_GOOD)

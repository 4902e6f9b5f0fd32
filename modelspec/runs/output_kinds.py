"""What the numbers of an output mean, as a run records it."""

from __future__ import annotations

from enum import StrEnum


class OutputKind(StrEnum):
    """What the numbers of an output mean; `kind` in data.json."""

    CLASSES = "classes"
    """A number for each class."""
    BINARY = "binary"
    """One number: for the second of two classes."""
    LABELS = "labels"
    """A number for each label, of which any may apply."""
    NUMBERS = "numbers"
    """Numbers to be predicted."""
    TOKENS = "tokens"
    """A number for each token, at each step of a text."""

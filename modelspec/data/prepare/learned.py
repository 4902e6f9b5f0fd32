"""What is learned from the training split and kept with the run, so that new data is read alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LearnedState:
    """Labels, stand-ins for missing values, and the columns that an input took by itself.

    Attributes:
        labels: output name to its classes in the order of their numbers; outputs without
            classes are not in it.
        fills: column to the value that stands in for a missing one.
        rest: the columns of the one input that names none; empty otherwise.
    """

    labels: Mapping[str, tuple[str, ...]]
    fills: Mapping[str, Any]
    rest: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "labels": {name: list(labels) for name, labels in self.labels.items()},
            "fills": dict(self.fills),
            "rest": list(self.rest),
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> LearnedState:
        """The opposite of `to_dict`."""
        labels = {name: tuple(found) for name, found in data["labels"].items()}
        return LearnedState(labels, dict(data["fills"]), tuple(data["rest"]))

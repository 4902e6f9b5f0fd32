"""The typed form of the `tune` section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Span
from modelspec.value_classes import value_class

from .dimensions import Dimension

MAX, MIN = "max", "min"
"""Whether more of an objective is better, or less."""

PARAMS, FLOPS, MEMORY = "params", "flops", "memory"
"""Objectives that are known before a model is trained."""

STATIC = (PARAMS, FLOPS, MEMORY)

GRID, CMAES = "grid", "cmaes"
"""The sampler that takes each point once; the one that knows one objective."""

JOURNAL = "study.journal"


@value_class
class Goal:
    """What decides among trials.

    Attributes:
        name: of a value that the training logs; or PARAMS, FLOPS or MEMORY.
        direction: MAX or MIN.
        span: where it stands.
    """

    name: str
    direction: str
    span: Span

    @property
    def is_static(self) -> bool:
        """Whether it is known before a training."""
        return self.name in STATIC


@value_class
class Sampler:
    """Which sampler of Optuna's chooses points.

    Attributes:
        name: random, grid, tpe, gp, cmaes or nsga2.
        arguments: of Optuna's class.
        span: where it stands; the section where it does not.
    """

    name: str
    arguments: Mapping[str, Any]
    span: Span


@value_class
class Halving:
    """Successive halving.

    Attributes:
        first: the epochs that every trial gets.
        factor: of how many trials one goes on, and to how many times the epochs.
        span: where `from` stands.
        key: "halving", or "hyperband" with several brackets of it.
    """

    first: int
    factor: int
    span: Span
    key: str = "halving"

    @property
    def has_brackets(self) -> bool:
        """Whether trials begin with different numbers of epochs."""
        return self.key != "halving"


@value_class
class TuneSpec:
    """A search.

    Attributes:
        objectives: at least one; several are a Pareto front.
        trials: how many feasible points are trained.
        dimensions: in the order written; those inside items of choices are in the items.
        sampler: what chooses points.
        halving: None where each trial is trained to the end.
        storage: a file name in the folder of the study, or a URL of Optuna's storage.
        seed: of the sampler.
        places: where each key is written.
        span: of the section.
    """

    objectives: tuple[Goal, ...]
    trials: int
    dimensions: tuple[Dimension, ...]
    sampler: Sampler
    halving: Halving | None
    storage: str
    seed: int
    places: Mapping[str, Span]
    span: Span

    def place(self, key: str) -> Span:
        """Where a key is written; the section where it is not."""
        return self.places.get(key, self.span)

"""`tune`: what a search tries, and what decides."""

from .dimensions import Choice, Dimension, FloatRange, IntRange, Item, Scalar
from .parse import parse_tune
from .space import is_dimension
from .tune import (
    CMAES,
    FLOPS,
    GRID,
    JOURNAL,
    MAX,
    MEMORY,
    MIN,
    PARAMS,
    Goal,
    Halving,
    Sampler,
    TuneSpec,
)

__all__ = [
    "CMAES",
    "FLOPS",
    "GRID",
    "JOURNAL",
    "MAX",
    "MEMORY",
    "MIN",
    "PARAMS",
    "Choice",
    "Dimension",
    "FloatRange",
    "Goal",
    "Halving",
    "IntRange",
    "Item",
    "Sampler",
    "Scalar",
    "TuneSpec",
    "is_dimension",
    "parse_tune",
]

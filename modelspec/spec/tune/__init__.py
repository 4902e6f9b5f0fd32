"""`tune`: what a search tries, and what decides."""

from .dimensions import Choice, Dimension, FloatRange, IntRange, Item, Scalar
from .parse import parse_tune
from .space import is_dimension
from .storage import HIDDEN, hide_storage, is_url, password_of, scheme_of, without_password
from .tune import (
    CMAES,
    FLOPS,
    GRID,
    JOURNAL,
    MAX,
    MEMORY,
    MIN,
    PARAMS,
    STATIC,
    Goal,
    Halving,
    Sampler,
    TuneSpec,
)

__all__ = [
    "CMAES",
    "FLOPS",
    "GRID",
    "HIDDEN",
    "JOURNAL",
    "MAX",
    "MEMORY",
    "MIN",
    "PARAMS",
    "STATIC",
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
    "hide_storage",
    "is_dimension",
    "is_url",
    "parse_tune",
    "password_of",
    "scheme_of",
    "without_password",
]

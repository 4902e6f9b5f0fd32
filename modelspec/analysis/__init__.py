"""A graph and the rules of its layers: shapes, dtypes, weights, FLOPs and memory, and findings."""

from modelspec.layers.rule import Policy

from .arguments import named_policy
from .engine import analyze
from .facts import Analysis, CallFacts, LayerFacts
from .memory import Memory, memory_of_spec

__all__ = [
    "Analysis",
    "CallFacts",
    "LayerFacts",
    "Memory",
    "Policy",
    "analyze",
    "memory_of_spec",
    "named_policy",
]

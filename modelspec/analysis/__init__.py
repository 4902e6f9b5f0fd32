"""A graph and the rules of its layers: shapes, dtypes, weights, FLOPs and memory, and findings."""

from .arguments import complete, named_policy, policy_of
from .engine import analyze
from .expected_metrics import check_metric_names, splits_of
from .facts import Analysis, Known, LayerFacts, count, shape_text, tensors_of
from .frozen import FREEZE_HINT, unmatched
from .sections import check_sections

__all__ = [
    "FREEZE_HINT",
    "Analysis",
    "Known",
    "LayerFacts",
    "analyze",
    "check_metric_names",
    "check_sections",
    "complete",
    "count",
    "named_policy",
    "policy_of",
    "shape_text",
    "splits_of",
    "tensors_of",
    "unmatched",
]

"""What a search can try, and what of it can be built: without TensorFlow and without Optuna."""

from .check import check_search
from .groups import RefusalGroup, group_refusals
from .points import Cost, Point, Refusal, RefusalKind, SearchSpec, judge, read_search, search_of
from .space import Ask, Space, Values

__all__ = [
    "Ask",
    "Cost",
    "Point",
    "Refusal",
    "RefusalGroup",
    "RefusalKind",
    "SearchSpec",
    "Space",
    "Values",
    "check_search",
    "group_refusals",
    "judge",
    "read_search",
    "search_of",
]

"""What a search can try, and what of it can be built: without TensorFlow and without Optuna."""

from .points import Cost, Point, Refusal, RefusalKind, SearchSpec, judge, read_search, search_of
from .space import Ask, Space, Values

__all__ = [
    "Ask",
    "Cost",
    "Point",
    "Refusal",
    "RefusalKind",
    "SearchSpec",
    "Space",
    "Values",
    "judge",
    "read_search",
    "search_of",
]

"""What run folders hold, read without TensorFlow: which runs there are, and how they differ."""

from .compare import Comparison, compare
from .find import find_runs
from .record import Record, read_record
from .views import COMPARE_FORMATS, LIST_FORMATS

__all__ = [
    "COMPARE_FORMATS",
    "LIST_FORMATS",
    "Comparison",
    "Record",
    "compare",
    "find_runs",
    "read_record",
]

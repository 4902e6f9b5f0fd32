"""From the `data` section to examples in memory, and from these to `tf.data`."""

from .adapt import adapt
from .assemble import Reading
from .examples import Examples
from .fresh import read_fresh, reading_again
from .learned import Learned
from .load import Data, load_data
from .needs import Plan
from .pipeline import batches
from .structure import Structure, functional_of, structure_of

__all__ = [
    "Data",
    "Examples",
    "Learned",
    "Plan",
    "Reading",
    "Structure",
    "adapt",
    "batches",
    "functional_of",
    "load_data",
    "read_fresh",
    "reading_again",
    "structure_of",
]

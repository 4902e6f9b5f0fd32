"""From the `data` section to examples in memory, and from these to `tf.data`."""

from .adapt import adapt
from .assemble import Reading
from .examples import Examples
from .fingerprint import fingerprint
from .fresh import read_fresh, reading_again
from .lazy import Lazy
from .learned import Learned
from .load import Data, load_data
from .needs import Plan
from .pipeline import Batches, Feed, Position
from .structure import Structure, functional_of, structure_of

__all__ = [
    "Batches",
    "Data",
    "Examples",
    "Feed",
    "Lazy",
    "Learned",
    "Plan",
    "Position",
    "Reading",
    "Structure",
    "adapt",
    "fingerprint",
    "functional_of",
    "load_data",
    "read_fresh",
    "reading_again",
    "structure_of",
]

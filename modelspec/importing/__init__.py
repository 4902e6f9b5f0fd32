"""Keras models to specs: `.keras`, `.h5` and JSON files of Keras 2 and 3, and models in memory."""

from .config import import_config
from .files import Imported, WeightsSource, from_keras, import_file
from .weights import extract_weights

__all__ = [
    "Imported",
    "WeightsSource",
    "extract_weights",
    "from_keras",
    "import_config",
    "import_file",
]

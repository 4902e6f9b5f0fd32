"""Text to located YAML: plain data in which every key and value knows its place."""

from .emit import emit, scalar
from .find import STDIN, find_one, find_specs, has_key
from .ignores import hear
from .load import load, read
from .located import LocatedDict, LocatedList, OverrideName, locate, value_span
from .models import model_format
from .scalars import resolve

__all__ = [
    "STDIN",
    "LocatedDict",
    "LocatedList",
    "OverrideName",
    "emit",
    "find_one",
    "find_specs",
    "has_key",
    "hear",
    "load",
    "locate",
    "model_format",
    "read",
    "resolve",
    "scalar",
    "value_span",
]

"""Text to located YAML: plain data in which every key and value knows its place."""

from .find import STDIN, find_one, find_specs, has_key
from .ignores import find_ignores, hear
from .load import load, read
from .located import OVERRIDE, LocatedDict, LocatedList, locate, value_span
from .models import MODEL_SUFFIXES, model_format

__all__ = [
    "MODEL_SUFFIXES",
    "OVERRIDE",
    "STDIN",
    "LocatedDict",
    "LocatedList",
    "find_ignores",
    "find_one",
    "find_specs",
    "has_key",
    "hear",
    "load",
    "locate",
    "model_format",
    "read",
    "value_span",
]

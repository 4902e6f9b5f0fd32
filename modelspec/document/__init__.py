"""Text to located YAML: plain data in which every key and value knows its place."""

from .emit import emit, format_scalar
from .find import STDIN, find_one, find_specs, is_spec_file
from .load import load, read
from .located import LocatedDict, LocatedList, OverrideName, locate, value_span
from .models import model_format
from .scalars import parse_scalar
from .suppressions import apply_suppressions

__all__ = [
    "STDIN",
    "LocatedDict",
    "LocatedList",
    "OverrideName",
    "apply_suppressions",
    "emit",
    "find_one",
    "find_specs",
    "format_scalar",
    "is_spec_file",
    "load",
    "locate",
    "model_format",
    "parse_scalar",
    "read",
    "value_span",
]

"""A checked document as a typed spec."""

from .changes import refuse_changes
from .expect import Bounds, Expect, MemoryBound, ShapeBound, must_be, plain
from .extends import extend
from .fill import expanded_text, filled
from .overrides import apply_overrides, parse_override
from .paths import rebase
from .sizes import size_text
from .spec import Spec, parse_spec

__all__ = [
    "Bounds",
    "Expect",
    "MemoryBound",
    "ShapeBound",
    "Spec",
    "apply_overrides",
    "expanded_text",
    "extend",
    "filled",
    "must_be",
    "parse_override",
    "parse_spec",
    "plain",
    "rebase",
    "refuse_changes",
    "size_text",
]

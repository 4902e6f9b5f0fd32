"""A checked document as a typed spec."""

from .changes import refuse_changes
from .expect import (
    Bounds,
    Expect,
    MemoryBound,
    ShapeBound,
    SliceBounds,
    expectation_message,
    format_number,
    size_text,
)
from .extends import extend, move_paths
from .fill import SEARCH, complete_arguments, expanded_text, fill_defaults
from .object_paths import SpecPath
from .overrides import apply_overrides, parse_override
from .project_root import confine_to, refuse_link_outside, refuse_paths_outside, refuse_remote
from .spec import Spec, parse_spec
from .workers import divided_among, known_workers

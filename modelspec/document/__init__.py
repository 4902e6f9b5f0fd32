"""Text to located YAML: plain data in which every key and value knows its place."""

from .bases import heirs_of
from .emit import emit, format_flow, format_scalar
from .find import find_one, find_specs, is_spec_file
from .ignored import REPOSITORY_MARK, GitIgnore, IgnorePatterns, IsIgnored
from .load import STDIN, STDIN_NAME, load, read, read_stdin
from .located import (
    LocatedDict,
    LocatedList,
    OverrideName,
    copy_located,
    locate,
    part_span,
    value_span,
)
from .models import model_format
from .suppressions import apply_suppressions
from .yaml_loader import parse_scalar

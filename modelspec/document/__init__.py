"""Text to located YAML: plain data in which every key and value knows its place."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .emit import emit, format_flow, format_scalar
from .find import REPOSITORY_MARK, find_one, find_specs, is_spec_file
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

if TYPE_CHECKING:
    from .bases import heirs_of
    from .ignored import GitIgnore, IgnorePatterns, IsIgnored
else:
    __getattr__ = lazy_names(
        __name__, {"bases": "heirs_of", "ignored": "GitIgnore IgnorePatterns IsIgnored"}
    )

"""Text to a compiled spec: the stages in order. `stages.py` is the first file to read."""

from .compiled_spec import CompiledSpec, SpecParts
from .stages import (
    ImportExtensions,
    Source,
    analyze_spec,
    check_as_written,
    compile_expanded,
    compile_file,
    compile_parts,
    compile_text,
    compile_written_out,
    expand_document,
    load_document,
    policy_of_spec,
)

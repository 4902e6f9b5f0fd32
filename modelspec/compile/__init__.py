"""Text to a compiled spec: the stages in order. `stages.py` is the first file to read."""

from .stages import (
    CompiledSpec,
    ImportExtensions,
    Source,
    SpecParts,
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

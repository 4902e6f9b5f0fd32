"""Text to a compiled spec: the stages in order. `stages.py` is the first file to read."""

from .stages import CompiledSpec, Source, compile_file, compile_text

__all__ = [
    "CompiledSpec",
    "Source",
    "compile_file",
    "compile_text",
]

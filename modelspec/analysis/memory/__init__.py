"""Bytes: of weights, and of what training and inference add."""

from .memory import Memory, memory_of_spec

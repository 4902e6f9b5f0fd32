"""A first spec, from a data file and what its columns hold."""

from .draft import Draft, draft

__all__ = ["Draft", "draft"]

"""Preprocessing layers: of numbers and categories, of audio, and lookups."""

from .features import RULES

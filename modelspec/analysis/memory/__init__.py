"""Bytes: of weights, and of what training and inference add."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .memory import Memory

if TYPE_CHECKING:
    from .phases import (
        PhaseNeeds,
        largest_needs,
        needs_of_phases,
        state_needs,
        trained_analysis,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {"phases": "PhaseNeeds largest_needs needs_of_phases state_needs trained_analysis"},
    )

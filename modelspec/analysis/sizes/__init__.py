"""Sizes that the inputs of a model leave open: which are legal, and what follows from them.

Few models have such; their modules are imported for these only.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .batches import (
        WORKS_FOR,
        bound_to_size,
        check_batches,
        check_fixed_batches,
        check_last_batch,
        fixed_batch_size,
    )
    from .check import check_open_sizes
    from .facts import SizeFacts, find_sizes
    from .given import analyze_given
    from .patterns import Pattern
    from .trials import OpenAxis, Place, open_places
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "batches": "WORKS_FOR bound_to_size check_batches check_fixed_batches check_last_batch"
            " fixed_batch_size",
            "check": "check_open_sizes",
            "facts": "SizeFacts find_sizes",
            "given": "analyze_given",
            "patterns": "Pattern",
            "trials": "OpenAxis Place open_places",
        },
    )

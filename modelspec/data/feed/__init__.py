"""Examples to `tf.data`: order, batches, structure, and layers that adapt to data."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .adaptation import adapt, check_learned_size
    from .adapted_state import LayerState, can_be_taught, learned_by, teach
    from .batches import Batches, Feed, Position, padded_rows
    from .share import Share
    from .structure import Structure, structure_of
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "adaptation": "adapt check_learned_size",
            "adapted_state": "LayerState can_be_taught learned_by teach",
            "batches": "Batches Feed Position padded_rows",
            "share": "Share",
            "structure": "Structure structure_of",
        },
    )

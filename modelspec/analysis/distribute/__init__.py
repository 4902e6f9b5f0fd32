"""A training whose batches several workers divide: what can be divided, and what a step costs.

Few trainings are; the modules are imported for these only.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .checks import SUMS_OVER_ROWS, batch_size_span, check_distribution, check_last_batches
    from .cost import (
        LINKS,
        Exchange,
        Link,
        WorkerNeeds,
        exchange_of,
        least_compute,
        needs_of_worker,
        ring_bytes,
        step_seconds,
    )
    from .shares import largest_share, share_bounds, share_sizes
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "cost": "LINKS Exchange Link WorkerNeeds exchange_of least_compute needs_of_worker"
            " ring_bytes step_seconds",
            "checks": "SUMS_OVER_ROWS batch_size_span check_distribution check_last_batches",
            "shares": "largest_share share_bounds share_sizes",
        },
    )

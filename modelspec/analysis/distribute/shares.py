"""How a batch is divided over workers: by rows, in order, into shares as equal as can be."""

from __future__ import annotations

from typing import Any


def share_bounds(examples: Any, worker: Any, workers: int) -> tuple[Any, Any]:
    """The first row of a worker's share of a batch, and the one after the last.

    Args:
        examples: in the batch: a number, or a scalar int64 in a graph.
        worker: its number, from 0; the same.
        workers: at least 1.
    """
    return worker * examples // workers, (worker + 1) * examples // workers


def share_sizes(examples: int, workers: int) -> tuple[int, ...]:
    """The examples of each worker, of a batch.

    They differ by one at most.

    Args:
        examples: in the batch.
        workers: at least 1.
    """
    bounds = (share_bounds(examples, worker, workers) for worker in range(workers))
    return tuple(end - begin for begin, end in bounds)


def largest_share(examples: int, workers: int) -> int:
    """The most examples of a batch that one worker has."""
    return -(-examples // workers)

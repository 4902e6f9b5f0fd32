"""How a batch is divided over workers: by rows, in order, into shares as equal as can be."""

from __future__ import annotations

from itertools import pairwise


def share_sizes(examples: int, workers: int) -> tuple[int, ...]:
    """The examples of each worker, of a batch.

    Worker `r` takes the rows from `r * examples // workers` up to those of the next one, so that
    shares differ by one at most.

    Args:
        examples: in the batch.
        workers: at least 1.
    """
    bounds = [worker * examples // workers for worker in range(workers + 1)]
    return tuple(end - begin for begin, end in pairwise(bounds))


def largest_share(examples: int, workers: int) -> int:
    """The most examples of a batch that one worker has."""
    return -(-examples // workers)

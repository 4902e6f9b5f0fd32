"""How long a piece of work takes by itself, whatever the process has done before."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Iterator


class Taken:
    """The seconds that this thread's processor needed, once the block has ended."""

    seconds = 0.0


@contextlib.contextmanager
def own_seconds() -> Iterator[Taken]:
    """Measure a block: without other threads, and without collecting what was there before it.

    A process that has run TensorFlow's tests has a million objects, which each full collection
    goes through.
    """
    taken = Taken()
    gc.freeze()
    start = time.thread_time()
    try:
        yield taken
    finally:
        taken.seconds = time.thread_time() - start
        gc.unfreeze()

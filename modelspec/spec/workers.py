"""How many workers divide each batch of a training, where whoever reads the spec knows it.

No key of a spec says it: the same spec is trained by two workers, and resumed by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_WORKERS: ContextVar[int | None] = ContextVar("workers", default=None)


@contextmanager
def divided_among(workers: int | None) -> Iterator[None]:
    """Where specs are read for so many workers; None leaves what is known."""
    token = _WORKERS.set(workers if workers is not None else _WORKERS.get())
    try:
        yield
    finally:
        _WORKERS.reset(token)


def known_workers() -> int | None:
    """How many workers a spec is read for; None where nobody said."""
    return _WORKERS.get()

"""Paths among the arguments of Keras objects: relative to the folder of the spec, as all are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_FOLDER: ContextVar[Path | None] = ContextVar("folder", default=None)


class SpecPath(str):
    """A path as it is written in a spec; `path` is where it leads.

    Attributes:
        path: from the folder of the spec. None in a spec that was recorded in a run or in an
            exported model, whose files may lie elsewhere by now.
    """

    __slots__ = ("path",)
    path: Path | None

    @classmethod
    def of(cls, written: str) -> SpecPath:
        """A path in the spec that is being read."""
        made = cls(written)
        folder = _FOLDER.get()
        made.path = None if folder is None else folder / written
        return made

    @property
    def resolved(self) -> str:
        """The path for Keras. An address such as gs://bucket/file is left as it is."""
        return str(self) if "://" in self or self.path is None else str(self.path)


@contextmanager
def paths_lead_from(folder: Path | None) -> Iterator[None]:
    """While a spec is read: its paths lead from this folder."""
    token = _FOLDER.set(folder)
    try:
        yield
    finally:
        _FOLDER.reset(token)

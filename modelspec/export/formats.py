"""The table of formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.graph import Graph
from modelspec.spec import Spec

from .keras_json import write_json
from .python_source import write_python


class Format(NamedTuple):
    """One format, written from a Keras model or from a spec: exactly one of the two is set.

    Attributes:
        suffix: the ending of its files.
        write: writes a Keras model to a path that has this ending.
        write_spec: writes a spec and its graph, without TensorFlow and without weights.
    """

    suffix: str
    write: Callable[[Any, Path], None] | None = None
    write_spec: Callable[[Spec, Graph, Path], None] | None = None


def write_keras(model: Any, path: Path) -> None:
    """Keras's own archive of configuration and weights."""
    model.save(path)


FORMATS = {
    "keras": Format(".keras", write_keras),
    "json": Format(".json", write_json),
    "python": Format(".py", write_spec=write_python),
}

"""A Python module with `build_model()`, without weights, that imports only Keras."""

from __future__ import annotations

from pathlib import Path

from modelspec.graph import Graph
from modelspec.spec import Spec

from .format import ExportFormat


def write_python(spec: Spec, graph: Graph, path: Path) -> None:
    """Write the module; raises as `python_source` does."""
    from modelspec.exporting.python import python_source

    path.write_text(python_source(spec, graph), encoding="utf-8", newline="\n")


FORMAT = ExportFormat(name="python", suffix=".py", write_spec=write_python)

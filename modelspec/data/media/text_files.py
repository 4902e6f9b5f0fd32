"""Text files as a column of text."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from modelspec.data.table import Column
from modelspec.diagnostics import Findings
from modelspec.spec.data import Source

from .file_errors import BROKEN, FileProblem, check_files

SUFFIXES = (".txt",)
"""Endings of the files that are read as text."""


def text_column(
    paths: Sequence[str], names: Sequence[str], source: Source, findings: Findings
) -> Column | None:
    """The texts of some files; None with findings. An empty path is a missing value.

    Args:
        paths: the files.
        names: what messages call them.
        source: says the encoding, and where findings point.
        findings: takes files that are not text in it.
    """
    encoding = str(source.options["encoding"])
    known = codecs.lookup(encoding).name
    texts: dict[Path, str] = {}

    def look(path: Path) -> FileProblem | None:
        try:
            texts[path] = path.read_text("utf-8-sig" if known == "utf-8" else known)
        except UnicodeError:
            return FileProblem(BROKEN, f"cannot be read as {encoding}", "write their `encoding`")
        return None

    there = [(Path(path), name) for path, name in zip(paths, names, strict=True) if path]
    if not check_files([p for p, _ in there], [n for _, n in there], source, look, findings):
        return None
    values = np.empty(len(paths), dtype=object)
    values[:] = [texts[Path(path)] if path else "" for path in paths]
    return Column(values, np.asarray([not path for path in paths], dtype=np.bool_))

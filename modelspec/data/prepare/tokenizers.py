"""Tokenizers learn from the texts of the training split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from modelspec.data.table import ChunkedTable, Column, FeaturePlan, RowNumbers, Table, as_text
from modelspec.data.tokens import Tokenizer, check_token_files, learn_tokenizer
from modelspec.diagnostics import Findings

from .learned_state import fill_missing


class TrainingTexts(NamedTuple):
    """The texts of the training split.

    Attributes:
        table: of the training split.
        rows: the training rows, sorted.
        fills: column to the value that replaces a missing one.
    """

    table: Table
    rows: RowNumbers
    fills: Mapping[str, Any]

    def read(self, names: Sequence[str]) -> Iterator[Sequence[str]]:
        """The texts of some columns, in parts.

        Raises:
            BrokenDataError: a file is damaged.
        """
        for name in names:
            for column in self._parts(name):
                filled = fill_missing(column, self.fills.get(name))
                yield as_text(filled).ravel().tolist()

    def _parts(self, name: str) -> Iterator[Column]:
        if name in self.table.columns or not isinstance(self.table, ChunkedTable):
            yield self.table.columns[name].take(self.rows)
            return
        for chunk in self.table.read([name]):
            first, last = np.searchsorted(self.rows, [chunk.start, chunk.start + chunk.rows])
            yield chunk.columns[name].take(self.rows[first:last] - chunk.start)


def learn_tokenizers(
    plan: FeaturePlan, texts: TrainingTexts, folder: Path, findings: Findings
) -> dict[str, Tokenizer]:
    """The tokenizers that inputs and targets use, by name; those with a finding are left out.

    Args:
        plan: the inputs and targets.
        texts: of the training split.
        folder: what paths are relative to.
        findings: takes files and packages that are missing, and columns without a token.

    Raises:
        BrokenDataError: a file is damaged.
    """
    columns = columns_by_tokenizer(plan)
    specs = [plan.tokens[name] for name in columns if name in plan.tokens]
    if not check_token_files(specs, folder, findings):
        return {}
    found = {}
    for spec in specs:
        names = columns[spec.name]
        made = learn_tokenizer(spec, partial(texts.read, names), folder, findings)
        if made is not None:
            found[spec.name] = made
    return found


def columns_by_tokenizer(plan: FeaturePlan) -> dict[str, list[str]]:
    """Tokenizer to the columns whose text it divides, each once."""
    found: dict[str, dict[str, None]] = {}
    fed = [columns for _, columns in plan.inputs if columns is not None]
    for columns in (*fed, *plan.targets):
        if columns.tokens is not None:
            found.setdefault(columns.tokens, {}).update(dict.fromkeys(columns.columns))
    return {name: list(columns) for name, columns in found.items()}

"""The data of a run for its report, read as the training read it, without TensorFlow."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import compile_expanded
from modelspec.diagnostics import Findings, ModelspecError
from modelspec.runs import RunFile, spec_location
from modelspec.spec.data import SYNTHETIC, TFDS, TFRECORD, sources_of

if TYPE_CHECKING:
    from modelspec.data import SplitColumns
    from modelspec.graph import Graph
    from modelspec.run_report import ProfiledColumn, RunContent
    from modelspec.spec import Spec

MOST_ROWS = 2_000_000
"""Rows of all splits together whose columns are profiled."""

MADE = "The source is `synthetic`: the values are random."
BY_TENSORFLOW = "The records of the source are read by TensorFlow alone, which a report does not start for them."  # noqa: E501
BY_CODE = "A function makes the rows, and a report does not run the code of a spec."
UNREAD = "The data could not be read"


def read_run_data(content: RunContent) -> tuple[RunContent, SplitColumns | None]:
    """The content with the number of examples of each split and a profile of each column, and the
    columns; with the reason where they cannot be read."""
    try:
        found, reason = _read(content)
    except ModuleNotFoundError as error:
        found, reason = None, f"{UNREAD}, as `{error.name}` is not installed."
    except (ModelspecError, OSError, ValueError, KeyError, TypeError) as error:
        found, reason = None, _unread(str(error), content)
    if found is None:
        return replace(content, reasons={**content.reasons, "columns": reason}), None
    return replace(content, counts=found.counts, columns=_profiles(found)), found


def _read(content: RunContent) -> tuple[SplitColumns | None, str]:
    if content.members:
        return (
            None,
            "The splits are those of each fold or seed; the report of one of them has them.",
        )
    if not content.data.get("learned"):
        return None, f"{RunFile.DATA} does not say how the data was read."
    spec, graph = _compiled(content)
    if spec is None or graph is None or spec.data is None:
        return None, f"{RunFile.EXPANDED_SPEC} cannot be read."
    kinds = {source.kind for source in sources_of(spec.data).values()}
    if SYNTHETIC in kinds:
        return None, MADE
    if kinds & {TFDS, TFRECORD}:
        return None, BY_TENSORFLOW
    if any(not source.traits.has_files for source in sources_of(spec.data).values()):
        return None, BY_CODE
    folder = folder_of_spec(content)
    from modelspec.data import read_split_columns
    from modelspec.data.prepare import LearnedState

    learned = LearnedState.from_dict(content.data["learned"])
    findings = Findings()
    found = read_split_columns(spec.data, folder, graph, content.data["seed"], learned, findings)
    if found is None:
        first = next((one.message for one in findings.sorted()), "it is not where it was")
        return None, _unread(first, content)
    return found, ""


def _unread(why: str, content: RunContent) -> str:
    """That the data could not be read, as a sentence; a page that is sent to others says nothing of
    this machine's folders."""
    folder = str(folder_of_spec(content))
    said = why.replace(f" in {folder};", ";").replace(f"{folder}{os.sep}", "").removesuffix(".")
    return f"{UNREAD}: {said}{'' if said.endswith('?') else '.'}"


def folder_of_spec(content: RunContent) -> Path:
    """What the paths in the spec are relative to."""
    try:
        return spec_location(content.data, content.record.path).parent
    except (OSError, ValueError, KeyError, TypeError):  # data.json is damaged
        return content.record.path


def _compiled(content: RunContent) -> tuple[Spec | None, Graph | None]:
    path: Path = content.record.path / RunFile.EXPANDED_SPEC
    compiled = compile_expanded(content.spec_text, path.name, path, Findings())
    return (None, None) if compiled is None else compiled


def _profiles(found: SplitColumns) -> list[ProfiledColumn]:
    from modelspec.run_report import ColumnValues, profile_column

    made = []
    for name, uses in found.uses.items():
        texts = list(dict.fromkeys(use.text.replace("`", "") for use in uses))
        splits: dict[str, Any] = {}
        for split, columns in found.columns.items():
            column = columns.get(name)
            if column is not None and not column.holds_files:
                splits[split] = ColumnValues(column.values, column.missing)
        is_file = any(
            columns[name].media_source is not None
            for columns in found.columns.values()
            if name in columns
        )
        if splits and _is_told(splits):
            made.append(profile_column(name, ", ".join(texts), splits, is_file=is_file))
    return made


def _is_told(splits: Mapping[str, Any]) -> bool:
    return sum(len(one.missing) for one in splits.values()) <= MOST_ROWS

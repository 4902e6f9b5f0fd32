"""Training data as rows in memory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from modelspec.compile import Source
from modelspec.diagnostics import Findings, SpecError, UsageError
from modelspec.document import load, read
from modelspec.files import cannot_write, write_atomically
from modelspec.runs import choose_folder

SPLITS = ("train", "validation", "test")

DATA_SUFFIX = ".data"
"""Added to the name of a run folder: the folder beside it with the rows that it was given."""


def write_data(
    source: Source | Mapping[str, Any] | None,
    data: Any,
    output: Path | str | None,
    overrides: Mapping[str, Any] | None,
    *,
    force: bool,
) -> tuple[dict[str, Any], Path]:
    """Write rows in memory to parquet files beside the run, so that it can be trained again.

    Args:
        source: the spec, whose `data` names the columns.
        data: rows as `LoadedModel.predict` takes them, or a dict of such rows by split.
        output: the run folder; None for the first free one.
        overrides: of the spec.
        force: replace a run in the folder.

    Returns:
        The overrides with the files, and the run folder.

    Raises:
        UsageError: there is no spec, rows are of no kind that can be read, or the folder is taken.
        SpecError: the spec cannot be read.
        CannotRunError: the files cannot be written.
    """
    if source is None:
        raise UsageError("`data` is for a new training: give the spec, too")
    document = _document(source)
    name = (overrides or {}).get("name", document.get("name"))
    given = None if output is None else Path(output)
    run = choose_folder(given, str(name or "run"), force=force)
    start = Path() if isinstance(source, Mapping) else Path(source).parent
    folder = run.with_name(run.name + DATA_SUFFIX)
    from modelspec.data import rows_from, write_rows

    rows = {split: rows_from(part, ()) for split, part in _by_split(data).items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    changed = dict(overrides or {})
    for split, found in rows.items():
        file = folder / f"{split}.parquet"
        before = file.read_bytes() if file.is_file() else None
        write_atomically(file, partial(write_rows, found))
        if before not in (None, file.read_bytes()) and not force:
            file.write_bytes(before or b"")
            message = f"{file} has other rows, which a run may need"
            raise UsageError(f"{message}: choose another folder for the run, or give force=True")
        path = Path(os.path.relpath(file.resolve(), start.resolve())).as_posix()
        changed[f"data.{split}"] = _section(document, split, path)
    return changed, run


def _document(source: Source | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(source, Mapping):
        return source
    findings = Findings()
    text = read(Path(source), findings)
    found = None if text is None else load(text, str(source), findings)
    if findings.has_errors:
        raise SpecError(findings.sorted())
    return found if isinstance(found, dict) else {}


def _by_split(data: Any) -> Mapping[str, Any]:
    """Rows by split: a dict whose keys are the names of splits has those of each."""
    if isinstance(data, Mapping) and "train" in data and set(data) <= set(SPLITS):
        return data
    return {"train": data}


def _section(document: Mapping[str, Any], split: str, path: str) -> dict[str, Any]:
    """The source of a split; one of a series keeps its windows."""
    data = document.get("data")
    written = data.get(split) if isinstance(data, Mapping) else None
    series = written.get("timeseries") if isinstance(written, Mapping) else None
    if not isinstance(series, Mapping):
        return {"parquet": path}
    from modelspec.spec.data import TABLES

    kept = {key: value for key, value in series.items() if key not in TABLES}
    return {"timeseries": {"parquet": path, **kept}}

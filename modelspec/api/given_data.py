"""Training data as rows in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import load_document
from modelspec.diagnostics import Findings, SpecError, UsageError, join_words
from modelspec.document import read
from modelspec.files import write_atomically
from modelspec.runs import choose_folder, has_begun

from .building import GivenSpec
from .spec_dicts import DICT, text_of_dict

if TYPE_CHECKING:
    from modelspec.data.rows import GivenRows

SPLITS = ("train", "validation", "test")

DATA_SUFFIX = ".data"
"""Added to the name of a run folder: the folder beside it with the rows that it was given."""


@contextmanager
def keep_data(
    source: GivenSpec | None,
    data: Any,
    output: Path | str | None,
    overrides: Mapping[str, Any] | None,
    *,
    force: bool,
) -> Iterator[tuple[dict[str, Any], Path]]:
    """Write rows in memory to parquet files beside the run, so that it can be trained again.

    What is new of them is removed if the run does not begin within the context.

    Args:
        source: the spec, whose `data` names the columns.
        data: rows as `LoadedModel.predict` takes them, or a dict of such rows by split.
        output: the run folder; None for the first free one.
        overrides: of the spec.
        force: replace a run in the folder.

    Yields:
        The overrides with the files, and the run folder.

    Raises:
        UsageError: there is no spec, rows are of no kind that can be read, or the folder is taken.
        SpecError: the spec cannot be read.
        CannotRunError: the files cannot be written.
    """
    if source is None:
        raise UsageError("`data` is for a new training: give the spec, too")
    document = _document(source, overrides or {})
    given = None if output is None else Path(output)
    run = choose_folder(given, str(document.get("name", "run")), force=force)
    start = Path() if isinstance(source, Mapping) else Path(source).parent
    folder = run.with_name(run.name + DATA_SUFFIX)
    from modelspec.data import rows_from

    rows = {split: rows_from(part) for split, part in _by_split(data).items()}
    files = {split: folder / f"{split}.parquet" for split in rows}
    new = [file for file in files.values() if not file.exists()]
    changed = dict(overrides or {})
    try:
        for split, file in files.items():
            _write(file, rows[split], force=force)
            path = Path(os.path.relpath(file.resolve(), start.resolve())).as_posix()
            changed[f"data.{split}"] = _section(document, split, path)
        yield changed, run
    except BaseException:
        if not has_begun(run):
            with suppress(OSError):  # a folder with anything else stays
                for file in new:
                    file.unlink(missing_ok=True)
                folder.rmdir()
        raise


def _write(file: Path, rows: GivenRows, *, force: bool) -> None:
    """Write rows, but not over other ones."""
    from modelspec.data import write_rows

    def fill(draft: Path) -> None:
        write_rows(rows, draft)
        if not force and file.is_file() and file.read_bytes() != draft.read_bytes():
            message = f"{file} has other rows, which a run may need"
            raise UsageError(f"{message}: choose another folder for the run, or give force=True")

    write_atomically(file, fill)


def _document(source: GivenSpec, overrides: Mapping[str, Any]) -> Mapping[str, Any]:
    """The spec with what it extends."""
    findings = Findings()
    if isinstance(source, Mapping):
        text: str | None = text_of_dict(source)
    else:
        text = read(Path(source), findings)
    name = DICT if isinstance(source, Mapping) else str(source)
    found = None if text is None else load_document(text, name, overrides, findings)
    if found is None:
        raise SpecError(findings.sorted())
    return found


def _by_split(data: Any) -> Mapping[str, Any]:
    """Rows by split: a dict whose keys are the names of splits has those of each.

    Raises:
        UsageError: a split is called otherwise, or the rows are in a file.
    """
    if isinstance(data, (str, os.PathLike)):
        message = f"`data` is rows in memory, and {os.fspath(data)} is a path"
        raise UsageError(f"{message}: write it in the spec, under `data.train`")
    if not isinstance(data, Mapping):
        return {"train": data}
    has_rows = any(isinstance(part, Mapping) or hasattr(part, "columns") for part in data.values())
    other = [name for name in data if name not in SPLITS]
    if has_rows and other:
        raise UsageError(f"`data` has no split `{other[0]}`: it takes {join_words(SPLITS, 'and')}")
    return data if has_rows or ("train" in data and not other) else {"train": data}


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

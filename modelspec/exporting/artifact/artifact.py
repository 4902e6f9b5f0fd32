"""A file that `export` wrote, opened again: its metadata, and what answers with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.diagnostics import UsageError
from modelspec.document import model_format
from modelspec.exporting.formats import embedded
from modelspec.exporting.metadata import Metadata

if TYPE_CHECKING:
    from modelspec.training import TrainedRun


def read_metadata(path: Path) -> Metadata:
    """What an exported file says of itself.

    Args:
        path: a file or a folder of one of the formats that keep metadata.

    Raises:
        UsageError: it is not there, or is none that modelspec exported.
        CannotRunError: it is damaged, or the package that reads it is missing.
    """
    form = model_format(path)
    if not path.exists():
        raise UsageError(f"there is no {path}")
    if form is None:
        raise UsageError(f"{path} is no exported model")
    text = embedded(path, form)
    if text is None:
        message = f"{path} has no metadata of modelspec, so it was not exported by it"
        hint = "; `modelspec import` makes a spec of it" if form == "keras" else ""
        raise UsageError(message + hint)
    return Metadata.from_json(text, str(path))


def open_artefact(path: Path) -> TrainedRun:
    """An exported run, ready to answer and to be measured as the run is.

    Raises:
        UsageError: it is none that modelspec exported, or of a spec that was not trained.
        SpecError: it has classes of an extension, which is not allowed or does not import.
        CannotRunError: it is damaged, or a package that runs it is missing.
    """
    metadata = read_metadata(path)
    if metadata.data is None:
        message = f"{path} is of a spec that was not trained, so it does not know how to read data"
        raise UsageError(f"{message}: train the spec, and export the run")
    from .exported_run import open_trained

    return open_trained(path, metadata)

"""Writing a file, or a folder, so that no reader ever sees half of it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from modelspec.diagnostics import UsageError
from modelspec.exporting.formats import FORMATS, Settings, need
from modelspec.files import cannot_write, refuse_existing, write_atomically
from modelspec.graph import Graph
from modelspec.spec import Spec

REJECTED, CHECK, LABELS = ".rejected", ".check.json", ".labels.txt"


def write_spec(spec: Spec, graph: Graph, form: str, path: Path, *, force: bool = False) -> Path:
    """Write a spec in one of the `FORMATS` that take one.

    Args:
        spec: the spec.
        graph: of its model.
        form: the format's name.
        path: the file; it must have the format's ending.
        force: overwrite the file.

    Raises:
        UsageError: the file exists, or has another ending.
        CannotRunError: the file cannot be written.
    """
    write = FORMATS[form].write_spec
    assert write is not None, f"{form} is written from a Keras model"
    check_path(path, form, force=force)
    return write_file(path, lambda draft: write(spec, graph, draft), force=force)


def check_path(path: Path, form: str, *, force: bool) -> None:
    """Refuse a path before any work is done for it.

    Raises:
        UsageError: it exists, or has another ending than the format's files.
    """
    suffix = FORMATS[form].suffix
    if not FORMATS[form].is_folder and not path.name.endswith(suffix):
        raise UsageError(f"a file of the format {form} ends in {suffix}, got {path}")
    refuse_existing(path, *beside(path, form), force=force)


def beside(path: Path, form: str) -> tuple[Path, ...]:
    """What the file at `path` reads: the second file of a format that has two."""
    suffix, second = FORMATS[form].suffix, FORMATS[form].beside
    return (path.with_name(path.name.removesuffix(suffix) + second),) if second else ()


def check_settings(form: str, settings: Settings) -> None:
    """Hold the settings to the format, before anything heavy begins.

    Raises:
        UsageError: an option is for another format.
        CannotRunError: a package that the format needs is not installed.
    """
    if settings.quantize is not None and form != "litert":
        raise UsageError(f"--quantize is for the format litert, not for {form}")
    if settings.opset is not None and form != "onnx":
        raise UsageError(f"--opset is for the format onnx, not for {form}")
    if settings.tolerance is not None and FORMATS[form].tolerance is None:
        raise UsageError(f"{form} computes nothing, so there is nothing to compare")
    if settings.without_preprocessing and FORMATS[form].tolerance is None:
        raise UsageError(f"--without-preprocessing is for formats that compute, not for {form}")
    need(form, FORMATS[form].needs)


def write_file(
    path: Path,
    write: Callable[[Path], object],
    *,
    force: bool = False,
    accept: Callable[[Path], bool] | None = None,
    others: Sequence[Path] = (),
) -> Path:
    """Let `write` fill a draft of the same name, then put it in the place of the file.

    Args:
        path: a file, or a folder.
        write: writes the draft.
        force: overwrite what is there.
        accept: what is called with the whole draft; where it says no, the draft gets the name of
            the file with `.rejected` behind it, and what is at `path` stays.
        others: files that belong to the file, such as one that it reads, which `write` fills
            beside the draft. They go where the file goes, before it: at no moment does it lie
            beside those of another draft.

    Returns:
        Where the draft went.

    Raises:
        UsageError: the file exists, and `force` is false.
        CannotRunError: the file cannot be written.
    """
    files = (*others, path)
    refuse_existing(*files, force=force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            drafts = [Path(folder, file.name) for file in files]
            write(drafts[-1])
            if accept is not None and not accept(drafts[-1]):
                files = tuple(file.with_name(file.name + REJECTED) for file in files)
            if files[-1].is_dir() or (others and files[-1].exists()):
                # a folder cannot be put over another; a file would read what is not its own
                shutil.move(files[-1], Path(folder, "replaced"))
            for draft, file in zip(drafts, files, strict=True):
                draft.replace(file)
    except OSError as error:
        raise cannot_write(path, error) from error
    return files[-1]


def write_check(path: Path, found: dict[str, object]) -> None:
    """Write what a check found beside what it is about: `PATH.check.json`."""
    text = json.dumps(found, indent=1) + "\n"
    write_atomically(path.with_name(path.name + CHECK), text)


def forget_check(path: Path) -> None:
    """Take away what an earlier check found, before another file gets the name."""
    path.with_name(path.name + CHECK).unlink(missing_ok=True)


def label_files(path: Path, labels: Mapping[str, Sequence[str]]) -> dict[Path, str]:
    """The names of an output's classes, one a line, by the file beside `path` that has them:
    `PATH.labels.txt`, or one file for each output where several have some."""
    found = {}
    for output, names in labels.items():
        middle = f".{output}" if len(labels) > 1 else ""
        text = "".join(f"{name}\n" for name in names)
        found[path.with_name(f"{path.name}{middle}{LABELS}")] = text
    return found

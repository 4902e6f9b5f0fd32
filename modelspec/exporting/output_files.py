"""The files of one export: which belong to it, and how they are put in place together.

An export is one file or folder, and may have others next to it: the weights of OpenVINO, class
names, split-off preprocessing, and the result of the check.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from modelspec.diagnostics import UsageError
from modelspec.exporting.formats import FORMATS
from modelspec.files import cannot_write, refuse_existing, write_atomically
from modelspec.graph import Graph
from modelspec.spec import Spec

REJECTED, CHECK, LABELS = ".rejected", ".check.json", ".labels.txt"
PREPROCESSING = ".preprocessing.keras"


def write_spec(spec: Spec, graph: Graph, form: str, path: Path, *, force: bool = False) -> Path:
    """Write a spec in a format that is written from one, without numpy or TensorFlow.

    Args:
        spec: the spec.
        graph: of its model.
        form: the format's name.
        path: the file; it must have the format's suffix.
        force: overwrite the file.

    Raises:
        UsageError: the file exists, or has another suffix.
        CannotRunError: the file cannot be written.
    """
    write = FORMATS[form].write_spec
    assert write is not None, f"{form} is written from a Keras model"
    check_path(path, form, force=force)
    return publish(path, lambda draft: write(spec, graph, draft))


def check_path(path: Path, form: str, *, force: bool) -> None:
    """Check the path of an export before any work is done for it.

    Raises:
        UsageError: it exists, or has another suffix than the format's files.
    """
    suffix = FORMATS[form].suffix
    if not FORMATS[form].is_folder and not path.name.endswith(suffix):
        raise UsageError(f"a file of the format {form} ends in {suffix}, got {path}")
    refuse_existing(path, *second_files(path, form), force=force)


def second_files(path: Path, form: str) -> tuple[Path, ...]:
    """The second file of a format that has two, which the one at `path` reads; else nothing."""
    suffix, second = FORMATS[form].suffix, FORMATS[form].second_suffix
    return (path.with_name(path.name.removesuffix(suffix) + second),) if second else ()


def preprocessing_file(path: Path) -> Path:
    """The file of the preprocessing that was split off the export at `path`."""
    return path.with_name(path.name + PREPROCESSING)


def label_files(path: Path, labels: Mapping[str, Sequence[str]]) -> dict[Path, str]:
    """File to text, one class name a line: `PATH.labels.txt`, or `PATH.OUTPUT.labels.txt` for
    each output where several have class names.

    Args:
        path: of the export.
        labels: output to its class names.
    """
    found = {}
    for output, names in labels.items():
        middle = f".{output}" if len(labels) > 1 else ""
        text = "".join(f"{name}\n" for name in names)
        found[path.with_name(f"{path.name}{middle}{LABELS}")] = text
    return found


def write_check(path: Path, result: dict[str, object]) -> None:
    """Write the result of a check to `PATH.check.json`."""
    write_atomically(_check_file(path), json.dumps(result, indent=1) + "\n")


def delete_check(path: Path) -> None:
    """Delete the result of an earlier check, before another export gets the path."""
    _check_file(path).unlink(missing_ok=True)


def _check_file(path: Path) -> Path:
    return path.with_name(path.name + CHECK)


def publish(
    path: Path,
    write: Callable[[Path], object],
    *,
    accept: Callable[[Path], bool] | None = None,
    others: Sequence[Path] = (),
) -> Path:
    """Write an export into a hidden folder, and move it to its path once it is complete.

    Unlike `write_atomically` this takes folders and groups of files, and can reject them. What is
    there is overwritten.

    Args:
        path: a file, or a folder.
        write: writes a draft of the same name.
        accept: called with the complete draft; if it returns False, the draft is moved to the
            path with `.rejected` appended, and what is at `path` stays.
        others: files that belong to the export, which `write` writes next to the draft. They are
            moved first: at no moment does the file at `path` lie next to those of another draft.

    Returns:
        Where the draft was moved.

    Raises:
        CannotRunError: the file cannot be written.
    """
    files = (*others, path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            drafts = [Path(folder, file.name) for file in files]
            write(drafts[-1])
            if accept is not None and not accept(drafts[-1]):
                files = tuple(file.with_name(file.name + REJECTED) for file in files)
            if files[-1].is_dir() or (others and files[-1].exists()):
                # a folder cannot replace another; a file must not lie next to others than its own
                shutil.move(files[-1], Path(folder, "replaced"))
            for draft, file in zip(drafts, files, strict=True):
                draft.replace(file)
    except OSError as error:
        raise cannot_write(path, error) from error
    return files[-1]

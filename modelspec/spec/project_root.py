"""The folder that the files which a spec names must lie below, where one is set.

A check of specs that others wrote (a pull request) would otherwise print lines of any file that
their `extends` names, as unknown keys, and values of any file that their `data` names.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, locate

from .paths import named_paths

ROOT = "MODELSPEC_ROOT"
"""The environment variable that has it, so that processes that are started know it too."""

_HINT = "move the file there, or name the folder that may be read with `--root FOLDER`"


@contextmanager
def confine_to(root: Path | None) -> Iterator[None]:
    """Where the files that specs name must lie below a folder; None leaves what is set."""
    before = os.environ.get(ROOT)
    if root is not None:
        os.environ[ROOT] = str(root.resolve())
    try:
        yield
    finally:
        if root is not None:
            os.environ.pop(ROOT)
            os.environ.update({} if before is None else {ROOT: before})


def refuse_outside(path: Path, what: str, span: Span, findings: Findings) -> bool:
    """Whether a path leads outside the root, symbolic links followed; reports it then.

    Nothing of the file is looked at, so that not even its existence is told.
    """
    root = os.environ.get(ROOT)
    if root is None or _resolved(path).is_relative_to(root):
        return False
    message = f"{what} leads outside the folder {root}, and only files below that are read"
    findings.error(span, "outside-root", message, hint=_HINT)
    return True


def refuse_remote(address: str, span: Span, findings: Findings) -> bool:
    """Whether a root is set, so that nothing is fetched; reports it then.

    A stranger's spec would otherwise send requests from inside of a company's network, and
    findings would quote what they return.
    """
    root = os.environ.get(ROOT)
    if root is None:
        return False
    message = f"{address} is not fetched: only files below the folder {root} are read"
    hint = "check the spec without `--data`, or save the file there and name the copy"
    findings.error(span, "outside-root", message, hint=hint)
    return True


def refuse_link_outside(file: Path, findings: Findings) -> bool:
    """Whether a spec file below the root is a link that leads outside; reports it then.

    A file that lies elsewhere was named by who runs the command, and is no stranger's choice.
    """
    root = os.environ.get(ROOT)
    if root is None or not Path(os.path.abspath(file)).is_relative_to(root):  # noqa: PTH100
        return False
    return refuse_outside(file, "the link", Span(str(file), 1, 1, 1, 1), findings)


def refuse_paths_outside(document: LocatedDict, file: Path, findings: Findings) -> None:
    """Report every path of a document that leads outside the root; globs by what they match.

    Args:
        document: written out, so that no path has an expression.
        file: its file; relative paths lead from its folder.
        findings: takes the errors.
    """
    if ROOT not in os.environ:
        return
    for named in named_paths(document):
        span = locate(document, named.at, document.span)
        for path in _files_of(file.parent / named.written):
            if refuse_outside(path, f"the path {named.written}", span, findings):
                break


def _files_of(path: Path) -> Iterator[Path]:
    """A path, or what its wildcards match, which may be links, and the folder that they are in."""
    if not glob.has_magic(str(path)):
        yield path
        return
    plain = takewhile(lambda part: not glob.has_magic(part), path.parts)
    yield Path(*plain)
    yield from map(Path, glob.iglob(str(path), recursive=True))  # noqa: PTH207  absolute ones too


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):  # a loop of links, a NUL, a name too long
        return Path(os.path.abspath(path))  # noqa: PTH100  follows nothing

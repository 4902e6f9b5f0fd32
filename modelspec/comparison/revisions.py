"""Specs as a revision of a git repository has them: `HEAD~1:specs/digits.yaml`."""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path

from modelspec.diagnostics import Findings, UsageError
from modelspec.document import LocatedDict, load

from .git import GitError, folder_in_repository, run_git

_SPECS = (".yaml", ".yml", ".json")
"""Endings of what a revision has itself, or has not."""

_REVISION = re.compile(r"(?P<revision>[^:]+):(?P<path>.+)\Z", re.DOTALL)


def is_revision(source: str) -> bool:
    """Whether a text names a file of a revision, and not one that lies in a folder."""
    if os.name == "nt" and Path(source).drive:  # C:\\specs\\a.yaml
        return False
    return _REVISION.match(source) is not None and not Path(source).exists()


def write_revision(source: str, folder: Path) -> Path:
    """Write a spec of a revision, with all that it extends, into a folder; the spec's path there.

    Args:
        source: `REV:PATH` as git takes it: the path leads from the top of the repository, or from
            the current folder where it begins with `./`.
        folder: an empty one.

    Raises:
        UsageError: there is no such revision, or no such file in it, or no repository.
        CannotRunError: git is not installed.
    """
    match = _REVISION.match(source)
    assert match is not None
    revision, path = match["revision"], match["path"]
    if path.startswith(("./", "../")):
        try:
            path = posixpath.normpath(folder_in_repository() + path)
        except GitError as error:
            raise UsageError(f"REV:PATH needs a git repository: {error}") from error
    waiting, written = [path], set[str]()
    while waiting:
        one = waiting.pop()
        if one in written or one.startswith("../"):
            continue
        written.add(one)
        file = folder / one
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            text = _text_of(revision, one)
        except UsageError:
            if one == path:
                raise
            continue  # the stages say that a base is missing
        file.write_text(text, encoding="utf-8", newline="")
        beside = posixpath.dirname(one)
        waiting += [posixpath.normpath(posixpath.join(beside, base)) for base in _bases(text)]
    _link_others(folder)
    return folder / path


def _link_others(folder: Path) -> None:
    """Put links to the other files of the working tree beside the specs of a revision: a spec may
    read from a table how many categories a column has, and tables seldom are in commits."""
    try:
        top = Path(run_git("rev-parse", "--show-toplevel").decode("utf-8").rstrip("\n"))
    except GitError:
        return  # the repository has no working tree
    for place in [folder, *(one for one in folder.rglob("*") if one.is_dir())]:
        beside = top / place.relative_to(folder)
        for entry in beside.iterdir() if beside.is_dir() else ():
            link = place / entry.name
            if entry.suffix in _SPECS or entry.name == ".git" or link.exists():
                continue
            try:
                link.symlink_to(entry, target_is_directory=entry.is_dir())
            except OSError:  # Windows asks for a right to make links
                return


def _bases(text: str) -> list[str]:
    """What a spec extends; nothing where it cannot be read, which the stages report."""
    document = load(text, "", Findings())
    given = document.get("extends") if isinstance(document, LocatedDict) else None
    found = given if isinstance(given, list) else [given]
    return [one for one in found if isinstance(one, str)]


def _text_of(revision: str, path: str) -> str:
    """A text file of a revision."""
    try:
        content = run_git("show", "--no-textconv", "--end-of-options", f"{revision}:{path}")
    except GitError as error:
        raise UsageError(f"git has no {revision}:{path}: {error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{revision}:{path} is not UTF-8 text") from error
    if text.startswith(f"tree {revision}:{path}\n"):
        raise UsageError(f"{revision}:{path} is a folder: give a spec in it")
    return text

"""Which files are specs."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.diagnostics import UsageError
from modelspec.files import similar_name

from .load import STDIN

if TYPE_CHECKING:
    from .ignored import IsIgnored

REPOSITORY_MARK = ".git"
"""A folder, or in a worktree a file, at the root of a repository."""

SUFFIXES = (".yaml", ".yml", ".json")
_KEY = re.compile(
    rb"""^\s*(?:["']?modelspec["']?\s*:|\{\s*["']?modelspec["']?\s*:)""", re.MULTILINE
)
_SCHEMA = re.compile(rb"""^\{?\s*"\$schema"\s*:\s*"https?://json-schema\.org/""", re.MULTILINE)
_MAX_CHAIN = 20
_RUN_MARK = "spec.expanded.yaml"
"""A folder with this file is a run folder: what it holds are records, not specs to check."""
_STUDY_MARK = "study.json"
"""A folder with this file is that of a study: its spec.yaml is a record; best.yaml trains."""


def find_specs(paths: Sequence[str], is_ignored: IsIgnored | None = None) -> list[str]:
    """All spec files that the given paths stand for, each once, in order.

    Args:
        paths: files (taken as they are), folders (searched for YAML and JSON files with the
            top-level key `modelspec`), globs, or "-". None at all is the current folder.
        is_ignored: what is left out of folders and of what globs match; by default what git
            ignores.

    Raises:
        UsageError: a path leads to nothing.
    """
    if is_ignored is None:
        from .ignored import GitIgnore

        is_ignored = GitIgnore()
    found: dict[str, None] = {}
    for path in paths or (".",):
        if path == STDIN or Path(path).is_file():
            found[path] = None
        elif Path(path).is_dir():
            specs = list(_search(Path(path), is_ignored))
            if not specs:
                raise UsageError(_why_no_spec(path))
            found.update(dict.fromkeys(specs))
        else:
            matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207  absolute ones too
            if not matches:
                raise UsageError(f"there is no file or folder {path}{_instead(path)}")
            specs = [spec for match in matches for spec in _of_match(match, is_ignored)]
            if not specs:
                raise UsageError(f"{path} matches only folders without a spec, or ignored files")
            found.update(dict.fromkeys(specs))
    return list(found)


def _why_no_spec(folder: str) -> str:
    """Why a search of a folder found nothing."""
    all_specs = list(_search(Path(folder), lambda *_: False))
    if not all_specs:
        return f"no spec below {folder}: no YAML or JSON file has a key `modelspec`"
    them = all_specs[0] if len(all_specs) == 1 else f"all {len(all_specs)} specs"
    return (
        f"no spec below {folder}: {them} {'is' if len(all_specs) == 1 else 'are'} left out by"
        " .gitignore or by `exclude` of the configuration; a file that is named is always checked"
    )


def _instead(path: str) -> str:
    """What a path that is not there may have been meant to be."""
    if "://" in path:
        return ": specs are files on this machine, so save it first"
    return similar_name(Path(path))


def _what_folder(folder: Path) -> str:
    """What a folder is, and which file in it can be given in its place."""
    if (folder / _STUDY_MARK).is_file():
        if (best := folder / "best.yaml").is_file():
            return f"the folder of a study; the spec of its best trial is {best}"
        resume = f"`modelspec tune --resume {folder}` resumes it"
        return f"the folder of a study that has no best.yaml yet; {resume}"
    names = ("spec.yaml", "spec.yml", "spec.json")
    named = next((f", such as {folder / n}" for n in names if (folder / n).is_file()), "")
    return f"a folder; name a file in it{named}"


def find_one(
    path: str | None, is_ignored: IsIgnored | None = None, *, takes_stdin: bool = False
) -> str:
    """The given spec, or the only one under the current folder.

    Args:
        path: as given; None where nothing was.
        is_ignored: that of `find_specs`.
        takes_stdin: whether "-" stands for standard input.

    Raises:
        UsageError: there is none, or there are several.
    """
    if path == STDIN:
        if takes_stdin:
            return path
        raise UsageError("this needs a file: write what comes on standard input to one first")
    if path is not None:
        if Path(path).is_dir():
            raise UsageError(f"{path} is {_what_folder(Path(path))}")
        if not Path(path).is_file():
            raise UsageError(f"there is no file {path}{_instead(path)}")
        return path
    specs = find_specs((), is_ignored)
    if len(specs) > 1:
        listing = "\n".join(f"  {spec}" for spec in specs)
        raise UsageError(f"there are {len(specs)} specs below this folder, name one:\n{listing}")
    return specs[0]


def _of_match(path: str, is_ignored: IsIgnored) -> list[str]:
    """The specs of one match of a glob: the file, or those in the folder."""
    is_folder = Path(path).is_dir()
    if is_ignored(path, is_folder):
        return []
    return list(_search(Path(path), is_ignored)) if is_folder else [path]


def _search(folder: Path, is_ignored: IsIgnored) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(
            f
            for f in folders
            if not f.startswith((".", "__"))
            and f != "node_modules"
            and not is_ignored(str(Path(root, f)), True)
        )
        if _RUN_MARK in files:
            folders.clear()
            continue
        for name in sorted(files):
            if name.endswith(SUFFIXES):
                path = Path(root, name)
                if not is_ignored(str(path), False) and is_spec_file(path):
                    yield str(path)


def is_spec_file(path: Path) -> bool:
    """Whether a file is meant as a spec: it has the top-level key `modelspec`, or inherits it from
    a file that its key `extends` names."""
    from .bases import bases_of, head_of

    waiting, seen = [path], set[Path]()
    while waiting and len(seen) <= _MAX_CHAIN:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        head = head_of(path)
        if _SCHEMA.search(head) is not None:  # modelspec's own, which an editor reads
            return False
        if _KEY.search(head) is not None:
            return True
        waiting += bases_of(path, head)
    return False

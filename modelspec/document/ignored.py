"""Which files are left out where folders are searched: the patterns of `.gitignore`.

A pattern is about a path itself, as for git (git-scm.com/docs/gitignore): what lies in an ignored
folder is never asked about. pathspec matches that too, so that a search that goes from folder to
folder cannot tell what `!*/` takes back.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import Findings

from .find import REPOSITORY_MARK
from .load import read

IsIgnored = Callable[[str, bool], bool]
"""Whether a path that a search came upon is left out; the second argument is whether it is a
folder. The folder that has it is searched, and is asked about before."""


class IgnorePattern(NamedTuple):
    """One line of a `.gitignore` file.

    Attributes:
        regex: matches a path from the folder of the file, or a bare name.
        is_path: whether it matches a path, as it has a slash that is not its last character.
        is_for_folders: whether only folders match, as it ends with a slash.
        takes_back: whether what matches is not ignored, as it begins with `!`.
    """

    regex: re.Pattern[str]
    is_path: bool
    is_for_folders: bool
    takes_back: bool

    @classmethod
    def of(cls, line: str) -> IgnorePattern | None:
        """The pattern of a line; None for a comment and a blank line.

        Raises:
            ValueError: the line is not a pattern; its text is the message.
        """
        text = re.sub(r"(?<!\\)((?:\\\\)*)\s+$", r"\1", line.removesuffix("\n"))
        if not text or text.startswith("#"):
            return None
        takes_back = text.startswith("!")
        text = text.removeprefix("!")
        is_for_folders = text.endswith("/")
        text = text.removesuffix("/")
        try:
            regex = re.compile(_translate(text.removeprefix("/")), re.DOTALL)
        except re.error as error:
            raise ValueError(f'"{line}" is not a pattern of .gitignore') from error
        if not text:
            raise ValueError(f'"{line}" is not a pattern of .gitignore')
        return cls(regex, "/" in text, is_for_folders, takes_back)


_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \t",
    "digit": "0-9",
    "lower": "a-z",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}
_TOKEN = r"""(?P<some_folders>(?:^|(?<=/))\*\*/)
    | (?P<inside>(?<=/)\*\*$)
    | (?P<stars>\*+)
    | (?P<one>\?)
    | \[(?P<not>[!^]?)(?P<set>\]?(?:\[:\w+:\]|\\.|[^\]\\])*)\]
    | \\(?P<escaped>.)
    | (?P<other>.)"""
"""Compiled with the first pattern: most calls have none."""


def _translate(pattern: str) -> str:
    """A regular expression, which raises `re.error` where a set or an escape has no end."""
    parts = []
    for match in re.finditer(_TOKEN, pattern, re.VERBOSE | re.DOTALL):
        if match["some_folders"]:
            parts.append("(?:.+/)?")
        elif match["inside"]:
            parts.append(".+")
        elif match["stars"]:
            parts.append("[^/]*")
        elif match["one"]:
            parts.append("[^/]")
        elif match["set"] is not None:
            parts.append(f"(?!/)[{'^' if match['not'] else ''}{_set(match['set'])}]")
        elif match["other"] in ("[", "\\"):
            raise re.error("no end")
        else:
            parts.append(re.escape(match["escaped"] or match["other"]))
    return "".join(parts)


def _set(inside: str) -> str:
    """What stands in brackets, for the brackets of a regular expression."""
    text = re.sub(r"\[:(\w+):\]", lambda match: f"\0{match[1]}\0", inside)
    text = re.sub(r"\\(.)", lambda match: re.escape(match[1]), text)
    text = re.sub(r"(?<!\\)[\[\]^&~|]", lambda match: f"\\{match[0]}", text)
    text = text.replace("--", r"\--")
    return re.sub("\0(\\w+)\0", lambda match: _CLASSES.get(match[1], ""), text)


class IgnorePatterns:
    """Lines of a `.gitignore` file, for the paths below its folder."""

    def __init__(self, base: str, lines: Iterable[str]) -> None:
        """Read the lines; `base` is the folder, absolute.

        Raises:
            ValueError: a line is not a pattern; its text is the message.
        """
        self._start = len(base.rstrip(os.sep)) + 1
        self._patterns = [
            pattern for pattern in map(IgnorePattern.of, lines) if pattern is not None
        ]

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """Whether an absolute path is left out, by the last line that is about it; None where no
        line is."""
        below = path[self._start :].replace(os.sep, "/")
        name = below.rpartition("/")[2]
        for regex, is_path, is_for_folders, takes_back in reversed(self._patterns):
            if (is_folder or not is_for_folders) and regex.fullmatch(below if is_path else name):
                return not takes_back
        return None

    def covers(self, path: str) -> bool:
        """Whether an absolute path of a file, or a folder that it lies in, is left out."""
        if self.verdict(path, False):
            return True
        around = str(Path(path).parent)
        while len(around) > self._start:
            if self.verdict(around, True):
                return True
            around = str(Path(around).parent)
        return False


class GitIgnore:
    """What the `.gitignore` files of a repository, and its `.git/info/exclude`, leave out.

    Outside of a repository nothing is left out. Below a folder that was named although it is
    ignored, only the files there count.
    """

    def __init__(self) -> None:
        self._levels: dict[str, list[IgnorePatterns]] = {}

    def __call__(self, path: str, is_folder: bool) -> bool:
        """Whether git ignores a path that is not tracked."""
        path = os.path.abspath(path)  # noqa: PTH100  # a link is ignored where it lies
        return self._is_ignored(path, is_folder, self._above(os.path.dirname(path)))  # noqa: PTH120

    def _above(self, folder: str) -> list[IgnorePatterns]:
        """The patterns that hold in a folder, those of outer folders first."""
        if folder not in self._levels:
            self._levels[folder] = self._read_above(folder)
        return self._levels[folder]

    def _read_above(self, folder: str) -> list[IgnorePatterns]:
        parent = os.path.dirname(folder)  # noqa: PTH120
        if os.path.exists(os.path.join(folder, REPOSITORY_MARK)):  # noqa: PTH110, PTH118
            outer = _patterns(folder, os.path.join(REPOSITORY_MARK, "info", "exclude"))  # noqa: PTH118
        elif parent == folder or not _in_repository(parent):
            return []
        else:
            outer = self._above(parent)
            if self._is_ignored(folder, True, outer):
                outer = []
        return [*outer, *_patterns(folder, ".gitignore")]

    @staticmethod
    def _is_ignored(path: str, is_folder: bool, levels: list[IgnorePatterns]) -> bool:
        for patterns in reversed(levels):
            found = patterns.verdict(path, is_folder)
            if found is not None:
                return found
        return False


def _in_repository(folder: str) -> bool:
    path = Path(folder)
    return any((each / REPOSITORY_MARK).exists() for each in (path, *path.parents))


def _patterns(folder: str, name: str) -> list[IgnorePatterns]:
    """Those of one file; git passes over lines that are no patterns."""
    path = Path(folder, name)
    if not path.is_file():
        return []
    lines = [line for line in (read(path, Findings()) or "").split("\n") if _is_pattern(line)]
    return [IgnorePatterns(folder, lines)] if lines else []


def _is_pattern(line: str) -> bool:
    try:
        return IgnorePattern.of(line) is not None
    except ValueError:
        return False

"""What a configuration says, once it is read and checked."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from modelspec.document import IgnorePatterns

Codes = frozenset[str]


class ConfigurationValues(NamedTuple):
    """The keys of a configuration, with `_` for `-`, and their defaults."""

    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    strict: bool = False
    format: str = "text"


def shortest_path(file: Path) -> str:
    """A path as seen from the current folder, where that is shorter."""
    return min(str(file), os.path.relpath(file), key=len)


class Settings:
    """One configuration.

    Attributes:
        file: that it was read from; None for the defaults.
        folder: absolute; `paths` and patterns are relative to it.
        values: of its keys.
    """

    def __init__(self, file: Path | None, folder: str, values: ConfigurationValues) -> None:
        self.file = file
        self.folder = folder
        self.values = values

    @property
    def shown(self) -> str:
        """The name of the file, from the current folder where that is shorter."""
        return "" if self.file is None else shortest_path(self.file)

    def is_excluded(self, path: str, is_folder: bool) -> bool:
        """Whether `exclude` leaves out an absolute path that a search came upon."""
        if not self.values.exclude or not self._has(path):
            return False
        return self._exclude.verdict(path, is_folder) is True

    def is_below_excluded(self, path: str) -> bool:
        """Whether `exclude` leaves out an absolute path of a file, or a folder that it lies in."""
        if not self.values.exclude or not self._has(path):
            return False
        return self._exclude.covers(path)

    def ignored_in(self, path: str) -> Codes:
        """The codes that `per-file-ignores` hides in a file, by its absolute path."""
        codes: set[str] = set()
        if self._has(path):
            for patterns, ignored in self._per_file:
                if patterns.covers(path):
                    codes.update(ignored)
        return frozenset(codes)

    def _has(self, path: str) -> bool:
        return path.startswith(self.folder.rstrip(os.sep) + os.sep)

    @cached_property
    def _exclude(self) -> IgnorePatterns:
        from modelspec.document import IgnorePatterns

        return IgnorePatterns(self.folder, self.values.exclude)

    @cached_property
    def _per_file(self) -> list[tuple[IgnorePatterns, tuple[str, ...]]]:
        from modelspec.document import IgnorePatterns

        each = self.values.per_file_ignores
        return [(IgnorePatterns(self.folder, [pattern]), codes) for pattern, codes in each]


DEFAULTS = Settings(None, os.sep, ConfigurationValues())

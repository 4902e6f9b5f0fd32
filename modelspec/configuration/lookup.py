"""Which configuration holds where.

That of a file is the nearest one in its folder or above, up to the root of the repository; nothing
is merged. The search reads no file unless its name is one of two, and TOML only where it has the
words for modelspec.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.diagnostics import Finding
from modelspec.document import REPOSITORY_MARK, OverrideName

from .settings import DEFAULTS, Settings

if TYPE_CHECKING:
    from modelspec.document import GitIgnore

OWN_FILE, PROJECT_FILE = "modelspec.toml", "pyproject.toml"
_TABLE = (
    rb"""(?m)tool["']?\s*\.\s*["']?modelspec\b"""
    rb"""|(?:^|[{,])\s*["']?modelspec["']?\s*(?:\.|=\s*\{)"""
)
"""What every way to write `[tool.modelspec]` has; some files without the table have it too."""


class Configuration:
    """The configurations of one call of a command.

    Attributes:
        file: that of `--config`, which holds for all files; None where they are searched for.
        is_isolated: whether there is none at all, by `--no-config`.
    """

    def __init__(self, file: Path | None = None, *, is_isolated: bool = False) -> None:
        self.file = file
        self.is_isolated = is_isolated
        self._by_folder: dict[str, Settings] = {}

    def of_folder(self, folder: str) -> Settings:
        """The settings that hold in a folder.

        Raises:
            ConfigurationError: they have errors, or a folder has two configurations.
        """
        if self.is_isolated:
            return DEFAULTS
        key = "" if self.file is not None else os.path.abspath(folder)  # noqa: PTH100
        if key not in self._by_folder:
            self._by_folder[key] = self._find(key)
        return self._by_folder[key]

    def of_file(self, name: str) -> Settings:
        """The settings for a file, as findings name it; what is no file is in the current
        folder."""
        is_file = not isinstance(name, OverrideName) and not name.startswith("<")
        return self.of_folder(os.path.dirname(name) if is_file else "")  # noqa: PTH120

    @property
    def of_call(self) -> Settings:
        """The settings of the current folder."""
        return self.of_folder("")

    @cached_property
    def _git(self) -> GitIgnore:
        from modelspec.document import GitIgnore

        return GitIgnore()

    def _find(self, folder: str) -> Settings:
        if self.file is not None:
            from .read import read_settings

            return read_settings(self.file, os.path.abspath(""))  # noqa: PTH100
        found = _files_in(folder)
        if found:
            from .read import read_settings, refuse_two

            refuse_two(found)
            return read_settings(found[0], folder)
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent == folder or os.path.exists(os.path.join(folder, REPOSITORY_MARK)):  # noqa: PTH110, PTH118
            return DEFAULTS
        return self.of_folder(parent)

    def is_ignored(self, path: str, is_folder: bool) -> bool:
        """Whether a path that a search came upon is left out: an `IsIgnored`."""
        path = os.path.abspath(path)  # noqa: PTH100
        settings = self.of_folder(os.path.dirname(path))  # noqa: PTH120
        if settings.is_excluded(path, is_folder):
            return True
        return settings.values.respect_gitignore and self._git(path, is_folder)

    def is_excluded(self, file: str) -> bool:
        """Whether `exclude` leaves out a file, or a folder that it lies in."""
        return self.of_file(file).is_below_excluded(os.path.abspath(file))  # noqa: PTH100

    def is_strict(self, file: str) -> bool:
        """Whether warnings in a file count as failures."""
        return self.of_file(file).values.strict

    def is_shown(
        self,
        finding: Finding,
        select: Collection[str] | None = None,
        ignore: Collection[str] | None = None,
    ) -> bool:
        """Whether a finding is shown.

        Args:
            finding: of any file.
            select: in place of `select` of the configuration, where it is given.
            ignore: in place of `ignore`, where it is given.
        """
        file, code = finding.span.file, finding.code
        settings = self.of_file(file)
        chosen = settings.values.select if select is None else select
        hidden = settings.values.ignore if ignore is None else ignore
        if code in hidden or (chosen and code not in chosen):
            return False
        return code not in settings.ignored_in(os.path.abspath(file))  # noqa: PTH100


def _files_in(folder: str) -> list[Path]:
    """The configurations in a folder."""
    found = []
    own, project = os.path.join(folder, OWN_FILE), os.path.join(folder, PROJECT_FILE)  # noqa: PTH118
    if os.path.isfile(own):  # noqa: PTH113
        found.append(Path(own))
    if os.path.isfile(project):  # noqa: PTH113
        try:
            content = Path(project).read_bytes()
        except OSError:  # another tool's file, which this user may not read
            return found
        if re.search(_TABLE, content) is not None:
            from .read import has_table

            if has_table(content):
                found.append(Path(project))
    return found


_CURRENT: ContextVar[Configuration | None] = ContextVar("configuration", default=None)


def current_configuration() -> Configuration:
    """That of the command that runs; one that is searched for where none was chosen."""
    return _CURRENT.get() or Configuration()


@contextmanager
def use_configuration(configuration: Configuration) -> Iterator[None]:
    """Make it that of the command while the command runs."""
    token = _CURRENT.set(configuration)
    try:
        yield
    finally:
        _CURRENT.reset(token)

"""TOML to settings. Each key and value that is wrong is an error at its line."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from modelspec.diagnostics import (
    ConfigurationError,
    Findings,
    Span,
    join_words,
    suggest,
)
from modelspec.document import IgnorePatterns, read
from modelspec.report import FORMATS, known_codes

from .settings import ConfigurationValues, Settings, shortest_path

CODE = "bad-configuration"
TABLE = ("tool", "modelspec")
Keys = tuple[str | int, ...]
_WHERE = re.compile(r"^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)
"""How tomllib says where an error is; from Python 3.14 on its exception has attributes too."""

_NEVER = {"allow_extensions", "extensions", "allow_extension"}
"""Keys, with `_`, that ask for what only the command line may say."""


def has_table(content: bytes) -> bool:
    """Whether a pyproject.toml has `[tool.modelspec]`; one that is not TOML has none: other tools
    say so."""
    try:
        tool = tomllib.loads(content.decode()).get(TABLE[0])
    except (ValueError, RecursionError):
        return b"tool.modelspec" in content  # whoever wrote this wants to know
    return isinstance(tool, dict) and TABLE[1] in tool


def refuse_two(files: Sequence[Path]) -> None:
    """Refuse two configurations in one folder, of which one would be passed over.

    Raises:
        ConfigurationError: there are two.
    """
    if len(files) > 1:
        own, project = (shortest_path(file) for file in files)
        findings = Findings()
        message = f"the folder has two configurations: this file, and [tool.modelspec] in {project}"
        findings.error(Span(own, 1, 1, 1, 1), CODE, message, hint="keep one of them")
        raise ConfigurationError(findings.sorted())


def read_settings(file: Path, folder: str) -> Settings:
    """Read one configuration.

    Args:
        file: TOML; of a pyproject.toml the table `tool.modelspec`, of any other the whole.
        folder: absolute; `paths` and patterns are relative to it.

    Raises:
        ConfigurationError: the file cannot be read, or has errors, all of which are in it.
    """
    findings = Findings()
    name = shortest_path(file)
    text = read(file, findings, name=name)
    values = None if text is None else _values(text, name, file, findings)
    if values is None or findings.has_errors:
        raise ConfigurationError(findings.sorted())
    return Settings(file, folder, values)


def _values(text: str, name: str, file: Path, findings: Findings) -> ConfigurationValues | None:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _report_syntax(str(error), text, name, findings)
        return None
    except RecursionError:
        _report_syntax("lists or tables are nested too deeply", text, name, findings)
        return None
    top: Keys = TABLE if file.name == "pyproject.toml" else ()
    table: Any = document
    for key in top:
        table = table.get(key) if isinstance(table, dict) else None
    check = _Check(text, name, top, findings)
    if table is None:
        span = Span(name, 1, 1, 1, 1)
        hint = "add the table, or name a modelspec.toml"
        findings.error(span, CODE, "the file has no table [tool.modelspec]", hint=hint)
        return None
    if not isinstance(table, dict):
        hint = "write [tool.modelspec] on a line, and the keys below it"
        check.error((), "`tool.modelspec` must be a table", hint)
        return None
    return check.values(table)


def _report_syntax(message: str, text: str, name: str, findings: Findings) -> None:
    match = _WHERE.match(message)
    lines = text.splitlines() or [""]
    line, column = len(lines), len(lines[-1]) + 1
    if match is not None and match[2] is not None:
        line, column = int(match[2]), int(match[3])
    elif match is None:
        line, column = 1, 1
    said = message if match is None else match[1]
    hint = 'a line of TOML is `key = value`; texts are in quotes, lists in brackets: ["a", "b"]'
    span = Span(name, line, column, line, column + 1)
    findings.error(span, CODE, f"not TOML: {said[:1].lower()}{said[1:]}", hint=hint)


class _Check:
    """The check of one configuration."""

    def __init__(self, text: str, name: str, top: Keys, findings: Findings) -> None:
        self.text, self.name, self.top, self.findings = text, name, top, findings

    def error(
        self,
        path: Keys,
        message: str,
        hint: str,
        *,
        of_key: bool = False,
        replace: tuple[str, str] | None = None,
    ) -> None:
        """Add an error at a value, or at its key."""
        from .toml_places import find_place

        span = find_place(self.text, self.name, (*self.top, *path), of_key=of_key)
        self.findings.error(span, CODE, message, hint=hint, replace=replace)

    def values(self, table: Mapping[str, Any]) -> ConfigurationValues:
        """The values of a table, without those that are wrong."""
        found: dict[str, Any] = {}
        for key, value in table.items():
            checked = self._checked(key, value)
            if checked is not None:
                found[key.replace("-", "_")] = checked
        return ConfigurationValues(**found)

    def _checked(self, key: str, value: Any) -> Any:
        check = CHECKS.get(key)
        if check is not None:
            return check(self, key, value)
        if key.replace("-", "_").lower() in _NEVER:
            message = f"`{key}`: a configuration cannot allow extensions, whose code would then run"
            hint = "leave it out, and give --allow-extensions to the command"
            self.error((key,), message, hint, of_key=True)
            return None
        close = suggest(key, CHECKS)
        message = f"there is no key `{key}`{close.text}"
        hint = f"the keys are {join_words(CHECKS)}"
        if key in TABLE and isinstance(value, dict) and not self.top:
            hint = "[tool.modelspec] is for pyproject.toml: in this file, write the keys at the top"
        self.error((key,), message, hint, of_key=True, replace=close.replace)
        return None

    def flag(self, key: str, value: Any) -> bool | None:
        """True or false."""
        if isinstance(value, bool):
            return value
        self.error(
            (key,), f"`{key}` must be true or false, not {_text(value)}", f"write {key} = true"
        )
        return None

    def form(self, key: str, value: Any) -> str | None:
        """A format of findings."""
        if isinstance(value, str) and value in FORMATS:
            return value
        close = suggest(value, FORMATS) if isinstance(value, str) else suggest("", ())
        message = f"`{key}` is not a format of findings: {_text(value)}{close.text}"
        forms = join_words((f'"{form}"' for form in FORMATS), "or", most=20)
        self.error((key,), message, f"write {forms}", replace=close.replace)
        return None

    def texts(self, *path: str | int, value: Any, example: str) -> Iterator[tuple[Keys, str]]:
        """The texts of a list, each with its path."""
        if not isinstance(value, list):
            written = f'["{value}"]' if isinstance(value, str) else f'["{example}"]'
            named = " ".join(f"`{part}`" for part in path)
            message = f"{named} must be a list of texts, not {_text(value)}"
            self.error(path, message, f"write {written}")
            return
        for number, item in enumerate(value):
            if isinstance(item, str) and item:
                yield (*path, number), item
            else:
                message = f"`{path[0]}` has {_text(item)} where a text belongs"
                self.error((*path, number), message, f'write "{example}"')

    def codes(self, *path: str | int, value: Any) -> tuple[str, ...]:
        """Codes of findings, all of which exist."""
        found = []
        for where, code in self.texts(*path, value=value, example="unused-param"):
            if code in known_codes():
                found.append(code)
                continue
            close = suggest(code, known_codes())
            hint = "`modelspec explain` lists all codes"
            message = f'there is no code "{code}"{close.text}'
            self.error(where, message, hint, replace=close.replace)
        return tuple(found)

    def patterns(self, key: str, value: Any) -> tuple[str, ...]:
        """Patterns of .gitignore."""
        given = self.texts(key, value=value, example="old/")
        return tuple(pattern for where, pattern in given if self._is_pattern(where, pattern))

    def _is_pattern(self, where: Keys, pattern: str, *, of_key: bool = False) -> bool:
        try:
            IgnorePatterns(os.sep, [pattern])
        except ValueError as error:
            hint = 'write a path or a pattern, such as "old/" or "*.generated.yaml"'
            self.error(where, str(error), hint, of_key=of_key)
            return False
        if of_key and pattern.startswith("!"):
            message = f'"{pattern}": a pattern of one line cannot take others back'
            self.error(where, message, "leave out the `!`, and name the files", of_key=True)
            return False
        return True

    def inner_paths(self, key: str, value: Any) -> tuple[str, ...]:
        """Paths that do not lead out of the folder of the configuration."""
        found = []
        for where, path in self.texts(key, value=value, example="models"):
            is_outside = PurePath(path).is_absolute() or os.path.normpath(path).startswith("..")
            if is_outside or path == "-":
                message = f'"{path}" does not lie below the folder of the configuration'
                self.error(where, message, "name it on the command line: modelspec validate PATH")
            else:
                found.append(path)
        return tuple(found)

    def per_file(self, key: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
        """Patterns, each with codes."""
        if not isinstance(value, dict):
            message = f"`{key}` must be a table from patterns to codes, not {_text(value)}"
            self.error((key,), message, f'write {key} = {{"old/*.yaml" = ["unused-param"]}}')
            return None
        return tuple(
            (pattern, self.codes(key, pattern, value=codes))
            for pattern, codes in value.items()
            if self._is_pattern((key, pattern), pattern, of_key=True)
        )


CHECKS: dict[str, Callable[[_Check, str, Any], Any]] = {
    "paths": _Check.inner_paths,
    "exclude": _Check.patterns,
    "respect-gitignore": _Check.flag,
    "select": lambda check, key, value: check.codes(key, value=value),
    "ignore": lambda check, key, value: check.codes(key, value=value),
    "per-file-ignores": _Check.per_file,
    "strict": _Check.flag,
    "format": _Check.form,
}
"""Key to the check of its value, which gives the value, or None where it is wrong."""


def _text(value: Any) -> str:
    """A value as TOML has it, for a message."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if value == "":
        return "an empty text"
    return f'"{value}"' if isinstance(value, str) else str(value)

"""What to write in place of a command line that click refuses. Imported only for such a one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from modelspec.diagnostics import (
    MISSING_HINTS,
    OPTION_HINTS,
    POSITION_HINTS,
    SUBCOMMAND_HINTS,
    VALUE_HINTS,
    Findings,
    join_words,
    nearest,
)
from modelspec.document import is_spec_file, load, parse_scalar
from modelspec.schema import hint_for_override

_PLACEHOLDER = re.compile(r"\b(?:VALUE|NAME|FILE|COLUMN)\b")
_RATES = ("--lr", "--learning-rate", "--learning_rate")
_EXTRA = "Got unexpected extra argument"
"""How click begins what it says of arguments too many; commands refuse other things in the same
class."""

MOST_PERCENT = 100


def hint_for(error: click.ClickException, words: Sequence[str]) -> str:
    """What to write in place of what a command does not take; empty where unknown.

    Args:
        error: what click says.
        words: the command line, without the name of the program.
    """
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = next(iter(words), "") if context is None else str(context.info_name)
    if isinstance(error, click.NoSuchOption):
        return _for_option(command, error.option_name, words)
    if context is not None and context.parent and isinstance(context.command, click.Group):
        return _for_subcommand(context, command, words)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        name = error.param.opts[0] if error.param.opts else str(error.param.name)
        return MISSING_HINTS.get((command, name), "")
    if isinstance(error, click.BadOptionUsage):
        return MISSING_HINTS.get((command, error.option_name), "")
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _for_value(error.param, words)
    is_extra = type(error) is click.UsageError and error.message.startswith(_EXTRA)
    return _for_position(command, words) if is_extra else ""


def _for_subcommand(context: click.Context, command: str, words: Sequence[str]) -> str:
    hints = [SUBCOMMAND_HINTS.get((command, word), "") for word in words]
    known = (
        context.command.list_commands(context) if isinstance(context.command, click.Group) else ()
    )
    near = any(nearest(word, known) for word in words)
    return next(filter(None, hints), "" if near else f"there are {join_words(known)}")


def _for_option(command: str, option: str, words: Sequence[str]) -> str:
    value = _value_of(option, words)
    if command == "train" and option in _RATES:
        return hint_for_override("", "lr", parse_scalar(value or "VALUE"), _spec(words))
    hint = OPTION_HINTS.get((command, option), "")
    return _PLACEHOLDER.sub(lambda _: shlex.quote(value), hint) if value else hint


def _value_of(option: str, words: Sequence[str]) -> str:
    """What is written behind an option; "" for nothing."""
    for index, word in enumerate(words):
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
        if word == option and index + 1 < len(words) and not words[index + 1].startswith("-"):
            return words[index + 1]
    return ""


def _spec(words: Sequence[str]) -> Mapping[str, Any]:
    """The spec that is named; empty where there is none."""
    spec = next((path for path in map(Path, words) if is_spec_file(path)), None)
    try:
        text = "" if spec is None else spec.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    document = load(text, str(spec), Findings())
    return document if isinstance(document, Mapping) else {}


def _for_value(param: click.Parameter, words: Sequence[str]) -> str:
    given = [value for option in param.opts if (value := _value_of(option, words))]
    if isinstance(param.type, click.Choice):
        known = list(param.type.choices)
        named = [VALUE_HINTS.get(word, "") for word in given]
        meant = [word for word in named if word.split(",")[0] in known and word]
        meant += [close for word in given if (close := nearest(word, known))]
        return f"write {meant[0]}" if meant else ""
    if param.name == "overrides":
        return _for_override(words)
    if isinstance(param.type, click.FloatRange) and param.type.max == 1:
        shares = [_share(word) for word in given]
        return f"write {param.opts[0]} {shares[0]}" if shares and shares[0] else ""
    return ""


def _for_override(words: Sequence[str]) -> str:
    """For `--set PATH VALUE`, whose value is an argument too many."""
    for option, path, value in zip(words, words[1:], words[2:], strict=False):
        if option == "--set" and "=" not in path and not value.startswith("-"):
            return f"write --set {shlex.quote(f'{path}={value}')}"
    return ""


def _share(word: str) -> str:
    """50, 50% or 0,5 as 0.5; "" for what is no share."""
    try:
        value = float(word.removesuffix("%").replace(",", "."))
    except ValueError:
        return ""
    if value > 1:
        value /= MOST_PERCENT
    return f"{value:g}" if 0 < value <= 1 else ""


def _for_position(command: str, words: Sequence[str]) -> str:
    hint = POSITION_HINTS.get(command, "")
    if command != "init":
        return hint
    named = [word for word in words[1:] if Path(word).suffix and not word.startswith("-")]
    if named and Path(named[0]).suffix not in (".yaml", ".yml"):
        hint = hint.replace("FILE", shlex.quote(named[0]))
    return hint.replace(" --target COLUMN", "") if "--target" in words else hint

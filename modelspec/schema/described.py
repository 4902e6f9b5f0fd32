"""The sentence that is shown for an argument: what it is for, its type and its default."""

from __future__ import annotations

import json
from typing import Any

from .arguments import ARGUMENTS, FOR_OPS
from .files import Schema


def argument_purpose(owner: str, argument: str, *, is_op: bool) -> str:
    """What an argument is for, in one sentence, or "" where no table has it."""
    special = ARGUMENTS.get(f"{owner}.{argument}")
    if special is not None:
        return special
    return "" if is_op and argument not in FOR_OPS else ARGUMENTS.get(argument, "")


def describe_argument(argument: Schema, kind: Schema, own: str) -> str:
    """The whole text of one argument.

    Args:
        argument: what the owner's schema says of it: a reference, perhaps a default.
        kind: the definition that the reference leads to.
        own: what it is for, or "".
    """
    written = argument.get("description") or kind.get("description")
    sentence = own or written or ""
    title = "" if written else kind.get("title", "")
    type_ = f"{title[:1].upper()}{title[1:]}." if title else ""
    default = f"By default {format_default(argument['default'])}." if "default" in argument else ""
    return " ".join(part for part in (sentence, type_, default) if part)


def format_default(value: Any) -> str:
    """A default as a spec would write it."""
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)

"""Plain data to YAML text that a person would have written, and that `load` reads back as it was.

Block style where the spec has its sections, flow style for what fits in one line, quotes only
where YAML 1.2's core rules would read a text as something else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from .yaml_loader import parse_scalar

WIDTH = 100
Path = tuple[str | int, ...]

_FIRST = frozenset(",[]{}#&*!|>'\"%@`")
_FIRST_BEFORE_SPACE = frozenset("-?:")
_FLOW = frozenset(",[]{}:")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_PARTS = frozenset(("inputs", "layers", "edges"))
_MODELS = frozenset(("sequential", "functional"))


def emit(data: Mapping[str, Any], *, header: str = "") -> str:
    """The YAML text of a spec (or of any mapping of plain data).

    Args:
        data: mappings with text keys, lists, tuples, text, numbers, booleans and None.
        header: comment lines to stand on top, each with its "#".

    Raises:
        TypeError: a value is none of these.
    """
    lines = _mapping(data, 0, ()) if data else ["{}"]
    return "\n".join([*header.splitlines(), *lines]) + "\n"


def format_scalar(value: Any, *, flow: bool = False) -> str:
    """One scalar as YAML; `flow` where it is between brackets."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, str):
        return value if _is_plain(value, flow) else _quoted(value)
    raise TypeError(f"a spec is plain data, got {type(value).__name__}")


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    return repr(float(value))


def _is_plain(text: str, flow: bool) -> bool:
    """Whether a text stays the same text when written without quotes."""
    if not text or text != text.strip() or not text.isprintable() or not _is_text(text):
        return False
    if text[0] in _FIRST or text.startswith(("---", "...", "<<")):
        return False
    if text[0] in _FIRST_BEFORE_SPACE and (flow or text[1:2] in ("", " ")):
        return False
    if ": " in text or " #" in text or text.endswith(":"):
        return False
    return not (flow and _FLOW.intersection(text))


def _is_text(text: str) -> bool:
    return isinstance(parse_scalar(text), str)


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _is_block(path: Path) -> bool:
    """Whether the value at a path of a spec is always written in block style."""
    if len(path) < 2:
        return True
    if path[0] == "model":
        inner = path[1:]
    elif path[0] == "blocks":
        inner = path[2:]
    else:
        return False
    if not inner or inner[0] not in _MODELS:
        return not inner
    return len(inner) == 1 or (len(inner) == 2 and inner[1] in _PARTS)


def _is_leaf(value: Any) -> bool:
    return not isinstance(value, (Mapping, list, tuple)) or not value


def format_flow(value: Any) -> str:
    """Any value in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(_pair(k, v) for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow_item, value)) + "]"
    return format_scalar(value, flow=True)


def _flow_item(value: Any) -> str:
    """In a list, a mapping of one key needs no braces."""
    if isinstance(value, Mapping) and len(value) == 1:
        return _pair(*next(iter(value.items())))
    return format_flow(value)


def _pair(key: str, value: Any) -> str:
    return f"{format_scalar(str(key), flow=True)}: {format_flow(value)}"


def _mapping(data: Mapping[str, Any], indent: int, path: Path) -> list[str]:
    lines: list[str] = []
    for key, value in data.items():
        head = f"{' ' * indent}{format_scalar(str(key))}:"
        lines += _entry(head, value, indent + 2, (*path, str(key)))
    return lines


def _entry(head: str, value: Any, indent: int, path: Path) -> list[str]:
    """`head` with its value: in the same line where it fits, else below."""
    if not isinstance(value, (Mapping, list, tuple)):
        return [f"{head} {format_scalar(value)}"]
    if not value or not _is_block(path):
        line = f"{head} {format_flow(value)}"
        if not value or len(line) <= WIDTH:
            return [line]
        if isinstance(value, (list, tuple)) and all(map(_is_leaf, value)):
            return _filled(head, map(_flow_item, value), indent)
    if isinstance(value, Mapping):
        return [head, *_mapping(value, indent, path)]
    return [head, *_list(value, indent, path)]


def _filled(head: str, items: Iterable[str], indent: int) -> list[str]:
    """A long list of scalars: as many in each line as fit."""
    lines, line = [f"{head} ["], ""
    for item in items:
        longer = f"{line}, {item}" if line else f"{' ' * indent}{item}"
        if line and len(longer) >= WIDTH:
            lines.append(line + ",")
            longer = f"{' ' * indent}{item}"
        line = longer
    return [*lines, line + "]"]


def _list(items: Iterable[Any], indent: int, path: Path) -> list[str]:
    lines: list[str] = []
    for index, item in enumerate(items):
        lines += _item(item, indent, (*path, index))
    return lines


def _item(item: Any, indent: int, path: Path) -> list[str]:
    dash = f"{' ' * indent}- "
    if not isinstance(item, (Mapping, list, tuple)):
        return [dash + format_scalar(item)]
    line = dash + format_flow(item)
    single = isinstance(item, Mapping) and len(item) == 1
    if not item or (not single and len(line) <= WIDTH):
        return [line]
    if isinstance(item, Mapping):
        below = _mapping(item, indent + 2, path)
    else:
        below = _list(item, indent + 2, path)
    return [dash + below[0].lstrip(" "), *below[1:]]

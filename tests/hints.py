"""Hints followed by the letter: the edits of a text that a finding names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

Found = dict[str, Any]
"""A finding in its JSON form."""


class Edited(NamedTuple):
    """A text after a hint was followed: which one, and the result."""

    way: str
    text: str


_MEANT = re.compile(r"[`\"]?([^`\" ]*)[`\"]?; did you mean (?:the layer )?\"([^\"]+)\"\?")
_WITHOUT_POINT = re.compile(r"(?:^|; )write (-?\d+) without a point")
_FOR = re.compile(r"write (-?\d+) for (-?\d+\.\d+)")
_NAME = re.compile(r"^write ([A-Za-z]\w*)(?:,| or | for |$)")
_ARGUMENT = re.compile(r"^(?:write|add|give it) `([a-z_]+: [^`{}\[\]…]+)`(?=[,:;]|$| first| with)")
_LOSS = re.compile(r"^write `loss: (\w+)`")
_EXAMPLE = re.compile(r"^write ([A-Z]\w*: \{[^…}]*\})")


def followed(finding: Found, text: str) -> Iterator[Edited]:
    """The text as it is after each edit that the message or the hint of a finding names."""
    start, end = _offsets(finding, text)
    old, hint = text[start:end], finding["hint"]
    meant = _MEANT.search(finding["message"])
    if meant is not None:
        wrong, right = meant.groups()
        yield Edited(f"did you mean {right}", _put(text, start, end, _swap(old, wrong, right)))
    point = _WITHOUT_POINT.search(hint)
    if point is not None:
        yield Edited(point.group(), _put(text, start, end, point.group(1)))
    for new, given in _FOR.findall(hint):
        yield Edited(f"{new} for {given}", _put(text, start, end, old.replace(given, new)))
    name = _NAME.match(hint)
    if name is not None and re.fullmatch(r"[A-Za-z_]\w*", old):
        yield Edited(f"write {name.group(1)}", _put(text, start, end, name.group(1)))
    loss = _LOSS.match(hint)
    if loss is not None:
        new = re.sub(r"\bloss: \w+", f"loss: {loss.group(1)}", text, count=1)
        yield Edited(f"write loss: {loss.group(1)}", new)
    argument = None if loss is not None else _ARGUMENT.match(hint)
    if argument is not None:
        new = _with_argument(text, start, end, argument.group(1))
        if new is not None:
            yield Edited(f"write {argument.group(1)}", new)
    example = _EXAMPLE.match(hint)
    if example is not None and re.fullmatch(r"[\w.]+", old):
        yield Edited(example.group(), _put(text, start, end, f"{{{example.group(1)}}}"))
    if hint == "remove it" and text[:start].rsplit("\n", 1)[-1].strip() == "-":
        line = text.rfind("\n", 0, start) + 1
        yield Edited(hint, text[:line] + text[text.index("\n", start) + 1 :])


def _offsets(finding: Found, text: str) -> tuple[int, int]:
    lines = [0, *(match.end() for match in re.finditer("\n", text)), len(text)]
    start = lines[finding["line"] - 1] + finding["column"] - 1
    return start, max(start, lines[finding["end_line"] - 1] + finding["end_column"] - 1)


def _put(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _swap(old: str, wrong: str, right: str) -> str:
    """The word that is wrong in what the finding points at; the whole where it is not in there."""
    last = wrong.rpartition(".")[2]
    for word in (wrong, last):
        if word and re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", old):
            return re.sub(rf"(?<![\w.]){re.escape(word)}(?!\w)", right, old, count=1)
    quote = old[:1] if old[:1] in ("'", '"') else ""
    return f"{quote}{right}{quote}"


def _with_argument(text: str, start: int, end: int, argument: str) -> str | None:
    """`key: value` at a value of that key, or among the arguments of the layer there."""
    key, _, value = argument.partition(": ")
    if re.search(rf"\b{key}: ?$", text[:start]):
        return _put(text, start, end, value)
    line = text[start:].partition("\n")[0]
    given = re.search(rf"\b{key}: [^,}}]+", line)
    if given is not None:
        return _put(text, start + given.start(), start + given.end(), argument)
    if re.search(r"[{,] ?\w+: ?$", text[:start]):  # at another argument
        before = re.search(rf"\b{key}: [^,}}]+(?=[^{{}}]*$)", text[:start])
        if before is not None:
            return _put(text, before.start(), before.end(), argument)
        return _put(text, end, end, f", {argument}")
    name = re.match(r"\w+: (?=\{[A-Z])", line)  # a layer of a `functional`
    if name is not None:
        start, line = start + name.end(), line[name.end() :]
    named = re.match(r"([\w.>]+)(: \{)?", line)
    if named is None or text[start : start + 1] == "{":
        named = re.match(r"\{([\w.>]+)(: \{)?", line)
    if named is None:
        return None
    at = start + named.end()
    if named.group(2):
        return text[:at] + argument + ("" if text[at] == "}" else ", ") + text[at:]
    return text[: start + named.start(1)] + f"{named.group(1)}: {{{argument}}}" + text[at:]

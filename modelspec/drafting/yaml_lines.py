"""A drafted spec as YAML text, with comments that say why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modelspec.document import format_scalar, parse_scalar
from modelspec.spec.data import label_text
from modelspec.spec.expressions import escaped

from .branches import Branch, DraftLayer

WIDTH = 100


def commented_line(indent: int, text: str, why: str = "") -> list[str]:
    """A line with its comment: after it where both fit, else above it."""
    head = " " * indent + text
    if not why:
        return [head]
    together = f"{head} # {why}"
    return [together] if len(together) <= WIDTH else [*comment_lines(indent, why), head]


def comment_lines(indent: int, text: str) -> list[str]:
    """A comment over as many lines as it needs."""
    lines, current = [], " " * indent + "#"
    for word in text.split():
        if len(current) + 1 + len(word) > WIDTH and not current.endswith("#"):
            lines.append(current)
            current = " " * indent + "#"
        current += f" {word}"
    return [*lines, current]


def yaml_key(text: str) -> str:
    """A column as the key of a mapping."""
    return format_scalar(text, flow=True)


def yaml_value(text: str) -> str:
    """A column or a path as a value, between brackets or not; `${` stands for itself."""
    return format_scalar(escaped(text), flow=True)


def yaml_label(text: str) -> str:
    """A class as YAML, so that the text which the data holds comes back."""
    value = parse_scalar(text) if text else text
    same = isinstance(value, str) or (value is not None and label_text(value) == text)
    return yaml_value(text) if isinstance(value, str) or not same else text


def flow_list(indent: int, head: str, items: Iterable[str]) -> list[str]:
    """`head [a, b, c]`, over several lines where it is long."""
    words = list(items)
    whole = f"{' ' * indent}{head} [{', '.join(words)}]"
    if len(whole) <= WIDTH:
        return [whole]
    lines, current = [f"{' ' * indent}{head} ["], " " * (indent + 2)
    for index, word in enumerate(words):
        part = f"{word}," if index < len(words) - 1 else word
        if current.strip() and len(current) + len(part) + 1 > WIDTH:
            lines.append(current.rstrip())
            current = " " * (indent + 2)
        current += f"{part} "
    return [*lines, current.rstrip(), f"{' ' * indent}]"]


def sequential_lines(branch: Branch, layers: Sequence[DraftLayer]) -> list[str]:
    """A model with one input, as `sequential`."""
    lines = ["  sequential:", f"    input: {{{branch.input}, name: {branch.name}}}", "    layers:"]
    for layer in (*branch.layers, *layers):
        lines += commented_line(6, f"- {_named(layer)}", layer.why)
    return lines


def _named(layer: DraftLayer) -> str:
    """`{Dense: {units: 1}}` to `Dense: {units: 1, name: y}`."""
    if not layer.text.startswith("{"):
        return f"{layer.text}: {{name: {layer.name}}}"
    return f"{layer.text[1:-2]}, name: {layer.name}}}"


def functional_lines(
    branches: Sequence[Branch], layers: Sequence[DraftLayer], join: str
) -> list[str]:
    """A model with several inputs, as `functional`."""
    lines = ["  functional:", "    inputs:"]
    lines += [f"      {branch.name}: {{{branch.input}}}" for branch in branches]
    lines.append("    layers:")
    for layer in (layer for branch in branches for layer in branch.layers):
        lines += commented_line(6, f"{layer.name}: {layer.text}", layer.why)
    lines.append(f"      {join}: Concatenate")
    for layer in layers:
        lines += commented_line(6, f"{layer.name}: {layer.text}", layer.why)
    lines.append("    edges:")
    for branch in branches:
        chain = " -> ".join([branch.name, *(layer.name for layer in branch.layers)])
        lines.append(f"      - {chain}")
    ends = [branch.layers[-1].name for branch in branches]
    lines += _joined(ends, " -> ".join([join, *(layer.name for layer in layers)]), join)
    lines.append(f"    outputs: {layers[-1].name}")
    return lines


def _joined(ends: Sequence[str], rest: str, join: str) -> list[str]:
    """The edges from all branches into the trunk; those without `as` gather in one call."""
    whole = f"      - {', '.join(ends)} -> {rest}"
    if len(whole) <= WIDTH:
        return [whole]
    return [*(f"      - {end} -> {join}" for end in ends), f"      - {rest}"]

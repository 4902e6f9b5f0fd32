"""A drafted spec as YAML text, with comments that say why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from modelspec.document import format_scalar, parse_scalar
from modelspec.spec.data import label_text
from modelspec.spec.expressions import escaped

from .branches import Branch, DraftLayer

WIDTH = 100
MOST_PATTERNS = 5


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


def name_patterns(names: Sequence[str], others: Sequence[str]) -> list[str]:
    """Patterns such as `gene_*` that meet all these names and none of the others; or none."""
    stems = Counter(name.rstrip("0123456789") for name in names)
    if len(stems) > MOST_PATTERNS or "" in stems:
        return []
    many = [stem for stem, count in stems.items() if count > 1]
    short = [stem for stem in many if not any(o != stem and stem.startswith(o) for o in many)]
    if any(other.startswith(stem) for other in others for stem in short):
        return []
    single = [name for name in names if not any(name.startswith(stem) for stem in short)]
    return [*single, *(f"{stem}*" for stem in short)]


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
    branches: Sequence[Branch],
    hidden: Sequence[DraftLayer],
    last: Sequence[DraftLayer],
    joins: tuple[str, str],
) -> list[str]:
    """A model with several inputs, as `functional`.

    Args:
        branches: an input each, with the layers that read it.
        hidden: the layers that all of them feed, if any.
        last: the layers of the output.
        joins: the names of the layers that join the inputs, and these with the hidden layers.
    """
    lines = ["  functional:", "    inputs:"]
    plain = [branch for branch in branches if not branch.is_each]
    lines += [f"      {branch.name}: {{{branch.input}}}" for branch in plain]
    for branch in branches:
        lines += _each(branch) if branch.is_each else []
    lines.append("    layers:")
    for layer in (layer for branch in plain for layer in branch.layers):
        lines += commented_line(6, f"{layer.name}: {layer.text}", layer.why)
    join, beside = joins
    lines.append(f"      {join}: Concatenate")
    for layer in hidden:
        lines += commented_line(6, f"{layer.name}: {layer.text}", layer.why)
    if hidden:
        why = "the inputs as well: what adds up needs no hidden layer"
        lines += commented_line(6, f"{beside}: Concatenate", why)
    for layer in last:
        lines += commented_line(6, f"{layer.name}: {layer.text}", layer.why)
    lines.append("    edges:")
    for branch in plain:
        if branch.layers:
            chain = " -> ".join([branch.name, *(layer.name for layer in branch.layers)])
            lines.append(f"      - {chain}")
    ends = [
        branch.layers[-1].name if branch.layers and not branch.is_each else branch.name
        for branch in branches
    ]
    over = " -> ".join([join, *(layer.name for layer in hidden)])
    out = " -> ".join(layer.name for layer in last)
    if hidden:
        lines += _joined(ends, over, join)
        lines.append(f"      - {join}, {hidden[-1].name} -> {beside} -> {out}")
    else:
        lines += _joined(ends, f"{over} -> {out}", join)
    lines.append(f"    outputs: {last[-1].name}")
    return lines


def _each(branch: Branch) -> list[str]:
    """The layers of each of many columns."""
    lines = ["    each:", f"      {branch.name}:", f"        input: {{{branch.input}}}"]
    lines.append("        layers:")
    for layer in branch.layers:
        lines += commented_line(10, f"{layer.name}: {layer.text}", layer.why)
    chain = " -> ".join(["input", *(layer.name for layer in branch.layers)])
    return [*lines, f'        edges: ["{chain}"]']


def _joined(ends: Sequence[str], rest: str, join: str) -> list[str]:
    """The edges from all branches into the trunk; those without `as` gather in one call."""
    whole = f"      - {', '.join(ends)} -> {rest}"
    if len(whole) <= WIDTH:
        return [whole]
    return [*(f"      - {end} -> {join}" for end in ends), f"      - {rest}"]

"""`each`: the same input, layers and edges for each column of a group, written out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modelspec.document import LocatedDict, LocatedList

from .values import Scope

if TYPE_CHECKING:
    from .layers import Expander

EACH = "each"
COLUMN, CATEGORIES = "column", "categories"
OWN_INPUT = "input"
"""What the edges of a group call the input of the column."""

_NAME = re.compile(r"(?:(?!->)[^\s,\[\]])+")
_RESULTS = re.compile(r"\sas\s+(.+?)\s*(?=->|\Z)")


def write_each(expander: Expander, section: LocatedDict, made: LocatedDict, scope: Scope) -> None:
    """Put the inputs, layers and edges of all groups into a graph.

    Args:
        expander: which writes out their parts.
        section: the graph as written, with `each`.
        made: the graph without it, which changes.
        scope: its surroundings.
    """
    expander.touched = True
    if "inputs" not in made:
        place = made.key_spans["layers"]
        made.put("inputs", LocatedDict(place), place, place)
    groups = section[EACH]
    results: dict[str, list[str]] = {}
    written = LocatedList(made.value_spans["edges"])
    for name, group in groups.items():
        results[name] = []
        columns = group.get("columns") or ()
        if not columns:
            _refuse_no_columns(expander, name, groups, scope)
        for index, column in enumerate(columns):
            place = scope.locate(groups.key_spans[name])
            expander.budget.values(20, place)
            turn = scope.with_index(index).with_names({COLUMN: column, **_sizes(group, index)})
            results[name].append(_write_column(expander, group, made, written, turn))
    edges = LocatedList(made.value_spans["edges"])
    for edge, span in zip(made["edges"], made["edges"].item_spans, strict=True):
        edges.put(_with_results(edge, results), span)
    for edge, span in zip(written, written.item_spans, strict=True):
        edges.put(edge, span)
    made.put("edges", edges, made.key_spans["edges"], made.value_spans["edges"])


def _sizes(group: LocatedDict, index: int) -> dict[str, int]:
    sizes = group.get(CATEGORIES)
    return {} if sizes is None else {CATEGORIES: sizes[index]}


def _write_column(
    expander: Expander, group: LocatedDict, made: LocatedDict, edges: LocatedList, turn: Scope
) -> str:
    """Write one column's input, layers and edges; returns what comes of it."""
    prefix = input_name(turn.names[COLUMN])
    entry = expander.entry(group["input"], group.value_spans["input"], turn)
    _put_new(expander, made, ("inputs", prefix, entry), (group, "input"), turn)
    layers = group["layers"]
    names = {OWN_INPUT: prefix}
    for name, item in layers.items():
        names[name] = f"{prefix}_{name}"
        layer, _ = expander.layer(item, layers.value_spans[name], turn)
        _put_new(expander, made, ("layers", names[name], layer), (layers, name), turn)
    own = group["edges"]
    last = prefix
    for edge, span in zip(own, own.item_spans, strict=True):
        found = expander.value(edge, span, turn)
        if isinstance(found, str):
            for match in _RESULTS.finditer(found):
                named = _NAME.findall(match[1])
                names |= {name: f"{prefix}_{name}" for name in named}
        renamed = _renamed(found, names)
        last = _end(renamed) or last
        edges.put(renamed, turn.locate(span))
    output = group.get("output")
    return names.get(output, str(output)) if output is not None else last


def _refuse_no_columns(expander: Expander, name: str, groups: LocatedDict, scope: Scope) -> None:
    """The error for a group of no columns, where no data could have named them."""
    message = f"`each` has the group `{name}`, and nothing names its columns"
    hint = f"write `{name}: [COLUMN, …]` under `data.inputs`, or `columns` in the group"
    place = scope.locate(groups.key_spans[name])
    expander.findings.error(place, "missing-key", message, hint=hint)


def _put_new(
    expander: Expander,
    made: LocatedDict,
    entry: tuple[str, str, Any],
    source: tuple[LocatedDict, str],
    scope: Scope,
) -> None:
    """Set an input or a layer of a column; an error where the name is taken.

    Args:
        expander: takes the error.
        made: the graph.
        entry: the section, "inputs" or "layers"; the name; and the value.
        source: what is written, and its key there.
        scope: of the column.
    """
    section, name, value = entry
    written, key = source
    place = scope.locate(written.key_spans[key])
    if any(name in made[known] for known in ("inputs", "layers")):
        column = scope.names[COLUMN]
        message = f'the column `{column}` makes "{name}" of `{key}`, which is there already'
        hint = "rename the other input or layer, or the column in the table"
        expander.findings.error(place, "duplicate-name", message, hint=hint)
        return
    made[section].put(name, value, place, scope.locate(written.value_spans[key]))


def input_name(column: Any) -> str:
    """What the input of a column is called: a name that edges can have."""
    return re.sub(r"\W+", "_", str(column)).strip("_") or "column"


def _renamed(edge: Any, names: Mapping[str, str]) -> Any:
    """An edge with other names."""
    if isinstance(edge, str):
        return _NAME.sub(lambda found: names.get(found[0], found[0]), edge)
    if isinstance(edge, LocatedList):
        items = LocatedList(edge.span)
        for item, span in zip(edge, edge.item_spans, strict=True):
            items.put(_renamed(item, names), span)
        return items
    if isinstance(edge, LocatedDict):
        made = LocatedDict(edge.span)
        for key, item in edge.items():
            value = item if key == "call" else _renamed(item, names)
            made.put(key, value, edge.key_spans[key], edge.value_spans[key])
        return made
    return edge


def _end(edge: Any) -> str | None:
    """The layer, or the result, that an edge ends in."""
    if isinstance(edge, str):
        found = _NAME.findall(edge.rpartition("->")[2])
        return found[-1] if found else None
    if isinstance(edge, LocatedDict):
        end = edge.get("as", edge.get("to"))
        return end if isinstance(end, str) else None
    return None


def _with_results(edge: Any, results: Mapping[str, list[str]]) -> Any:
    """An edge in which the name of a group stands for what comes of all its columns."""
    if isinstance(edge, str):
        return _NAME.sub(
            lambda found: ", ".join(results[found[0]]) if found[0] in results else found[0], edge
        )
    if not isinstance(edge, LocatedDict) or not isinstance(edge.get("from"), (str, LocatedList)):
        return edge
    span, items = edge.value_spans["from"], LocatedList(edge.value_spans["from"])
    given = edge["from"]
    for item in [given] if isinstance(given, str) else given:
        for name in results[item] if isinstance(item, str) and item in results else [item]:
            items.put(name, span)
    made = LocatedDict(edge.span)
    for key, item in edge.items():
        value = items if key == "from" and list(items) != [given] else item
        made.put(key, value, edge.key_spans[key], edge.value_spans[key])
    return made

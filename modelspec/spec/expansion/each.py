"""`each`: the same input, layers and edges for each column of a group, written out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.diagnostics import Span, did_you_mean
from modelspec.document import LocatedDict, LocatedList

from .values import Scope

if TYPE_CHECKING:
    from .layers import Expander

COLUMN, CATEGORIES = "column", "categories"
OWN_INPUT = "input"
"""What the edges of a group call the input of the column."""

_NAME = re.compile(r"(?:(?!->)[^\s,\[\]])+")
_NODE = re.compile(r"((?:(?!->)[^\s,\[\]])+)(?:\[\s*([^\s,\[\]]+)\s*\])?")
_RESULTS = re.compile(r"\sas\s+(.+?)\s*(?=->|\Z)")


class _Nodes(NamedTuple):
    """What other edges can take of one column.

    Attributes:
        output: the node that the name of the group alone stands for.
        names: from the names in the group to those in the graph.
    """

    output: str
    names: Mapping[str, str]


def write_each(expander: Expander, groups: LocatedDict, made: LocatedDict, scope: Scope) -> None:
    """Put the inputs, layers and edges of all groups into a graph.

    Args:
        expander: which writes out their parts.
        groups: by their names, as written.
        made: the graph without them, which changes.
        scope: its surroundings.
    """
    expander.touched = True
    if "inputs" not in made:
        place = made.key_spans["layers"]
        made.put("inputs", LocatedDict(place), place, place)
    results: dict[str, list[_Nodes]] = {}
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
        _check_nodes(expander, edge, results, scope.locate(span))
        edges.put(_with_results(edge, results), span)
    for edge, span in zip(written, written.item_spans, strict=True):
        edges.put(edge, span)
    made.put("edges", edges, made.key_spans["edges"], made.value_spans["edges"])


def _sizes(group: LocatedDict, index: int) -> dict[str, int]:
    sizes = group.get(CATEGORIES)
    return {} if sizes is None else {CATEGORIES: sizes[index]}


def _write_column(
    expander: Expander, group: LocatedDict, made: LocatedDict, edges: LocatedList, turn: Scope
) -> _Nodes:
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
    return _Nodes(names.get(output, str(output)) if output is not None else last, names)


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


def _with_results(edge: Any, results: Mapping[str, list[_Nodes]]) -> Any:
    """An edge in which a group stands for the nodes of all its columns."""
    if isinstance(edge, str):
        return _NODE.sub(lambda found: ", ".join(_nodes(found, results)), edge)
    if not isinstance(edge, LocatedDict) or not isinstance(edge.get("from"), (str, LocatedList)):
        return edge
    span, items = edge.value_spans["from"], LocatedList(edge.value_spans["from"])
    given = edge["from"]
    for item in [given] if isinstance(given, str) else given:
        found = _NODE.fullmatch(item) if isinstance(item, str) else None
        for name in [item] if found is None else _nodes(found, results):
            items.put(name, span)
    made = LocatedDict(edge.span)
    for key, item in edge.items():
        value = items if key == "from" and list(items) != [given] else item
        made.put(key, value, edge.key_spans[key], edge.value_spans[key])
    return made


def _check_nodes(
    expander: Expander, edge: Any, results: Mapping[str, list[_Nodes]], place: Span
) -> None:
    """Report `words[vectr]`, where the group has `vector`."""
    given = edge.get("from") if isinstance(edge, LocatedDict) else edge
    for item in given if isinstance(given, LocatedList) else [given]:
        for found in _NODE.finditer(item) if isinstance(item, str) else ():
            group, node = found[1], found[2]
            columns = results.get(group)
            if not columns or node is None or node in columns[0].names:
                continue
            if close := did_you_mean(node, columns[0].names):
                message = f"the group `{group}` of `each` has no layer `{node}`{close}"
                expander.findings.error(place, "undefined-name", message)


def _nodes(found: re.Match[str], results: Mapping[str, list[_Nodes]]) -> list[str]:
    """`words`, or `words[vector]`, as the nodes of all columns; anything else as it is."""
    group, node = found[1], found[2]
    if group not in results:
        return [found[0]]
    if node is None:
        return [one.output for one in results[group]]
    return [one.names.get(node) or _other_result(one, node) for one in results[group]]


def _other_result(one: _Nodes, node: str) -> str:
    """A result of the output; the output alone where a layer was meant, which is reported."""
    return one.output if did_you_mean(node, one.names) else f"{one.output}[{node}]"

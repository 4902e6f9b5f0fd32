"""A document with faults, made fit for the later stages to find more.

Nothing that is mended is ever built: it only lets the graph of a spec be looked at although,
say, one of its layers has a wrong argument. A mended part is unknown, and what meets it stays
silent.
"""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics import Span
from modelspec.document import LocatedDict, LocatedList

Path = tuple[str | int, ...]

UNKNOWN_LAYER = "unknown>Layer"
"""Stands for a layer of which nothing is known. No extension can have this name."""


def replace_invalid_parts(document: LocatedDict, paths: list[Path]) -> bool:
    """Replace or remove what is wrong at the given paths, in place.

    Returns:
        Whether all edges and outputs are as they were written.
    """
    complete = True
    for path in sorted(paths, key=_from_the_back, reverse=True):
        if path[:1] == ("model",):
            complete &= _mend_model(document, path)
        elif len(path) == 0:
            _mend_top(document)
        elif path[0] == "modelspec":
            document["modelspec"] = 1
        elif path[0] == "blocks" and len(path) > 1:
            _mend_block(document["blocks"], path[1:])
        else:
            document.pop(str(path[0]), None)
    return complete


def _from_the_back(path: Path) -> tuple[Any, ...]:
    """Later items of lists first, so that removing one does not move the others."""
    return tuple(("", part) if isinstance(part, int) else (part, 0) for part in path)


def _mend_top(document: LocatedDict) -> None:
    from .files import ROOT, load_file

    for key in [key for key in document if key not in load_file(ROOT)["properties"]]:
        del document[key]
    if "modelspec" not in document:
        document.put("modelspec", 1, document.span, document.span)


def _mend_model(document: LocatedDict, path: Path) -> bool:
    section: Any = document["model"]
    if len(path) > 1 and isinstance(section, dict):
        section = section.get(path[1])
    if not isinstance(section, LocatedDict) or len(path) < 2:
        return False
    part = path[2] if len(path) > 2 else None
    if part == "layers" and len(path) > 3:
        _forget_layer(section["layers"], path[3])
        return True
    if part in ("inputs", "input") and len(path) > 3:
        return _forget_input(section, path)
    if part == "edges" and len(path) > 3 and isinstance(section["edges"], LocatedList):
        index = int(path[3])
        if index < len(section["edges"]):
            del section["edges"][index], section["edges"].item_spans[index]
        return False
    if part is None:
        known = {"inputs", "input", "layers", "edges", "outputs", "input_structure"}
        for key in [key for key in section if key not in known]:
            del section[key]
        return True
    if part == "input_structure":
        del section[part]
        return True
    return False


def _mend_block(blocks: Any, path: Path) -> None:
    """Forget a layer of a block, or the block where it is at fault in another part."""
    name = str(path[0])
    if not isinstance(blocks, LocatedDict) or name not in blocks:
        return
    if len(path) > 3 and path[2] == "layers" and path[1] in ("sequential", "functional"):
        _forget_layer(blocks[name][path[1]]["layers"], path[3])
    else:
        del blocks[name]


def _forget_layer(layers: Any, key: str | int) -> None:
    if isinstance(layers, LocatedDict) and isinstance(key, str) and key in layers:
        layers[key] = unknown_layer(layers.value_spans[key])
    elif isinstance(layers, LocatedList) and isinstance(key, int) and key < len(layers):
        layers[key] = unknown_layer(layers.item_spans[key])


def unknown_layer(span: Span) -> LocatedDict:
    """A layer of which nothing is known."""
    layer = LocatedDict(span)
    layer.put(UNKNOWN_LAYER, LocatedDict(span), span, span)
    return layer


def _forget_input(section: LocatedDict, path: Path) -> bool:
    holder, key = (section, "input") if path[2] == "input" else (section["inputs"], path[3])
    if not isinstance(holder, LocatedDict) or key not in holder:
        return False
    holder[str(key)] = unknown_input(holder.value_spans[str(key)])
    return True


class UnknownShape(LocatedList):
    """Stands for the shape of an input of which nothing is known; to the schema it is []."""


def unknown_input(span: Span) -> LocatedDict:
    """An input of which nothing is known."""
    entry = LocatedDict(span)
    entry.put("shape", UnknownShape(span), span, span)
    return entry

"""Placeholders for the invalid parts of a document, so that later stages can find more errors.

A document with placeholders is never built. It only lets the graph of a spec be checked although,
say, one of its layers has a wrong argument. What involves a placeholder is not reported.
"""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics import Span
from modelspec.document import LocatedDict, LocatedList

Path = tuple[str | int, ...]

UNKNOWN_LAYER = "unknown>Layer"
"""The class name of a layer that nothing is known of. No extension can have this name."""


def replace_invalid_parts(document: LocatedDict, paths: list[Path]) -> bool:
    """Replace or remove the invalid parts at the given paths, in place.

    Returns:
        Whether all edges and outputs are still as they were written.
    """
    complete = True
    for path in sorted(paths, key=_from_the_back, reverse=True):
        if path[:1] == ("model",):
            complete &= _fix_model(document, path)
        elif len(path) == 0:
            _fix_top(document)
        elif path[0] == "modelspec":
            document["modelspec"] = 1
        elif path[0] == "blocks" and len(path) > 1:
            _fix_block(document["blocks"], path[1:])
        elif path[0] == "training" and _has_losses(document):
            complete &= _fix_training(document, path)
        else:
            document.pop(str(path[0]), None)
    return complete


def _has_losses(document: LocatedDict) -> bool:
    """Whether `training` names tensors of the model, which are used then."""
    section = document.get("training")
    if not isinstance(section, LocatedDict):
        return False
    return "gan" in section or "losses" in section


def _fix_training(document: LocatedDict, path: Path) -> bool:
    """Keep of `training` only what decides which tensors and targets are used."""
    section = document["training"]
    made = LocatedDict(section.span)
    made.put("optimizer", "adam", section.span, section.span)
    if "gan" in section:
        document["training"] = made
        return _keep_gan(section["gan"], section, made)
    for key in ("loss", "losses"):
        if key in section:
            value = "mse" if path[1:2] == (key,) == ("loss",) else section[key]
            made.put(key, value, section.key_spans[key], section.value_spans[key])
    document["training"] = made
    if path[1:2] != ("losses",):
        return True
    if len(path) > 2:
        made["losses"].pop(str(path[2]), None)
    else:
        given = section["losses"] if isinstance(section["losses"], LocatedDict) else {}
        for name in [name for name in given if not isinstance(given[name], dict)]:
            del made["losses"][name]
        if not given:
            del made["losses"]
    return False


def _keep_gan(gan: Any, section: LocatedDict, made: LocatedDict) -> bool:
    """Keep the names of the two models of a `gan`, if both are there."""
    if not isinstance(gan, LocatedDict):
        return False
    kept = LocatedDict(gan.span)
    for key in ("generator", "discriminator"):
        if isinstance(gan.get(key), str) and gan[key]:
            kept.put(key, gan[key], gan.key_spans[key], gan.value_spans[key])
    if len(kept) < 2:  # the two models
        return False
    made.put("gan", kept, section.key_spans["gan"], section.value_spans["gan"])
    return True


def _from_the_back(path: Path) -> tuple[Any, ...]:
    """Later items of lists first, so that removing one does not move the others."""
    return tuple(("", part) if isinstance(part, int) else (part, 0) for part in path)


def _fix_top(document: LocatedDict) -> None:
    from .files import ROOT, load_file

    for key in [key for key in document if key not in load_file(ROOT)["properties"]]:
        del document[key]
    if "modelspec" not in document:
        document.put("modelspec", 1, document.span, document.span)


def _fix_model(document: LocatedDict, path: Path) -> bool:
    section: Any = document["model"]
    if len(path) > 1 and isinstance(section, dict):
        section = section.get(path[1])
    if not isinstance(section, LocatedDict) or len(path) < 2:
        return False
    part = path[2] if len(path) > 2 else None
    if part == "layers" and len(path) > 3:
        _replace_layer(section["layers"], path[3])
        return True
    if part in ("inputs", "input") and len(path) > 3:
        return _replace_input(section, path)
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


def _fix_block(blocks: Any, path: Path) -> None:
    """Replace a layer of a block; remove the block where something else in it is invalid."""
    name = str(path[0])
    if not isinstance(blocks, LocatedDict) or name not in blocks:
        return
    if len(path) > 3 and path[2] == "layers" and path[1] in ("sequential", "functional"):
        _replace_layer(blocks[name][path[1]]["layers"], path[3])
    else:
        del blocks[name]


def _replace_layer(layers: Any, key: str | int) -> None:
    if isinstance(layers, LocatedDict) and isinstance(key, str) and key in layers:
        layers[key] = _without_arguments(layers[key], layers.value_spans[key])
    elif isinstance(layers, LocatedList) and isinstance(key, int) and key < len(layers):
        layers[key] = _without_arguments(layers[key], layers.item_spans[key])


def _without_arguments(layer: Any, span: Span) -> LocatedDict:
    """A layer that nothing is known of but its name, by which others mean it: as an output."""
    made = unknown_layer(span)
    holders = (layer, *layer.values()) if isinstance(layer, LocatedDict) else ()
    for holder in holders:  # the arguments, or the layer itself where they are not indented
        if isinstance(holder, LocatedDict) and isinstance(holder.get("name"), str):
            made[UNKNOWN_LAYER].put(
                "name", holder["name"], holder.key_spans["name"], holder.value_spans["name"]
            )
            break
    return made


def unknown_layer(span: Span) -> LocatedDict:
    """A layer that nothing is known of."""
    layer = LocatedDict(span)
    layer.put(UNKNOWN_LAYER, LocatedDict(span), span, span)
    return layer


def _replace_input(section: LocatedDict, path: Path) -> bool:
    holder, key = (section, "input") if path[2] == "input" else (section["inputs"], path[3])
    if not isinstance(holder, LocatedDict) or key not in holder:
        return False
    holder[str(key)] = unknown_input(holder.value_spans[str(key)])
    return True


class UnknownShape(LocatedList):
    """The shape of an input that nothing is known of; the schema sees []."""


def unknown_input(span: Span) -> LocatedDict:
    """An input that nothing is known of."""
    entry = LocatedDict(span)
    entry.put("shape", UnknownShape(span), span, span)
    return entry

"""What can be seen of a model whose names or edges have errors: the layers, and the edges that
lead somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modelspec.spec.model import FunctionalSpec, LayerSpec, ModelSpec, SequentialSpec, TensorName

from .families import Family, family_of
from .reading import arguments_of, class_text, place_text
from .scene import INPUT, OUTPUT, Flow, Port, Scene, SceneNode


def loose_scene(model: ModelSpec, around: str = "") -> Scene:
    """The layers of a model, and those of its edges whose ends are there.

    Args:
        model: as parsed.
        around: the names of the models that it is in, each with a slash.
    """
    if isinstance(model, SequentialSpec):
        return _stack(model, around)
    return _graph(model, around)


def _stack(model: SequentialSpec, around: str) -> Scene:
    name = "input" if model.input is None else model.input.name
    nodes = [_end(name, around, INPUT), *(_node(layer, around) for layer in model.layers)]
    nodes.append(_end(nodes[-1].name, around, OUTPUT))
    flows = [Flow(number, None, number + 1) for number in range(len(nodes) - 1)]
    for node in nodes[:-1]:
        node.shapes[None] = ""
    return Scene(nodes, flows)


def _graph(model: FunctionalSpec, around: str) -> Scene:
    nodes = {entry.name: _end(entry.name, around, INPUT) for entry in model.inputs}
    layers = {layer.name: layer for layer in model.layers}
    reads: dict[str, list[TensorName]] = {}
    alias: dict[str, str] = {}
    for edge in model.edges:
        if edge.layer not in layers:
            continue
        name = edge.names[0] if edge.names else edge.layer
        alias.update(dict.fromkeys(edge.names, name))
        reads.setdefault(name, []).extend(
            (*_tensors(edge.positional), *_tensors(tuple(edge.named.values())))
        )
        if name not in nodes:
            nodes[name] = _node(layers[edge.layer], around, name)
    called = {edge.layer for edge in model.edges}
    nodes.update({n: _node(layer, around) for n, layer in layers.items() if n not in called})
    outputs = {str(ref): ref for ref in _tensors(model.outputs)}
    ordered = _sort(nodes, reads, alias)
    numbers = {name: number for number, name in enumerate(ordered)}
    made = [nodes[name] for name in ordered]
    flows: list[Flow] = []

    def connect(refs: Iterable[TensorName], target: int) -> None:
        found = [(numbers.get(alias.get(ref.name, ref.name)), ref.index) for ref in refs]
        flows.extend(_flows_into(made, target, found))

    for name in ordered:
        connect(reads.get(name, ()), numbers[name])
    for name, ref in outputs.items():
        if alias.get(ref.name, ref.name) in numbers:
            made.append(_end(name, around, OUTPUT))
            connect((ref,), len(made) - 1)
    return Scene(made, flows)


def _flows_into(
    nodes: list[SceneNode], target: int, sources: Iterable[tuple[int | None, Port]]
) -> list[Flow]:
    inside = nodes[target].inside
    last_entry = max(len(inside.entries) - 1, 0) if inside is not None else 0
    found: dict[Flow, None] = {}
    for source, port in sources:
        if source is None or source >= target:  # there is no such layer, or it is in a circle
            continue
        found.setdefault(Flow(source, port, target, min(len(found), last_entry)))
        nodes[source].shapes.setdefault(port, "")
    return list(found)


def _sort(
    names: Iterable[str], reads: Mapping[str, list[TensorName]], alias: Mapping[str, str]
) -> list[str]:
    """Sources before readers, otherwise as written; in a circle one line leads back."""
    known, order = set(names), dict[str, None]()
    met: set[str] = set()
    waiting = list(names)[::-1]
    while waiting:
        name = waiting[-1]
        if name in met:  # what it reads has its place
            order.setdefault(waiting.pop())
            continue
        met.add(name)
        sources = [alias.get(ref.name, ref.name) for ref in reads.get(name, ())]
        waiting += [each for each in reversed(sources) if each in known and each not in met]
    return list(order)


def _tensors(value: Any) -> Iterator[TensorName]:
    if isinstance(value, TensorName):
        yield value
    elif isinstance(value, (Mapping, tuple, list)):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _tensors(item)


def _end(name: str, around: str, kind: str) -> SceneNode:
    mark = " (output)" if kind == OUTPUT else ""
    return SceneNode(f"{around}{name}{mark}", name, kind, Family.ENDS, {}, layers=0, likeness=kind)


def _node(layer: LayerSpec, around: str, name: str = "") -> SceneNode:
    shown, item = name or layer.name, layer.object
    inside = None if item.model is None else loose_scene(item.model, f"{around}{layer.name}/")
    arguments = arguments_of(item)
    node = SceneNode(
        f"{around}{shown}",
        shown,
        class_text(layer),
        family_of(item),
        {},
        None,
        None,
        None,
        place_text(layer.span),
        arguments,
        inside=inside,
        layers=1 if inside is None else inside.count_layers(),
    )
    node.likeness = hash((item.class_name, tuple(arguments.items())))
    return node

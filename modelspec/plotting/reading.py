"""From a compiled spec to what its picture shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from modelspec.analysis import Analysis, CallFacts, LayerFacts, keras_class
from modelspec.diagnostics import Span
from modelspec.document import format_flow
from modelspec.graph import Call, Graph, TensorRef
from modelspec.layers import traits_of
from modelspec.layers.rule import Tensor
from modelspec.schema import UNKNOWN_LAYER
from modelspec.spec.model import KerasObject, LayerSpec, plain

from .families import Family, family_of
from .scene import INPUT, OUTPUT, Flow, Port, Scene, SceneNode

UNKNOWN_SIZE = "?"


def read_scene(graph: Graph, analysis: Analysis | None, around: str = "") -> Scene:
    """What there is to see of a model.

    Args:
        graph: of the model.
        analysis: of it; None where that could not be made: shapes and sizes are unknown then.
        around: the names of the models that it is in, each with a slash.
    """
    return _Reader(graph, analysis, around).read()


class _Reader:
    def __init__(self, graph: Graph, analysis: Analysis | None, around: str) -> None:
        self.graph, self.analysis, self.around = graph, analysis, around
        self.nodes: list[SceneNode] = []
        self.flows: list[Flow] = []
        self.numbers: dict[str, int] = {}
        self.calls = Counter(call.layer for call in graph.calls)
        self.met: Counter[str] = Counter()
        classes: dict[Span, list[str]] = {}
        for layer in graph.layers.values():
            classes.setdefault(layer.span, []).append(layer.object.class_name)
        # the layers of an application all stand where it does
        self.is_application = len(classes) == 1 and len(graph.layers) > 1
        self.repeated = {
            span for span, names in classes.items() if len(names) > 1 and len(set(names)) == 1
        }

    def read(self) -> Scene:
        for entry in self.graph.inputs:
            self.add_input(entry.name, place_text(entry.span))
        for call in self.graph.calls:
            layer = self.graph.layers[call.layer]
            if layer.helper_of:  # the spec does not have it
                continue
            refs = list(call.reads())
            if any(ref.source == "" for ref in refs) and "" not in self.numbers:
                self.add_input("", "")
            self.add_call(call, layer)
        for name, ref in self.graph.output_refs().items():
            self.add_output(name, ref)
        for layer in self.graph.layers.values():  # an error: no edge leads into it
            if not self.calls[layer.name] and not layer.helper_of:
                self.add(layer.name, self.node_of(layer.name, layer, None, None))
        return Scene(self.nodes, self.flows)

    def add_input(self, name: str, place: str) -> None:
        shown = name or "input"
        node = SceneNode(
            f"{self.around}{shown}", shown, INPUT, Family.ENDS, {}, place=place, layers=0
        )
        node.likeness = INPUT
        self.add(name, node)

    def add_output(self, name: str, ref: TensorRef) -> None:
        node = SceneNode(f"{self.around}{name} (output)", name, OUTPUT, Family.ENDS, {}, layers=0)
        node.likeness = OUTPUT
        self.add(f"{name} (output)", node)
        self.connect((ref,), len(self.nodes) - 1)

    def add_call(self, call: Call, layer: LayerSpec) -> None:
        self.met[layer.name] += 1
        facts = self.facts_of(layer)
        number = self.met[layer.name]
        one = facts.calls[number - 1] if facts is not None else None
        node = self.node_of(call.name, layer, facts, one)
        node.call = (number, self.calls[layer.name])
        self.add(call.name, node)
        self.connect(tuple(call.reads()), len(self.nodes) - 1)

    def facts_of(self, layer: LayerSpec) -> LayerFacts | None:
        return None if self.analysis is None else self.analysis.layers.get(layer.name)

    def node_of(
        self, name: str, layer: LayerSpec, facts: LayerFacts | None, one: CallFacts | None
    ) -> SceneNode:
        inside = self.inside_of(layer, one)
        params = None if facts is None else facts.params
        trainable = None if facts is None else facts.trainable
        node = SceneNode(
            f"{self.around}{name}",
            name,
            class_text(layer),
            family_of(layer.object),
            {},
            params,
            trainable,
            None if one is None else one.flops,
            place_text(layer.span),
            arguments_of(layer.object),
            is_frozen=bool(params) and trainable == 0 and not _learns_from_data(layer),
            inside=inside,
            layers=1 if inside is None else inside.count_layers(),
        )
        node.likeness = self.likeness_of(layer, node)
        return node

    def likeness_of(self, layer: LayerSpec, node: SceneNode) -> int:
        """Layers that a `repeat` made are alike; others by what they are."""
        if layer.span in self.repeated and not self.is_application:
            return hash(layer.span)
        arguments = tuple((k, v) for k, v in node.arguments.items() if k != "name")
        inside = None if node.inside is None else likeness_of(node.inside)
        return hash((node.class_name, arguments, inside))

    def inside_of(self, layer: LayerSpec, one: CallFacts | None) -> Scene | None:
        around = f"{self.around}{layer.name}/"
        if one is not None and one.nested is not None:
            return read_scene(one.nested.graph, one.nested, around)
        graph = self.graph.graph_inside(layer)
        return None if graph is None else read_scene(graph, None, around)

    def add(self, name: str, node: SceneNode) -> None:
        self.numbers[name] = len(self.nodes)
        self.nodes.append(node)

    def connect(self, refs: tuple[TensorRef, ...], target: int) -> None:
        known = [ref for ref in refs if ref.source in self.numbers]
        inside = self.nodes[target].inside
        seen: set[tuple[int, Port, int]] = set()
        for position, ref in enumerate(known):
            source = self.numbers[ref.source]
            entry = position if inside is not None else 0
            if (source, ref.index, entry) in seen:
                continue
            seen.add((source, ref.index, entry))
            self.flows.append(Flow(source, ref.index, target, entry))
            shapes = self.nodes[source].shapes
            if ref.index not in shapes:
                shapes[ref.index] = self.shape_of(ref)

    def shape_of(self, ref: TensorRef) -> str:
        value = None if self.analysis is None else self.analysis.tensors.get(ref.source)
        if ref.index is not None and value is not None and not isinstance(value, Tensor):
            try:
                value = value[ref.index]
            except (KeyError, IndexError, TypeError):
                value = None
        return tensor_text(value)


def _learns_from_data(layer: LayerSpec) -> bool:
    """Whether its weights come from `adapt`, so that no training changes them anyway."""
    return traits_of(keras_class(layer.object)).adapted_argument is not None


def likeness_of(scene: Scene) -> int:
    """Equal for scenes that look the same but for names."""
    flows = tuple((f.source, f.port, f.target, f.entry) for f in scene.flows)
    return hash((tuple(node.likeness for node in scene.nodes), flows))


def tensor_text(value: Any) -> str:
    """`28×28×1`, without the batch axis; "" where nothing is known."""
    if value is None:
        return ""
    if not isinstance(value, Tensor):
        items = list(value.values() if isinstance(value, Mapping) else value)
        return f"{len(items)} tensors"
    shape = value.shape
    if shape and shape[0] is None:
        shape = shape[1:]
    sizes = "×".join(UNKNOWN_SIZE if size is None else str(size) for size in shape)
    return sizes or "scalar"


def place_text(span: Span) -> str:
    """`spec.yaml:12`, for what a block has with the line of its use."""
    text = f"{span.file}:{span.line}"
    return text if span.via is None else f"{text}, used at line {span.via.line}"


def class_text(layer: LayerSpec) -> str:
    """The class that the spec names."""
    if layer.object.class_name == UNKNOWN_LAYER:  # in the place of a name with a typo
        return "unknown layer"
    return layer.written or layer.object.class_name


def arguments_of(layer: KerasObject) -> dict[str, str]:
    """The arguments of a layer as a spec writes them; those of a model are what is inside it."""
    given = {} if layer.model is not None else layer.args
    return {key: format_flow(plain(value)) for key, value in given.items()}


def all_nodes(scene: Scene) -> Iterator[SceneNode]:
    """The nodes of a scene and of all scenes in it."""
    for node in scene.nodes:
        yield node
        if node.inside is not None:
            yield from all_nodes(node.inside)

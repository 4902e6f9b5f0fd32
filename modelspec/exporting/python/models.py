"""Models as the bodies of functions, with one statement a layer.

One file, because the functions call each other: a layer may be a model, and a model has layers.
The statements do what `modelspec.building` does, in the same order, so that Keras generates the
same names for layers without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modelspec.diagnostics import Findings, SpecError
from modelspec.graph import Call, Graph, TensorRef
from modelspec.spec.model import InputSpec, KerasObject, LayerSpec, ModelSpec

from .calls import Results
from .module import Module
from .syntax import Chain, Group, Identifiers, Node, flat, lay_out, text_literal
from .values import Values, literal, mapping, op_node, sequence, tuple_text


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """The expression for the name of a model, and whether it is trainable; None leaves that out.

    With `losses`, names of losses of the graph to their weights, the function returns two models:
    that one, and the one that is fitted.
    """

    name: str
    trainable: bool | None = None
    losses: Mapping[str, float] = field(default_factory=dict)

    def return_two(
        self, maker: str, arguments: tuple[tuple[str, Node], ...], whole: Node, then: list[str]
    ) -> list[str]:
        """The last statements of a function that returns the model and the fitted model.

        Args:
            maker: of the model.
            arguments: of the maker.
            whole: the expression of a model that returns the outputs and the losses.
            then: what is done to the model.
        """
        made = Group(f"{maker}(", (*arguments, ("name=", self.name)), ")")
        weights = mapping((name, literal(weight)) for name, weight in self.losses.items())
        parts = (("", whole), ("", weights), ("name=", self.name))
        fitted = lay_out("fitted = ", Group("WithLosses(", parts, ")"))
        return [*lay_out("model = ", made), *then, *fitted, "    return model, fitted"]

    def return_lines(self, maker: str, *arguments: tuple[str, Node], then: list[str]) -> list[str]:
        """The last statements of a function that returns a model; `then` does things to it."""
        made = Group(f"{maker}(", (*arguments, ("name=", self.name)), ")")
        if self.trainable is not None:
            then = [*then, f"    model.trainable = {self.trainable}"]
        if not then:
            return lay_out("return ", made)
        return [*lay_out("model = ", made), *then, "    return model"]


def body(
    graph: Graph, model: ModelSpec, options: ModelOptions, module: Module, outer: Mapping[str, str]
) -> list[str]:
    """The statements of a function that returns a model.

    Args:
        graph: the model's graph.
        model: the same model as it was written.
        options: of the model.
        module: collects what the statements need of the file.
        outer: the function's parameters: input to the tensor that it takes its shape from; for
            a Sequential model the tensor has the key "".
    """
    names = Identifiers([*module.classes, *outer.values()])
    if graph.kind == "sequential":
        return _Sequential(graph, names, module).lines(options, outer.get("", ""))
    return _Functional(graph, model, names, module).lines(options, outer)


def input_node(entry: InputSpec, tensor: str = "") -> Group:
    """A `keras.Input`; if it has no shape, it takes that of a tensor."""
    shape = f"{tensor}.shape[1:]" if entry.shape is None else tuple_text(entry.shape)
    given: dict[str, Any] = {"shape": shape}
    if entry.batch_size is not None:
        given["batch_size"] = literal(entry.batch_size)
    if entry.dtype is not None:
        given["dtype"] = literal(entry.dtype)
    elif entry.shape is None:
        given["dtype"] = f"{tensor}.dtype"
    given.update({key: "True" for key in ("sparse", "ragged") if getattr(entry, key)})
    given["name"] = text_literal(entry.name)
    return Group("keras.Input(", tuple((f"{key}=", value) for key, value in given.items()), ")")


class _Layers:
    """The layers of one graph, each as the expression that creates it."""

    def __init__(self, graph: Graph, names: Identifiers, module: Module) -> None:
        self.graph = graph
        self.names = names
        self.module = module
        self.statements: list[str] = []

    def values(self, owner: str) -> Values:
        """Writes the arguments of a layer; functions of models among them are named after it."""

        def write_model(item: KerasObject, name: str) -> Node:
            _require_shapes(item, self.graph.nested_graph(item))
            wanted = name if "name" in item.args else f"{owner}_{name}"
            return self._nested(item, name, wanted, {})

        return Values(self.module, write_model)

    def make(self, layer: LayerSpec, tensors: Any = None) -> Group:
        """The expression that creates a layer.

        Args:
            layer: the layer.
            tensors: the arguments of its first call, expressions in the structure of the call.
        """
        item = layer.object
        if item.model is None:
            return self.values(layer.name).construct(item, layer.name)
        graph = self.graph.nested_graph(item)
        given = _by_input(graph, tensors) if graph.needs_shapes() else {}
        return self._nested(item, layer.name, layer.name, given)

    def _nested(self, item: KerasObject, name: str, wanted: str, given: Mapping[str, str]) -> Group:
        assert item.model is not None
        names = Identifiers(self.module.classes)
        outer = {key: names.variable(key or "x") for key in given}
        options = ModelOptions("name", item.args.get("trainable"))
        graph = self.graph.nested_graph(item)
        statements = body(graph, item.model, options, self.module, outer)
        function = self.module.function(wanted, name, outer.values(), statements)
        arguments = [("", value) for value in given.values()]
        if name != function.default:
            arguments.append(("name=", text_literal(name)))
        return Group(f"{function.name}(", tuple(arguments), ")")


def _require_shapes(item: KerasObject, graph: Graph) -> None:
    if graph.needs_shapes():
        findings = Findings()
        message = f"a nested {item.class_name} in an argument needs a `shape` for each input"
        findings.error(item.span, "keras-refused", message)
        raise SpecError(findings.sorted())


def _by_input(graph: Graph, tensors: Any) -> dict[str, str]:
    """Input without a shape to the tensor it takes its shape from; by "" in a Sequential."""
    if graph.kind == "sequential":
        return {"": _text(tensors)}
    missing = [entry.name for entry in graph.inputs if entry.shape is None]
    if isinstance(tensors, Mapping):
        return {name: _text(tensors[name]) for name in missing}
    several = tensors if isinstance(tensors, tuple) else (tensors,)
    found = dict(zip((entry.name for entry in graph.inputs), several, strict=False))
    return {name: _text(found[name]) for name in missing}


def _text(tensors: Any) -> str:
    if isinstance(tensors, tuple):
        return f"[{', '.join(map(_text, tensors))}]"
    return str(tensors)


class _Sequential(_Layers):
    def lines(self, options: ModelOptions, tensor: str) -> list[str]:
        """The statements.

        Nested models whose inputs have no shape take it from calls of all layers before them.

        Args:
            options: of the model.
            tensor: the one that the model is called on, where its first layer needs it.
        """
        inner = {n: self.graph.nested_or_none(v.object) for n, v in self.graph.layers.items()}
        waiting = [n for n, g in inner.items() if g is not None and g.needs_shapes()]
        items: list[Node] = [input_node(entry) for entry in self.graph.inputs]
        current = tensor
        if waiting and items:
            tensor = self.names.variable(self.graph.inputs[0].name)
            current = self.names.variable("x")
            self.statements += lay_out(f"{tensor} = ", items[0])
            items = [tensor]
        for layer in self.graph.layers.values():
            if not waiting:
                items.append(self.make(layer))
                continue
            variable = self.names.variable(layer.name)
            self.statements += lay_out(f"{variable} = ", self.make(layer, tensor))
            items.append(variable)
            if layer.name == waiting[-1]:
                waiting = []
            else:
                self.statements.append(f"    {current} = {variable}({tensor})")
                tensor = current
        if options.losses:
            self.module.use("WithLosses")
            made = (("", sequence(items)),)
            last = options.return_two("keras.Sequential", made, self._with_losses(), [])
        else:
            last = options.return_lines("keras.Sequential", ("", sequence(items)), then=[])
        return [*self.statements, *last]

    def _with_losses(self) -> Node:
        """A model around the same layers that returns the output and the losses."""
        made = {entry.name: "model.inputs[0]" for entry in self.graph.inputs}
        made |= {
            name: f"model.get_layer({text_literal(name)}).output" for name in self.graph.layers
        }
        losses = ((name, made[ref.source]) for name, ref in self.graph.losses.items())
        outputs = sequence(("model.outputs[0]", mapping(losses)))
        parts = (("inputs=", "model.inputs"), ("outputs=", outputs))
        return Group("keras.Model(", parts, ")")


class _Functional(_Layers):
    def __init__(self, graph: Graph, model: ModelSpec, names: Identifiers, module: Module) -> None:
        super().__init__(graph, names, module)
        self.results = Results(graph, model, names)
        self.layers: dict[str, str] = {}
        calls = [call.layer for call in graph.calls]
        self.shared = {name for name in calls if calls.count(name) > 1}
        self.ops: dict[str, str] = {}
        """The op that each node in the model comes from, by the node's name."""

    def lines(self, options: ModelOptions, outer: Mapping[str, str]) -> list[str]:
        """The statements. `outer` has the tensors that inputs take their shapes from."""
        for entry in self.graph.inputs:
            tensor = outer.get(entry.name, "")
            variable = self.results.variables[entry.name] = tensor or self.names.variable(
                entry.name
            )
            self.statements += lay_out(f"{variable} = ", input_node(entry, tensor))
        for call in self.graph.calls:
            self._call(call)
        outputs = self.results.node(self.graph.outputs)
        saved = self.graph.for_outputs()
        arguments = (("inputs=", self._inputs(saved)), ("outputs=", outputs))
        if options.losses:
            self.module.use("WithLosses")
            whole = self._with_losses(outputs)
            last = options.return_two("keras.Model", arguments, whole, self._number_masks())
            return [*self.statements, *last]
        last = options.return_lines("keras.Model", *arguments, then=self._number_masks())
        return [*self.statements, *last]

    def _number_masks(self) -> list[str]:
        if not self.module.masks:
            return []
        given = ["model", *map(text_literal, self.ops)]
        call = Group(f"{self.module.use('number_masks')}(", tuple(("", x) for x in given), ")")
        return lay_out("", call)

    def _with_losses(self, outputs: Node) -> Node:
        """A model that returns the outputs and the losses."""
        losses = ((name, self.results.node(ref)) for name, ref in self.graph.losses.items())
        both = sequence((outputs, mapping(losses)))
        parts = (("inputs=", self._inputs(self.graph)), ("outputs=", both))
        return Group("keras.Model(", parts, ")")

    def _inputs(self, graph: Graph) -> Node:
        refs = [TensorRef(entry.name) for entry in graph.inputs]
        if self.graph.input_structure == "single":
            return self.results.node(refs[0])
        if self.graph.input_structure == "dict":
            return mapping((ref.source, self.results.node(ref)) for ref in refs)
        return sequence(self.results.node(ref) for ref in refs)

    def _call(self, call: Call) -> None:
        spec = self.graph.layers[call.layer]
        values = self.values(spec.name)
        named = {key: self.results.node(item) for key, item in call.named.items() if key}
        if spec.object.class_name.startswith("ops."):
            several = [self.results.node(item) for item in call.named.get("", ())]
            # an op has a node for each call, and Keras wants another name for each node
            name = call.name if spec.name in self.ops.values() else spec.name
            self.ops[name] = spec.name
            reads = bool(named or several)
            node: Node = op_node(spec, named, several, values, name if reads else None)
        else:
            given = [("", item) for item in self._positional(spec, call)]
            given += [(f"{key}=", node) for key, node in named.items()]
            given += [(f"{key}=", values.node(item)) for key, item in call.arguments.items()]
            node = self._called(spec, call, tuple(given))
        target, after = self.results.target(call)
        self.statements += lay_out(f"{target} = ", node, after)

    def _positional(self, spec: LayerSpec, call: Call) -> list[Node]:
        nodes = [self.results.node(item) for item in call.positional]
        name, calls = spec.object.class_name, self.module.extensions
        if len(nodes) > 1 and ">" in name and calls and calls.takes_list(name, call.span):
            return [sequence(nodes)]
        return nodes

    def _called(self, spec: LayerSpec, call: Call, given: tuple[tuple[str, Node], ...]) -> Node:
        if call.layer in self.layers:
            return Group(f"{self.layers[call.layer]}(", given, ")")
        first = call.positional[0] if call.positional else ()
        made = self.make(spec, self._structure(first))
        if call.layer not in self.shared:
            return Chain(made, Group("(", given, ")"))
        variable = self.layers[call.layer] = self.names.variable(call.layer)
        self.statements += lay_out(f"{variable} = ", made)
        return Group(f"{variable}(", given, ")")

    def _structure(self, value: Any) -> Any:
        """The tensors of a call as texts in its own structure."""
        if isinstance(value, TensorRef):
            return flat(self.results.node(value))
        if isinstance(value, Mapping):
            return {key: self._structure(item) for key, item in value.items()}
        return tuple(self._structure(item) for item in value)

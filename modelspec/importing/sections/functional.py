"""A functional config as the `functional` section of a spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.importing.keras2 import convert_tf_call, is_tf_call
from modelspec.importing.keras_config import (
    ConfigLayer,
    ConfigNode,
    ConfigTensor,
    ImportContext,
    LayerNames,
    Network,
    OpCall,
    ResultKeys,
    SpecCall,
    arrange_tensors,
    convert_call,
    convert_op,
    drop_implicit_masks,
    find_result_keys,
    has_several_results,
    is_model,
    is_op,
    iter_tensors,
    layers_losing_masks,
    parse_network,
    spec_value,
)

from .edges import PartOfList, sort_calls, write_edges
from .layers import convert_input, convert_layer


def convert_functional(config: Mapping[str, Any], ctx: ImportContext) -> dict[str, Any] | None:
    """`inputs`, `layers`, `edges` and `outputs` of one model; None with findings where it fails."""
    network = parse_network(config, ctx)
    if network is None:
        return None
    drop_implicit_masks(network)
    for name in layers_losing_masks(network) if ctx.generation == 2 else ():
        where = ctx.describe(name, network.layers[name].raw["class_name"])
        message = f"{where}: Keras 3 passes it no mask, because it is called with state tensors"
        ctx.warning(
            "mask-lost", message, "call it with `mask`, made by an op such as ops.not_equal"
        )
    return _FunctionalConverter(network, ctx).run()


class _FunctionalConverter:
    """Writes one network down."""

    def __init__(self, network: Network, ctx: ImportContext) -> None:
        self.network = network
        self.ctx = ctx
        self.names = LayerNames(self._wishes())
        self.layers: dict[str, Any] = {}
        self.classes: dict[str, str] = {}
        self.calls: list[SpecCall] = []
        self.keys: dict[tuple[str, int], ResultKeys | None] = {}
        self.results: dict[tuple[str, int], str] = {}

    def _wishes(self) -> list[str]:
        return list(self._input_names().values()) + [
            name for name, layer in self.network.layers.items() if not layer.is_input
        ]

    def _input_names(self) -> dict[str, str]:
        """Input layer to its name: its own, or its key where the model takes a dict."""
        inputs = self.network.inputs
        if isinstance(inputs, dict):
            return {t.layer: key for key, t in inputs.items() if isinstance(t, ConfigTensor)}
        return {tensor.layer: tensor.layer for tensor in iter_tensors(inputs)}

    def run(self) -> dict[str, Any] | None:
        before = self.ctx.findings.error_count
        inputs = self._inputs()
        for layer in self.network.layers.values():
            if not layer.is_input:
                self._layer(layer)
        if self.ctx.findings.error_count != before:
            return None
        self._report_names()
        ordered = sort_calls(self.calls)
        outputs = self._outputs()
        if ordered is None:
            self.ctx.error("not-a-model", "the layers of the config form a cycle")
        if ordered is None or outputs is None:
            return None
        edges = write_edges(ordered, self._ref, self.classes)
        body = {"inputs": inputs, "layers": self.layers, "edges": edges, "outputs": outputs}
        structure = self._structure()
        return body if structure is None else {**body, "input_structure": structure}

    def _inputs(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        read = {tensor.layer for tensor in self.network.tensors_read()}
        for old, name in self._input_names().items():
            layer = self.network.layers[old]
            new = self.names.new[name]
            if not layer.is_input:
                message = f'the model begins at the layer "{old}", which is not an input'
                self.ctx.error("not-a-model", message)
                continue
            if old not in read:
                message = f'no output depends on the input "{old}"'
                self.ctx.error(
                    "unused-input", message, "build the model without it and save it again"
                )
            found[new] = convert_input(layer.raw, old, self.ctx)
            self.results[old, 0] = new
            self.keys[old, 0] = (None,)
        nested = any(
            not isinstance(item, ConfigTensor) for item in self._items(self.network.inputs)
        )
        if nested:
            self.ctx.error(
                "nested-inputs", "the model's inputs are nested; a spec allows a list or a dict"
            )
        return found

    @staticmethod
    def _items(structure: Any) -> list[Any]:
        if isinstance(structure, ConfigTensor):
            return [structure]
        return list(structure.values() if isinstance(structure, dict) else structure)

    def _layer(self, layer: ConfigLayer) -> None:
        if is_op(layer):
            for number, node in enumerate(layer.nodes):
                self._op(layer, number, node, convert_op(layer, node, self.ctx))
        elif is_tf_call(layer):
            for number, node in enumerate(layer.nodes):
                self._op(layer, number, node, convert_tf_call(layer, node, self.ctx))
        else:
            self._plain_layer(layer)

    def _plain_layer(self, layer: ConfigLayer) -> None:
        name = self.names.new[layer.name]
        self.ctx.record_location(layer.raw, layer.name)
        if is_model(layer.raw):
            class_name, args = self.ctx.nested_model(layer.raw, layer.name, self.ctx)
        else:
            class_name, args = convert_layer(layer.raw, layer.name, self.ctx)
        self.layers[name] = spec_value(class_name, args)
        self.classes[name] = class_name
        several = len(layer.nodes) > 1
        for number, node in enumerate(layer.nodes):
            positional, named, plain = convert_call(layer, node, class_name, self.ctx)
            if class_name == "Functional" and is_model(layer.raw):
                positional, named = self._nested_inputs(args, positional, named)
            result = self.names.unique(f"{name}_{number + 1}") if several else None
            self._add(
                SpecCall(name, (layer.name, number), positional, named, plain, result), layer, node
            )

    def _nested_inputs(
        self, body: dict[str, Any], positional: list[Any], named: dict[str, Any]
    ) -> tuple[list[Any], dict[str, Any]]:
        """A nested model takes its tensors in the order of its inputs, or by their names."""
        if len(positional) != 1 or isinstance(positional[0], ConfigTensor):
            return positional, named
        if isinstance(positional[0], dict):
            by_name = {self._legal_input(body, key): t for key, t in positional[0].items()}
            return [by_name[name] for name in body.get("inputs", {}) if name in by_name], named
        return list(positional[0]), named

    @staticmethod
    def _legal_input(body: dict[str, Any], key: str) -> str:
        return LayerNames([key]).new[key] if key not in body.get("inputs", {}) else key

    def _op(self, layer: ConfigLayer, number: int, node: ConfigNode, found: OpCall | None) -> None:
        if found is None:
            return
        name = self.names.new[layer.name]
        if number:
            name = self.names.unique(f"{name}_{number + 1}")
        self.layers[name] = spec_value(found.name, found.constants)
        self.classes[name] = found.name
        positional, named = arrange_tensors(found)
        self._add(SpecCall(name, (layer.name, number), positional, named), layer, node)
        several = has_several_results(found.name, found.constants)
        self.keys[layer.name, number] = None if several else (None,)

    def _add(self, call: SpecCall, layer: ConfigLayer, node: ConfigNode) -> None:
        self.calls.append(call)
        self.results[call.key] = call.result or call.layer
        self.keys[call.key] = find_result_keys(layer.raw, node.kwargs, self.ctx.generation)

    def _ref(self, tensor: ConfigTensor) -> str:
        key = (tensor.layer, tensor.node)
        name, keys = self.results[key], self.keys[key]
        if keys == (None,) and tensor.number == 0:
            return name
        if keys is None or tensor.number >= len(keys):
            return f"{name}[{tensor.number}]"
        at = keys[tensor.number]
        ref = f"{name}[{at}]"
        return PartOfList(ref) if keys.count(at) > 1 else ref

    def _outputs(self) -> Any:
        structure = self.network.outputs
        missing = [t for t in self.network.tensors_read() if (t.layer, t.node) not in self.results]
        if missing:
            lost = missing[0]
            message = (
                f'call {lost.node + 1} of the layer "{lost.layer}" is used, but the config lacks it'
            )
            self.ctx.error("not-a-model", message)
            return None
        if isinstance(structure, ConfigTensor):
            return self._ref(structure)
        items = self._items(structure)
        if any(not isinstance(item, ConfigTensor) for item in items):
            self.ctx.error(
                "nested-outputs", "the model's outputs are nested; a spec allows a list or a dict"
            )
            return None
        if isinstance(structure, dict):
            return {LayerNames([key]).new[key]: self._ref(t) for key, t in structure.items()}
        if len(items) == 1 and self.ctx.generation == 2:
            return self._ref(items[0])
        return [self._ref(item) for item in items]

    def _structure(self) -> str | None:
        inputs = self.network.inputs
        if isinstance(inputs, dict):
            return "dict"
        single = isinstance(inputs, list) and len(inputs) == 1
        return "list" if single and self.ctx.generation == 3 else None

    def _report_names(self) -> None:
        path = tuple(self.ctx.models[1:])
        for old, new in self.names.changed.items():
            self.ctx.renamed[(*path, old)] = new

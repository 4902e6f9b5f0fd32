"""A functional config read into a network, or refused where it is no whole one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.importing.network import (
    ConfigLayer,
    Network,
    iter_tensors,
    parse_nodes,
    parse_tensors,
    renumber_calls,
)
from modelspec.importing.objects import ImportContext

from .layers import is_model


def parse_network(config: Mapping[str, Any], ctx: ImportContext) -> Network | None:
    """The network that a config describes."""
    raws = [raw for raw in config.get("layers", ()) if isinstance(raw, dict)]
    layers: dict[str, ConfigLayer] = {}
    for raw in raws:
        inner = raw.get("config")
        name = raw.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
        if (
            not isinstance(name, str)
            or not isinstance(raw.get("class_name"), str)
            or name in layers
        ):
            ctx.error("not-a-model", f"the config has a layer without a name of its own: {name!r}")
            return None
        layers[name] = ConfigLayer(name, raw)
    for layer in layers.values():
        nodes = parse_nodes(layer.raw.get("inbound_nodes", []), layers)
        if nodes is None:
            where = ctx.describe(layer.name, layer.raw["class_name"])
            ctx.error(
                "not-a-model", f"{where}: its `inbound_nodes` are in no form that Keras writes"
            )
            return None
        layer.nodes = nodes
    inputs, outputs = (parse_tensors(config.get(key)) for key in ("input_layers", "output_layers"))
    if inputs is None or outputs is None:
        ctx.error("not-a-model", "the config's `input_layers` and `output_layers` are not tensors")
        return None
    network = Network(layers, inputs, outputs)
    if not _is_whole(network, ctx):
        return None
    renumber_calls(network, is_model, ctx.generation)
    return network


def _is_whole(network: Network, ctx: ImportContext) -> bool:
    for tensor in [*network.tensors_read(), *iter_tensors(network.inputs)]:
        if tensor.layer not in network.layers:
            ctx.error(
                "not-a-model", f'the config reads from a layer "{tensor.layer}" that it lacks'
            )
            return False
    return True

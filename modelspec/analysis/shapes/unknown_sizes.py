"""Where a size that a layer has to know became unknown, and what makes it known there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.analysis.arguments import complete
from modelspec.analysis.facts import TensorStructure, tensors_of
from modelspec.graph import Call, Graph


def unknown_size_hint(
    call: Call, graph: Graph, tensors: Mapping[str, TensorStructure]
) -> str | None:
    """The hint for a call that needs a size which nobody knows.

    Args:
        call: the call.
        graph: its model.
        tensors: what each input and call before it returns, by name.

    Returns:
        None where the size comes from an input that leaves it open.
    """
    calls = {made.name: made for made in graph.calls}
    waiting, seen = [call], {call.name}
    while waiting:
        for ref in waiting.pop().reads():
            source = calls.get(ref.source)
            if source is None or source.name in seen or not _is_open(tensors.get(ref.source)):
                continue
            seen.add(source.name)
            if any(_is_open(tensors.get(before.source)) for before in source.reads()):
                waiting.append(source)
            else:
                return _hint(source, graph)
    return None


def _is_open(value: TensorStructure) -> bool:
    """Whether a size of a tensor, that of the batch apart, is unknown."""
    found = (tensor for tensor in tensors_of(value) if tensor is not None)
    return any(None in tensor.shape[1:] for tensor in found)


def _hint(origin: Call, graph: Graph) -> str:
    item = graph.layers[origin.layer].object
    way = _what_makes_it_known(complete(item))
    name = f'"{origin.layer}" ({item.class_name})'
    if way is None:
        return f"the result of {name} has a size that only a run knows"
    return f"write {way} in {name}: the size of its result then does not depend on the data"


def _what_makes_it_known(args: Mapping[str, Any]) -> str | None:
    """What gives the result of a layer that learns a vocabulary a known size."""
    if "pad_to_max_tokens" not in args:
        return None
    if args["output_mode"] == "int":
        return "`output_sequence_length`" if "output_sequence_length" in args else None
    pad = "`pad_to_max_tokens: true`"
    return pad if args["max_tokens"] is not None else f"`max_tokens` and {pad}"

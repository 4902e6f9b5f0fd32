"""Small models whose inputs leave sizes open, drawn: strides, pools, valid edges, skips."""

from __future__ import annotations

from random import Random
from typing import Any


def draw_spec(draw: Random) -> dict[str, Any]:
    """A functional of one input with one open size, or two; each layer reads an earlier one."""
    rank = draw.choice([1, 1, 2])
    layers: dict[str, Any] = {}
    edges: list[str] = []
    channels = {"x": 3}
    for index in range(draw.randint(1, 6)):
        name, before = f"l{index}", list(channels)
        last = before[-1]
        other = draw.choice(before)
        if other != last and draw.random() < 0.5:
            join = draw.choice(["Add", "Multiply"]) if channels[other] == channels[last] else None
            layers[name] = join or "Concatenate"
            edges.append(f"{last}, {other} -> {name}")
            channels[name] = channels[last] + (0 if join else channels[other])
        else:
            source = last if draw.random() < 0.8 else other
            layers[name] = _layer(draw, rank)
            edges.append(f"{source} -> {name}")
            channels[name] = 3 if "Conv" in next(iter(layers[name])) else channels[source]
    used = {edge.split(" -> ")[0] for edge in edges}
    read = {name for names in used for name in names.split(", ")}
    outputs = [name for name in layers if name not in read]
    model = {
        "inputs": {"x": {"shape": [*[None] * rank, 3]}},
        "layers": layers,
        "edges": edges,
        "outputs": outputs if len(outputs) > 1 else outputs[0],
    }
    return {"modelspec": 1, "name": "drawn", "model": {"functional": model}}


def _layer(draw: Random, rank: int) -> dict[str, Any]:
    """A layer that changes the sizes."""
    size, padding = draw.randint(1, 4), draw.choice(["same", "valid"])
    kind = draw.randrange(8)
    if kind < 2:
        more = {"strides": draw.randint(1, 3)}
        if draw.random() < 0.3:
            more = {"dilation_rate": draw.randint(1, 3)}
        args = {"filters": 3, "kernel_size": size, "padding": padding, **more}
        return {f"Conv{rank}D": args}
    if kind < 4:
        name = draw.choice(["Max", "Average"])
        args = {"pool_size": size, "strides": draw.randint(1, 3), "padding": padding}
        return {f"{name}Pooling{rank}D": args}
    if kind == 4:
        return {f"UpSampling{rank}D": {"size": draw.randint(2, 3)}}
    if kind == 5:
        args = {"filters": 3, "kernel_size": size, "strides": draw.randint(1, 3)}
        return {f"Conv{rank}DTranspose": {**args, "padding": padding}}
    if kind == 6:
        return {f"ZeroPadding{rank}D": {"padding": draw.randint(1, 2)}}
    return {f"Cropping{rank}D": {"cropping": draw.randint(1, 2)}}

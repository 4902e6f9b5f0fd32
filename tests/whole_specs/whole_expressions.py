"""Params and expressions in a drawn spec: a value becomes `${...}`, mostly one that gives it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from draw import chance

Spec = dict[str, Any]

UNTOUCHED = ("edges", "outputs", "name", "params", "input_structure", "initial_state")
"""Keys whose values name something: an expression there is seldom written."""


def add_params(rng: Random, spec: Spec) -> None:
    """Replace one to four values of a spec by expressions of new params of the file."""
    params: Spec = {}
    parts = [spec["model"], *spec.get("blocks", {}).values(), spec["training"]]
    places = [place for part in parts for place in _places(part)]
    for container, key in rng.sample(places, min(len(places), rng.randint(1, 4))):
        _lift(rng, container, key, params, f"p{len(params)}")
    if params:
        spec["params"] = params


def add_block_params(rng: Random, body: Any) -> Spec:
    """Replace up to two whole numbers of a block's body by params; the values by name."""
    params: Spec = {}
    places = [(c, key) for c, key in _places(body) if _is_number(c[key])]
    for container, key in rng.sample(places, min(len(places), rng.choice((0, 1, 1, 2)))):
        _lift(rng, container, key, params, f"n{len(params)}")
    return params


def add_index(rng: Random, layers: Any) -> None:
    """Let one number of the layers of a `repeat` depend on the turn."""
    places = [(c, key) for c, key in _places(layers) if _is_number(c[key])]
    if places:
        container, key = rng.choice(places)
        value = container[key]
        ways = (f"${{{value} + index}}", f"${{{value} * (index + 1)}}", f"${{max({value}, index)}}",
                f"${{{value} if index else {value}}}", f"${{{value} / (index + 1)}}",
                f"${{{value} - index}}")  # fmt: skip
        container[key] = rng.choice(ways)


def _is_number(value: Any) -> bool:
    return type(value) is int and value > 0


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Values of a part of a spec, by the list or mapping that they are in."""
    if isinstance(value, dict):
        items: list[tuple[Any, Any]] = [(k, v) for k, v in value.items() if k not in UNTOUCHED]
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return
    for key, item in items:
        if not isinstance(item, dict) and item is not None and key != "layers":
            yield value, key
        yield from _places(item)


def _lift(rng: Random, container: Any, key: Any, params: Spec, name: str) -> None:
    value = container[key]
    if isinstance(value, str) and "${" in value:
        return
    slip = chance(rng, 0.06)
    if slip and chance(rng, 0.3):
        container[key] = "${missing}"
        return
    ways = list((_slips if slip else _ways)(value, name))
    container[key], params[name] = rng.choice(ways)


def _ways(value: Any, p: str) -> Iterator[tuple[str, Any]]:
    """Expressions that give a value, each with that of its param."""
    yield f"${{{p}}}", value
    yield f"${{{p}[1]}}", [0, value]
    yield f"${{{p}['a']}}", {"a": value}
    yield f"${{{p}[0] if len({p}) else 1}}", [value]
    if isinstance(value, bool):
        yield f"${{{p} > 3}}", 4 if value else 3
        yield f"${{not {p}}}", not value
        yield f"${{{p} == 'on'}}", "on" if value else "off"
    elif isinstance(value, int):
        yield f"${{{p} * 2 + {value % 2}}}", value // 2
        yield f"${{{p} // 2}}", value * 2 + 1
        yield f"${{{p} - 1}}", value + 1
        yield f"${{min({p}, 9999)}}", value
        yield f"${{int({p} / 2)}}", value * 2
        yield f"${{round({p})}}", value + 0.25
        yield f"${{{p} % 10000}}", abs(value)
        if 0 <= value < 6:
            yield f"${{len({p})}}", ["a"] * value
    elif isinstance(value, float):
        yield f"${{{p} / 2}}", value * 2
        yield f"${{{p} * 1}}", value
    elif isinstance(value, str):
        yield f"${{'{value}' if {p} else 'tanh'}}", 1
        yield f"${{{p}}}{value[1:]}", value[:1]


def _slips(value: Any, p: str) -> Iterator[tuple[str, Any]]:
    """Expressions that people take for that."""
    if isinstance(value, (int, float)):
        yield f"${{{p} / 2}}", value * 2
        yield f"${{{p}}}", str(value)
        yield f"${{{p}}}", float(value)
        yield f"${{{p}}}.0", value
        yield f"${{{p} ** 0.5}}", value * value
        yield f"${{round({p}, 1)}}", value + 0.04
    yield f"${{{p}}}", [value]
    yield f"${{{p}}}", None
    yield f"${{{p}[2]}}", [value]
    yield f" ${{{p}}}", value

"""The variants of an architecture as one list of layers, each with what it depends on."""

from __future__ import annotations

import inspect
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .variants import (
    ALPHAS,
    BASE,
    NASNET_SIZES,
    SIZES,
    Layer,
    Variant,
    architectures,
    build,
    variants,
)

CLASSES = 7
ACTIVATION = "sigmoid"
RATE = 0.875
MULTIPLIER = 3
"""Values that occur nowhere else in an architecture, given in order to find where they go."""


class Row(NamedTuple):
    """One layer of the list. See `modelspec.layers.applications.inside` for the form."""

    name: str
    config: int
    inputs: tuple[int, ...] | None
    when: Sequence[Mapping[str, Any]]


def describe(name: str) -> dict[str, str]:
    """The text of each file of an architecture, by the file's name."""
    texts = {f"{name}.json": _text(name)}
    if "minimalistic" in inspect.signature(architectures()[name]).parameters:
        texts[f"{name}.minimalistic.json"] = _text(name, minimalistic=True)
    return texts


def _text(name: str, **fixed: Any) -> str:
    raw = list(variants(name, **fixed))
    built = _with_padding(raw)
    values, prefix = _values(name, raw[0], fixed)
    keys = [[(each.name, _key(each.config)) for each in variant.layers] for variant in built]
    widths = _widths(name, fixed)
    order = _merged(keys)
    configs: dict[str, int] = {}
    rows = []
    presence = [dict.fromkeys(each) for each in keys]
    for at, key in enumerate(order):
        present = [key in each for each in presence]
        when = _conditions([v.features for v in built], present)
        of_alpha = [by_name.get(key[0]) for by_name in widths.values()]
        config = configs.setdefault(
            f"{values.get(key, key[1])}\0{json.dumps(of_alpha)}", len(configs)
        )
        rows.append(Row(key[0], config, _inputs(at, order, built, keys, presence), when))
    for variant, given in zip(built, keys, strict=True):
        _prove(rows, order, variant, given)
    tables = [json.loads(text.partition("\0")[0]) for text in configs]
    alphas = {}
    for alpha, by_name in widths.items():
        alphas[str(alpha)] = {
            str(row.config): by_name[row.name]
            for row in rows
            if by_name.get(row.name, _width(tables[row.config])) != _width(tables[row.config])
            and isinstance(_width(tables[row.config]), int)
        }
    return _written(tables, rows, alphas, prefix)


def _key(config: Any) -> str:
    return json.dumps(config, sort_keys=False)


def _arguments(name: str) -> dict[str, Any]:
    takes = inspect.signature(architectures()[name]).parameters
    given = {
        "classes": CLASSES,
        "classifier_activation": ACTIVATION,
        "dropout": RATE,
        "dropout_rate": RATE,
        "depth_multiplier": MULTIPLIER,
    }
    return {key: value for key, value in given.items() if key in takes}


def _values(
    name: str, base: Variant, fixed: Mapping[str, Any]
) -> tuple[dict[tuple[str, str], str], str]:
    """The layers that take an argument of the architecture, with the argument's name in its place;
    and the start of the names of layers that is the architecture's own name, "" where none is."""
    given = _arguments(name)
    shape = (base.size, base.size, 3)
    other = build(name, {"input_shape": shape, **given, **fixed}, BASE)
    found = {}
    for before, after in zip(base.layers, other.layers, strict=True):
        if before.config != after.config:
            marked = _marked(before.config, after.config, given)
            found[before.name, _key(before.config)] = _key(marked)
    prefix = ""
    if not name.startswith("EfficientNetV2"):  # these take no other name
        named = build(name, {"input_shape": shape, **fixed, "name": "given"}, BASE)
        for before, after in zip(base.layers, named.layers, strict=True):
            if before.name != after.name:
                prefix = before.name.removesuffix(after.name.removeprefix("given"))
                assert prefix + after.name.removeprefix("given") == before.name
    return found, prefix


def _marked(before: Any, after: Any, given: Mapping[str, Any]) -> Any:
    """A value with `{"$": NAME}` in the place of each argument that it takes."""
    if before == after:
        return after
    if isinstance(after, dict):
        known = before if isinstance(before, dict) else {}
        return {key: _marked(known.get(key), value, given) for key, value in after.items()}
    if isinstance(after, list):
        items = before if isinstance(before, list) else [None] * len(after)
        return [_marked(one, other, given) for one, other in zip(items, after, strict=True)]
    names = [name for name, value in given.items() if value == after]
    assert len(names) == 1, (before, after)
    (name,) = names
    return {"$": name}


def _with_padding(built: Sequence[Variant]) -> list[Variant]:
    """The variants with paddings that depend on the size of the image written as such: a layer
    pads what `correct_pad` of Keras says for its input, which is the image halved some times."""
    found: dict[str, set[str]] = {}
    for variant in built:
        for layer in variant.layers:
            if _padding(layer.config) is not None:
                found.setdefault(layer.name, set()).add(_key(layer.config))
    depends = {name for name, texts in found.items() if len(texts) > 1}
    halved: dict[str, tuple[bool, int]] = {}
    for variant in built:
        for layer in variant.layers:
            if layer.name in depends and variant.size is not None:
                trimmed = variant.size in NASNET_SIZES
                place = trimmed, _halvings(layer.sizes[0], variant.size, trimmed=trimmed)
                assert halved.setdefault(layer.name, place) == place
    return [
        variant._replace(layers=tuple(_padded(layer, halved) for layer in variant.layers))
        for variant in built
    ]


def _halvings(size: int | None, whole: int, *, trimmed: bool) -> int:
    """How often an image was halved, rounded up, after its border was taken away if so."""
    left = (whole - 1) // 2 if trimmed else whole
    for times in range(7):
        if left == size:
            return times
        left = (left + 1) // 2
    raise ValueError(f"{size} is not {whole} halved")


def _padded(layer: Layer, halved: Mapping[str, tuple[bool, int]]) -> Layer:
    if layer.name not in halved:
        return layer
    trimmed, times = halved[layer.name]
    (top, bottom), (left, right) = _padding(layer.config)
    size = layer.sizes[0]
    is_odd = size is not None and size % 2 == 1
    assert (top, bottom) == (left, right) == (bottom - (not is_odd), bottom), layer
    padding = {"$pad": [bottom, times, *([1] if trimmed else [])]}
    return layer._replace(config={"ZeroPadding2D": {"padding": padding}})


def _padding(config: Any) -> Any:
    if config == "ZeroPadding2D":
        return ((1, 1), (1, 1))
    if not isinstance(config, dict) or "ZeroPadding2D" not in config:
        return None
    padding = config["ZeroPadding2D"]["padding"]
    return ((padding, padding), (padding, padding)) if isinstance(padding, int) else padding


def _merged(keys: Sequence[Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """All layers in one order that agrees with that of each variant."""
    order: list[tuple[str, str]] = list(keys[0])
    known = set(order)
    for each in keys[1:]:
        at = -1
        for key in each:
            if key in known:
                at = max(at, order.index(key))
            else:
                at += 1
                order.insert(at, key)
                known.add(key)
    return order


def _conditions(
    features: Sequence[Mapping[str, Any]], present: Sequence[bool]
) -> list[dict[str, Any]]:
    """In which variants a layer is: wherever one of these holds."""
    if all(present):
        return []
    alone = _condition(features, present)
    if alone is not None:
        return [alone]
    parts = []
    for top in (True, False):
        of_top = [
            there and each["top"] == top for each, there in zip(features, present, strict=True)
        ]
        parts.append(_condition(features, of_top))
    assert None not in parts, [f for f, p in zip(features, present, strict=True) if p]
    return [part for part in parts if part is not None]


def _condition(
    features: Sequence[Mapping[str, Any]], present: Sequence[bool]
) -> dict[str, Any] | None:
    """The fewest features with values that say in which variants a layer is."""
    names = [name for name in BASE if len({str(each[name]) for each in features}) > 1]
    for count in (1, 2, 3):
        for chosen in itertools.combinations(names, count):
            wanted = {
                tuple(each[name] for name in chosen)
                for each, there in zip(features, present, strict=True)
                if there
            }
            if len(wanted) == 1:
                condition = dict(zip(chosen, next(iter(wanted)), strict=True))
                if [_holds(condition, each) for each in features] == list(present):
                    return condition
    return None


def _holds(condition: Mapping[str, Any], features: Mapping[str, Any]) -> bool:
    return all(features[name] == value for name, value in condition.items())


def _is_there(row: Row, features: Mapping[str, Any]) -> bool:
    return not row.when or any(_holds(condition, features) for condition in row.when)


def _inputs(
    at: int,
    order: Sequence[tuple[str, str]],
    built: Sequence[Variant],
    keys: Sequence[Sequence[tuple[str, str]]],
    presence: Sequence[Mapping[tuple[str, str], None]],
) -> tuple[int, ...] | None:
    """The rows that a layer reads: the last of them that is there, or one before it."""
    places: list[list[int]] = []
    for variant, given, there in zip(built, keys, presence, strict=True):
        if order[at] not in there:
            continue
        layer = variant.layers[list(given).index(order[at])]
        by_name = dict(given)
        found = [order.index((name, by_name[name])) if name else -1 for name in layer.inputs]
        places.append(found)
    inputs = tuple(max(each) for each in zip(*places, strict=True))
    return None if inputs == (at - 1,) else inputs


def _prove(
    rows: Sequence[Row],
    order: Sequence[tuple[str, str]],
    variant: Variant,
    given: Sequence[tuple[str, str]],
) -> None:
    """Check that the list gives a variant back."""
    there = [_is_there(row, variant.features) for row in rows]
    found = {}
    for at, row in enumerate(rows):
        if there[at]:
            inputs = (at - 1,) if row.inputs is None else row.inputs
            found[order[at]] = tuple(_nearest(place, there, rows) for place in inputs)
    wanted = {key: layer.inputs for key, layer in zip(given, variant.layers, strict=True)}
    assert found == wanted, [k for k in wanted if found.get(k) != wanted[k]][:3]
    last = max(at for at, is_there in enumerate(there) if is_there)
    assert rows[last].name == variant.output


def _nearest(place: int, there: Sequence[bool], rows: Sequence[Row]) -> str:
    while place >= 0 and not there[place]:
        place -= 1
    return rows[place].name if place >= 0 else ""


WIDTHS = ("filters", "units")


def _width(config: Any) -> Any:
    if not isinstance(config, dict):
        return None
    ((_, args),) = config.items()
    return next((args[key] for key in WIDTHS if key in args), None)


def _widths(name: str, fixed: Mapping[str, Any]) -> dict[float, dict[str, int]]:
    """For each width of an architecture, the filters of each of its layers that has another."""
    if "alpha" not in inspect.signature(architectures()[name]).parameters:
        return {}
    given = {"input_shape": (SIZES[0], SIZES[0], 3), **fixed}
    base = build(name, given, BASE)
    found = {}
    for alpha in ALPHAS:
        made = build(name, {**given, "alpha": alpha}, BASE)
        alike = [(a.name, a.inputs) for a in base.layers] == [
            (b.name, b.inputs) for b in made.layers
        ]
        if alike and all(
            _same_but_width(a.config, b.config)
            for a, b in zip(base.layers, made.layers, strict=True)
        ):
            found[alpha] = {
                b.name: _width(b.config) for b in made.layers if isinstance(_width(b.config), int)
            }
    return found


def _same_but_width(one: Any, other: Any) -> bool:
    def rest(config: Any) -> Any:
        if not isinstance(config, dict):
            return config
        ((kind, args),) = config.items()
        return kind, {k: v for k, v in args.items() if k not in (*WIDTHS, "target_shape")}

    return bool(rest(one) == rest(other))


def _written(
    configs: Sequence[Any], rows: Sequence[Row], alphas: Mapping[str, Any], prefix: str
) -> str:
    import keras

    lines = [f'{{"keras": {json.dumps(keras.__version__)}, "prefix": {json.dumps(prefix)},']
    lines.append('"configs": [')
    lines.append(",\n".join(_compact(config) for config in configs) + "],")
    lines.append('"layers": [')
    lines.append(",\n".join(json.dumps(text) for text in _row_texts(rows)) + "],")
    lines.append('"alphas": {')
    lines.append(",\n".join(f"{json.dumps(a)}: {_compact(w)}" for a, w in alphas.items()) + "}}")
    return "\n".join(lines) + "\n"


def _row_texts(rows: Sequence[Row]) -> Iterator[str]:
    """Each row as a line, in which a number stands for the start that its name shares with the
    name before."""
    before = ""
    for row in rows:
        kept = _shared(before, row.name)
        before = row.name
        rest = "" if row.inputs is None else f" {_compact(list(row.inputs))}"
        if row.when:
            rest = f"{rest or ' null'} {_compact(list(row.when))}"
        yield f"{kept} {row.name[kept:]} {row.config}{rest}"


def _shared(one: str, other: str) -> int:
    """How many characters two names have in common at their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))

"""What an application consists of, as a functional model of its layers.

Each architecture has a file in `inside/`, which `python -m tools.architectures` makes from the
installed Keras:

- `configs`: layers as a spec writes them. `{"$": NAME}` stands for an argument of the application,
  `{"$pad": [PADDING, TIMES, TRIMMED]}` for a padding that depends on the size of the image.
- `layers`: `KEPT NAME CONFIG INPUTS WHEN`, each after those that it reads. The name goes on after
  so many characters of the name before. `INPUTS` are places in this list, -1 for the image; null
  or left out, the place before. Where a layer is not there, the one before it is read. `WHEN` are
  the conditions of which one has to hold.
- `alphas`: for each width of the architecture, the filters of configs that has others.
- `prefix`: what stands for the application's own name in the names of its layers; "" where none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, Span, did_you_mean
from modelspec.layers.rule import Mismatch, Shape
from modelspec.spec.model import (
    Edge,
    FunctionalSpec,
    InputSpec,
    KerasObject,
    LayerSpec,
    SequentialSpec,
    TensorName,
    parse_object,
)

from .architectures import IMAGENET, RGB

FOLDER = Path(__file__).parent / "inside"

IMAGE = "input_layer"
"""The name of the input, as Keras has it."""


def inner_model(
    name: str, args: Mapping[str, Any], own: Shape, layer: str, span: Span
) -> FunctionalSpec | None:
    """The layers of an application.

    Args:
        name: of the architecture.
        args: of the application, all of them, without errors.
        own: height, width and channels of the images that Keras makes it for.
        layer: the name of the application in its model.
        span: where it stands.

    Returns:
        A model with one input; None where its layers are not known: for a width (`alpha`) that
        the file does not have, a height without a width, or an architecture that is new in Keras.

    Raises:
        Mismatch: `outputs` names a layer that it does not have.
    """
    file = _read(name + (".minimalistic" if args.get("minimalistic") else ""))
    widths = None if file is None else _widths(file, args.get("alpha", 1.0))
    if file is None or widths is None or own[2] is None or (own[0] is None) != (own[1] is None):
        return None
    rows = _present(file["layers"], _features(args, own))
    maker = _LayerMaker(name, file, args, own, (layer, span), widths)
    return _assembled(rows, maker, own, span)


def names_inside(name: str) -> list[str]:
    """The names of the layers of an architecture under its own name, with and without its top
    layers; empty where they are not known."""
    file = _read(name)
    return [] if file is None else list(dict.fromkeys(row[0] for row in file["layers"]))


@cache
def _read(name: str) -> Any:
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        return None
    file = json.loads(path.read_text(encoding="utf-8"))
    file["layers"] = list(_rows(file["layers"]))
    return file


def _rows(lines: Sequence[str]) -> Iterator[tuple[str, int, list[int] | None, list[Any]]]:
    """The rows: name, config, inputs and conditions."""
    before = ""
    for line in lines:
        kept, name, config, *rest = line.split(" ", 4)
        before = before[: int(kept)] + name
        inputs = json.loads(rest[0]) if rest else None
        yield before, int(config), inputs, json.loads(rest[1]) if len(rest) > 1 else []


def _widths(file: Mapping[str, Any], alpha: float) -> Mapping[str, int] | None:
    return {} if alpha == 1 else file["alphas"].get(str(float(alpha)))


def _features(args: Mapping[str, Any], own: Shape) -> dict[str, Any]:
    """What layers depend on, by the names in the files."""
    top = args["include_top"]
    return {
        "top": top,
        "pooling": None if top else args["pooling"],
        "sized": own[0] is not None,
        "preprocessing": args.get("include_preprocessing", True),
        "rgb": own[2] == RGB,
        "pretrained": args["weights"] == IMAGENET,
        "dropout": args.get("dropout_rate", 1) > 0,
    }


class _Row:
    """A layer that is there: its name, config, and the rows that it reads; None is the image."""

    __slots__ = ("config", "inputs", "name")

    def __init__(self, name: str, config: int, inputs: list[_Row | None]) -> None:
        self.name, self.config, self.inputs = name, config, inputs


def _present(rows: Sequence[Sequence[Any]], features: Mapping[str, Any]) -> list[_Row]:
    found: list[_Row] = []
    last: list[_Row | None] = [None]  # for each place, from -1 on, the row there or before it
    for name, config, places, conditions in rows:
        if conditions and not any(_holds(one, features) for one in conditions):
            last.append(last[-1])
            continue
        inputs = [last[-1]] if places is None else [last[place + 1] for place in places]
        found.append(_Row(name, config, inputs))
        last.append(found[-1])
    return found


def _holds(condition: Mapping[str, Any], features: Mapping[str, Any]) -> bool:
    return all(features[key] == value for key, value in condition.items())


def _assembled(rows: list[_Row], maker: _LayerMaker, own: Shape, span: Span) -> FunctionalSpec:
    names = {id(row): maker.name(row.name) for row in rows}
    by_name = {names[id(row)]: row for row in rows}
    wanted = maker.args.get("outputs") or names[id(rows[-1])]
    for name in wanted_names(wanted):
        if name not in by_name:
            raise _no_such_layer(name, by_name, maker.architecture)
    needed = _behind([by_name[name] for name in wanted_names(wanted)])
    layers, edges = [], []
    for row in rows:
        if id(row) not in needed:
            continue
        name = names[id(row)]
        layers.append(LayerSpec(name, maker.layer(row.config), span))
        read = tuple(
            TensorName(IMAGE if each is None else names[id(each)], span) for each in row.inputs
        )
        edges.append(Edge(read, {}, name, span))
    return FunctionalSpec(
        (InputSpec(IMAGE, own, span),),
        tuple(layers),
        tuple(edges),
        _outputs(wanted, span),
        span,
        "single",
        span,
    )


def wanted_names(outputs: Any) -> list[str]:
    """The names of layers that `outputs` gives: one, a list, or a mapping to them."""
    if isinstance(outputs, str):
        return [outputs]
    return list(outputs.values() if isinstance(outputs, Mapping) else outputs)


def _outputs(wanted: Any, span: Span) -> Any:
    if isinstance(wanted, str):
        return TensorName(wanted, span)
    if isinstance(wanted, Mapping):
        return {key: TensorName(name, span) for key, name in wanted.items()}
    return tuple(TensorName(name, span) for name in wanted)


def _no_such_layer(name: str, known: Mapping[str, _Row], architecture: str) -> Mismatch:
    close = did_you_mean(name, known)
    hint = f"`modelspec explain applications.{architecture}` lists the layers inside"
    return Mismatch(f'has no layer "{name}" inside{close}', "outputs", hint)


def _behind(rows: list[_Row]) -> set[int]:
    """The ids of some rows, and of all that they depend on: Keras drops the others."""
    found: set[int] = set()
    waiting: list[_Row | None] = list(rows)
    while waiting:
        row = waiting.pop()
        if row is not None and id(row) not in found:
            found.add(id(row))
            waiting += row.inputs
    return found


class _LayerMaker:
    """Makes the layers of one application from the configs of its file.

    Args:
        architecture: its name in Keras.
        file: its description.
        args: of the application, all of them.
        own: height, width and channels of the images that it is made for.
        place: the name of the application in its model, and where it stands.
        widths: the filters of configs that have others than in the file.
    """

    def __init__(
        self,
        architecture: str,
        file: Mapping[str, Any],
        args: Mapping[str, Any],
        own: Shape,
        place: tuple[str, Span],
        widths: Mapping[str, int],
    ) -> None:
        self.architecture, self.file, self.args, self.own = architecture, file, args, own
        self.own_name, self.span = place
        self.widths = widths
        self.made: dict[int, KerasObject] = {}

    def name(self, written: str) -> str:
        """The name that a layer has in an application of this name."""
        prefix = self.file["prefix"]
        if prefix and written.startswith(prefix):
            return self.own_name + written[len(prefix) :]
        return written

    def layer(self, config: int) -> KerasObject:
        """A layer; those of one config share an object, models apart."""
        made = self.made.get(config)
        if made is None or made.model is not None:
            made = self.made[config] = self._make(self.file["configs"][config], str(config))
        return made

    def _make(self, value: Any, config: str) -> KerasObject:
        if isinstance(value, dict):
            ((kind, args),) = value.items()
            if kind == "Sequential":
                return self._stack(args, config)
            args = {key: self._filled(item) for key, item in args.items()}
            if config in self.widths:
                key = "units" if "units" in args else "filters"
                args[key] = self.widths[config]
            value = {kind: args}
        return parse_object(value, "layer", self.span, Findings())

    def _stack(self, args: Mapping[str, Any], config: str) -> KerasObject:
        layers = []
        for entry in args["layers"]:
            ((kind, inner),) = entry.items()
            made = self._make({kind: {k: v for k, v in inner.items() if k != "name"}}, config)
            layers.append(LayerSpec(self.name(inner["name"]), made, self.span))
        model = SequentialSpec(None, tuple(layers), self.span)
        return KerasObject("layer", "Sequential", {}, self.span, model=model)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "$" in value:
            return self.args[value["$"]]
        if "$pad" in value:
            return padding(self.own, *value["$pad"])
        return {key: self._filled(item) for key, item in value.items()}


def padding(own: Shape, most: int, times: int, trimmed: int = 0) -> list[list[int]]:
    """What Keras pads before a step of 2, so that windows meet the same pixels at each size.

    Args:
        own: height, width and channels of the image.
        most: the padding after the last pixel; before the first it is one less where the size is
            even, or unknown.
        times: how often the image was halved before.
        trimmed: whether its border was taken away first.
    """
    return [[most - _is_even(size, times, trimmed), most] for size in own[:2]]


def _is_even(size: int | None, times: int, trimmed: int) -> bool:
    if size is None:
        return True
    left = (size - 1) // 2 if trimmed else size
    for _ in range(times):
        left = (left + 1) // 2
    return left % 2 == 0

"""The layers of a model matched with those of a file: by name, never by position.

Without names in the file its structure has to be the model's, layer by layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from modelspec.layers import names_of_count
from modelspec.spec.initial_weights import WeightsOrigin

from .report import Fate, LayerFate, LoadingReport, TensorFate, Why
from .saved import FileModel
from .trees import FileLayer, FileTensor, ModelLayer, ModelTensor, everything, leaves


def has_content(layer: ModelLayer) -> bool:
    """Whether there is something in a layer that a file may have."""
    return layer.tensors is None or bool(layer.tensors) or bool(layer.learned)


def part_of(layers: Sequence[ModelLayer], name: str | None) -> tuple[ModelLayer, ...]:
    """The layers that an origin is for: all, or the one with the name; none where there is none."""
    if name is None:
        return tuple(layers)
    return tuple(layer for layer in everything(layers) if layer.path == name)


@dataclass(frozen=True, slots=True)
class Matcher:
    """One origin with what its file has.

    Attributes:
        origin: what the spec says.
        saved: what the file has.
        renamed: path in the model to path in the file, by `rename`.
        around: of a part, the paths of the layers around what the file is, which has other ones:
            path in the model to path in the file begins so.
    """

    origin: WeightsOrigin
    saved: FileModel
    renamed: Mapping[str, str]
    around: tuple[str, str]

    def match(self, layers: Sequence[ModelLayer]) -> LoadingReport:
        """What becomes of each layer, by name.

        Args:
            layers: of the model, or the part that the origin is for.
        """
        by_path = self.saved.by_path
        fates, used = [], set()
        for layer in leaves(layers):
            if not has_content(layer):
                continue
            path = self.path_in_file(layer.path)
            found = by_path.get(path) if path is not None else None
            if found is not None:
                used.add(found.path)
            fates.append(self._of_layer(layer, found))
        return LoadingReport(tuple(fates), tuple(self._unused(used)))

    def path_in_file(self, path: str) -> str | None:
        """What a layer is called in the file; None where `rename` gives its name to another."""
        for new, old in self.renamed.items():
            if is_below(path, new):
                return old + path[len(new) :]
        model, file = self.around
        if model and is_below(path, model):
            rest = path[len(model) :]
            path = file + rest if file else rest.lstrip("/")
        moved = any(is_below(path, old) for old in self.renamed.values())
        return None if moved else path

    def is_fresh(self, layer: ModelLayer) -> bool:
        """Whether `fresh` has the layer, or a model around it."""
        names = [layer.path]
        while "/" in names[-1]:
            names.append(names[-1].rpartition("/")[0])
        return any(matches(entry.name, name) for entry in self.origin.fresh for name in names)

    def _of_layer(self, layer: ModelLayer, found: FileLayer | None) -> LayerFate:
        source = self.origin.path
        if self.is_fresh(layer):
            return LayerFate(layer, Fate.FRESH, _all_of(layer), None, Why.WANTED, source)
        if found is None:
            return self._absent(layer)
        if layer.learned and layer.tensors is not None and not layer.tensors:
            return self._learned(layer, found)
        return compare(layer, found, source)

    def _absent(self, layer: ModelLayer) -> LayerFate:
        source = self.origin.path
        if layer.tensors is None and any(
            path.startswith(f"{self.path_in_file(layer.path)}/") for path in self.saved.by_path
        ):
            return LayerFate(layer, Fate.UNKNOWN, source=source)
        return LayerFate(layer, Fate.FRESH, _all_of(layer), None, Why.ABSENT, source)

    def _learned(self, layer: ModelLayer, found: FileLayer) -> LayerFate:
        source = self.origin.path
        if not same_class(layer, found):
            return LayerFate(layer, Fate.REFUSED, (), found, Why.CLASS, source)
        given = (found.args or {}).get(layer.learned)
        if found.vocabulary is None and not isinstance(given, list):
            return LayerFate(layer, Fate.FRESH, (), None, Why.ABSENT, source)
        return LayerFate(layer, Fate.LOADED, (), found, Why.NONE, source)

    def _unused(self, used: set[str | None]) -> Iterator[str]:
        """The layers with arrays in the file that no layer took."""
        start = self.around[1]
        for layer in leaves(self.saved.layers):
            path = layer.path
            if path is None or path in used or not layer.tensors:
                continue
            if start and not is_below(path, start):
                continue
            if not any(taken and is_below(path, taken) for taken in used):
                yield path


def matcher_of(origin: WeightsOrigin, saved: FileModel, layers: Sequence[ModelLayer]) -> Matcher:
    """The names of an origin, which of a part are those of the part in the file.

    A part is what has its name in the file; where nothing has, the file is that of the part alone.

    Args:
        origin: what the spec says.
        saved: what the file has.
        layers: of the whole model.
    """
    around = ("", "")
    names = {entry.name: old.name for old, entry in origin.rename}
    if origin.part is not None:
        part = origin.part.name
        last = part.rpartition("/")[2]
        in_file = next((name for name in (part, last) if name in saved.by_path), "")
        is_leaf = any(layer.path == part and not layer.inner for layer in everything(layers))
        around = (part, part if is_leaf and not in_file else in_file)
        names = {
            _inside(part, new): old if old in saved.by_path or not in_file else f"{in_file}/{old}"
            for new, old in names.items()
        }
    longest_first = dict(sorted(names.items(), key=lambda pair: -len(pair[0])))
    return Matcher(origin, saved, longest_first, around)


def _inside(part: str, name: str) -> str:
    return name if is_below(name, part) else f"{part}/{name}"


def is_below(path: str, around: str) -> bool:
    """Whether a layer has a path, or is in the model that has it."""
    return path == around or path.startswith(f"{around}/")


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern is for a layer: for its whole path, or for its own name."""
    return fnmatchcase(path, pattern) or fnmatchcase(path.rpartition("/")[2], pattern)


def same_class(layer: ModelLayer, found: FileLayer) -> bool:
    """Whether a layer is of the class that the file has under its name."""
    return (
        layer.key == found.key
        or (  # the name of a class may end in a number
            layer.key.startswith(f"{found.key}_") and layer.key[len(found.key) + 1 :].isdigit()
        )
    )


def compare(layer: ModelLayer, found: FileLayer, source: str) -> LayerFate:
    """What becomes of a layer that has a counterpart in the file."""
    if not same_class(layer, found) or found.inner:
        if layer.tensors is None:
            return LayerFate(layer, Fate.UNKNOWN, (), found, Why.NONE, source)
        return LayerFate(layer, Fate.REFUSED, _all_of(layer), found, Why.CLASS, source)
    if layer.tensors is None:
        return LayerFate(layer, Fate.UNKNOWN, (), found, Why.NONE, source)
    pairs = pair_tensors(layer, found)
    if pairs is None:
        return LayerFate(layer, Fate.REFUSED, _both(layer, found), found, Why.UNNAMED, source)
    if any(model is None or file is None for model, file in pairs):
        return LayerFate(layer, Fate.REFUSED, _fates(layer, pairs), found, Why.TENSORS, source)
    if any(model and file and model.shape != file.shape for model, file in pairs):
        return LayerFate(layer, Fate.REFUSED, _fates(layer, pairs), found, Why.SHAPE, source)
    return LayerFate(layer, Fate.LOADED, _fates(layer, pairs), found, Why.NONE, source)


Pair = tuple[ModelTensor | None, FileTensor | None]


def pair_tensors(layer: ModelLayer, found: FileLayer) -> list[Pair] | None:
    """The variables of a layer with the arrays of the file; None where that cannot be known.

    By place; where the arguments of a layer decide which variable has a place, by name.
    """
    assert layer.tensors is not None
    if layer.names is None:
        places = dict.fromkeys([*layer.tensors, *found.tensors])
        return [(layer.tensors.get(at), found.tensors.get(at)) for at in places]
    ours = {tensor.name: tensor for tensor in layer.tensors.values()}
    arrays = [found.tensors[at] for at in sorted(found.tensors)]
    names: tuple[str, ...] | None = tuple(tensor.name for tensor in arrays if tensor.name)
    if names is not None and len(names) < len(arrays):
        names = names_of_count(layer.class_name, len(arrays))
    if names is None:
        return None
    named = dict(zip(names, arrays, strict=True))
    return [(ours.get(name), named.get(name)) for name in dict.fromkeys([*ours, *named])]


def _fates(layer: ModelLayer, pairs: Sequence[Pair]) -> tuple[TensorFate, ...]:
    found = []
    for model, file in pairs:
        name = model.name if model is not None else (file and file.name) or "another"
        shapes = (None if model is None else model.shape, None if file is None else file.shape)
        found.append(TensorFate(f"{layer.path}/{name}", *shapes))
    return tuple(found)


def _all_of(layer: ModelLayer) -> tuple[TensorFate, ...]:
    return _fates(layer, [(tensor, None) for tensor in (layer.tensors or {}).values()])


def _both(layer: ModelLayer, found: FileLayer) -> tuple[TensorFate, ...]:
    file_only: list[Pair] = [(None, tensor) for tensor in found.tensors.values()]
    return (*_all_of(layer), *_fates(layer, file_only))

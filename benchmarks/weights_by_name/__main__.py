"""Weights loaded into edited models: wrong tensors by name, and by Keras's own `load_weights`.

    python -m benchmarks.weights_by_name [--edits N] [--seed N] [--architectures NAME,...|all]
        [--whole N] [--out FILE]

Each model of `specs/`, and each small graph that is drawn, gets random weights and is saved. Then
it is edited: a layer is inserted, renamed, widened, two change places, the head is swapped. The
file is loaded into the edited model by modelspec, with what it asks for under `rename` and
`fresh`, and by Keras. A tensor is wrong if it is neither that of the layer of its name in the file
nor, where that has none for it, the fresh one. An error of Keras is not silent, and counts apart.

With `--architectures`, models of `keras.applications` with random weights and their full sizes are
edited. There, layers that an edit leaves as they are are not made again, and a file is read once;
which layers there are and in which order, what Keras's loader and modelspec's match make of them
and all checks of shapes are the real ones (`kept_layers.py` has the particulars). The first
`--whole` edits of each architecture are made a second time with nothing left out: the whole model
by Keras, the files from the disk, `load_weights`, each value compared. The counts have to be equal.

`--out` adds a line for each architecture to a file; those that it has are not counted again.
Exits with 1 if modelspec loads a wrong tensor.
"""

from __future__ import annotations

import argparse
import functools
import gc
import json
import operator
import random
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.config_edits import Config, Edited, edit
from benchmarks.kept_layers import KeptLayers, ReadFile, copy_of, from_memory, load_as_keras

SPECS = Path(__file__).parents[1] / "specs"
BARE = "bare.weights.h5"
"""A file as Keras writes it, without the names of variables that modelspec writes beside one."""

Values = dict[str, Any]
Same = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Request:
    """What is loaded into an edited model.

    Attributes:
        edited: the model.
        file: of the weights before.
        by_rename: whether modelspec is told which layers have other names.
    """

    edited: Edited
    file: Path
    by_rename: bool

    @property
    def renamed(self) -> dict[str, str]:
        """Path of a layer to its path in the file, as far as modelspec is told."""
        return self.edited.names if self.by_rename else {}


@dataclass
class Count:
    """What came of some edits.

    Attributes:
        edits: how many models were edited.
        ours: wrong tensors with modelspec.
        missed: tensors that modelspec could have loaded, and did not.
        loaded: tensors that modelspec loaded.
        silent: models into which Keras loaded wrong tensors without an error.
        wrong: how many tensors those were.
        refused: models that Keras refused.
    """

    edits: int = 0
    ours: int = 0
    missed: int = 0
    loaded: int = 0
    silent: int = 0
    wrong: int = 0
    refused: int = 0

    def add(self, other: Count) -> None:
        """Add another count."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def main() -> int:
    """Count, print a line for each model and the sum."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--edits", type=int, default=20, help="of each model")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--architectures", default="", help="names of keras.applications, or all")
    parser.add_argument("--whole", type=int, default=1, help="edits of each that are made twice")
    parser.add_argument("--out", type=Path, help="file of counts, to go on from")
    given = parser.parse_args()
    total = Count()
    print(f"{'model':24} edits  wrong  missed  loaded | Keras: silent  wrong  refused")
    for name, make in _models(given.architectures, given.seed):
        source = random.Random(f"{given.seed}/{name}")
        asked = {"model": name, "edits": given.edits, "seed": given.seed}
        count = _counted(given.out, asked)
        if count is None:
            if given.architectures:
                count = count_application_edits(make(), source, given.edits, given.whole)
            else:
                count = count_edits(make(), source, given.edits)
            _note(given.out, asked, count)
        total.add(count)
        print(_line(name, count), flush=True)
    print(_line("all", total))
    return 1 if total.ours or total.missed else 0


def _counted(out: Path | None, asked: dict[str, Any]) -> Count | None:
    """What a file has of an architecture, if it was asked for the same."""
    if out is None or not out.exists():
        return None
    for line in out.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        if found.pop("asked") == asked:
            return Count(**found)
    return None


def _note(out: Path | None, asked: dict[str, Any], count: Count) -> None:
    if out is not None:
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"asked": asked, **vars(count)}) + "\n")


def _line(name: str, count: Count) -> str:
    return (
        f"{name:24} {count.edits:5}  {count.ours:5}  {count.missed:6}  {count.loaded:6} |"
        f"       {count.silent:7}  {count.wrong:5}  {count.refused:7}"
    )


def _models(architectures: str, seed: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    if architectures:
        from benchmarks.applications import architectures as all_names

        names = all_names() if architectures == "all" else architectures.split(",")
        yield from ((name, lambda name=name: _application(name)) for name in names)
        return
    from modelspec import build

    for path in sorted(SPECS.glob("*.yaml")):
        if "extensions:" not in path.read_text(encoding="utf-8"):
            yield path.stem, lambda path=path: build(path)
    for number in range(10):
        yield f"drawn {number}", lambda number=number: draw_model(random.Random(f"{seed}/{number}"))


def _application(name: str) -> Any:
    import keras

    return getattr(keras.applications, name)(weights=None)


def draw_model(source: random.Random) -> Any:
    """A small graph: chains, a sum of two branches, a nested model used twice."""
    import keras

    layers, width = keras.layers, source.choice([4, 6])
    made = iter(range(1000))

    def name(kind: str) -> str:
        number = next(made)
        return f"{kind}_{number}" if source.random() < 0.7 else f"{kind}{'abc'[number % 3]}{number}"

    def block(tensor: Any) -> Any:
        kind = source.choice(["dense", "dense", "norm", "batch", "drop", "sum"])
        if kind == "dense":
            return layers.Dense(width, name=name(kind))(tensor)
        if kind == "norm":
            scales = source.random() < 0.5
            made_norm = layers.LayerNormalization(
                scale=scales, center=not scales or source.random() < 0.5, name=name(kind)
            )
            return made_norm(tensor)
        if kind == "batch":
            return layers.BatchNormalization(name=name(kind))(tensor)
        if kind == "drop":
            return layers.Dropout(0.1, name=name(kind))(tensor)
        other = layers.Dense(width, name=name("dense"))(tensor)
        return layers.Add(name=name(kind))([tensor, other])

    inputs = keras.Input((width,), name="x")
    inner = keras.Input((width,), name="inside")
    tensor: Any = inner
    for _ in range(source.randint(1, 3)):
        tensor = block(tensor)
    nested = keras.Model(inner, layers.Dense(width, name="last")(tensor), name="nested")
    tensor = inputs
    for _ in range(source.randint(2, 6)):
        tensor = block(tensor)
    tensor = nested(nested(tensor))
    for _ in range(source.randint(0, 3)):
        tensor = block(tensor)
    return keras.Model(inputs, layers.Dense(3, name="head")(tensor), name="drawn")


def count_edits(model: Any, source: random.Random, edits: int) -> Count:
    """Edit a model some times, and load its weights into each that Keras can build.

    Args:
        model: with random weights.
        source: of the edits.
        edits: how many edited models.
    """
    import keras

    fill(model, source)
    saved = values_of(model)
    config, kind = _config_of(model), type(model)
    places = _places(model)
    count = Count()
    with tempfile.TemporaryDirectory() as folder:
        files = save(model, Path(folder))
        del model
        for edited in _drawn_edits(config, places, source, edits):
            try:
                other = kind.from_config(edited.config)
            except Exception:  # the edit makes no model
                continue
            request = Request(edited, source.choice(files), source.random() < 0.5)
            count.add(_compare(other, request, saved))
            del other
            keras.backend.clear_session()
            gc.collect()
            if count.edits == edits:
                break
    return count


def count_application_edits(model: Any, source: random.Random, edits: int, whole: int) -> Count:
    """Edit a model of `keras.applications` some times; see the top of this module.

    Args:
        model: with random weights.
        source: of the edits.
        edits: how many edited models.
        whole: how many of them are built and loaded a second time with nothing left out.

    Raises:
        AssertionError: the second time counts other tensors.
    """
    fill(model, source)
    saved = values_of(model)
    config, kind = _config_of(model), type(model)
    places = _places(model)
    count = Count()
    with tempfile.TemporaryDirectory() as folder:
        files = save(model, Path(folder))
        kept, read = KeptLayers(model), ReadFile(files[1])
        del model
        tokens = _tokens(kept, read, config)
        for edited in _drawn_edits(config, places, source, edits):
            again = copy_of(edited.config) if count.edits < whole else None
            try:
                other = kept.build(edited.config)
            except Exception:  # the edit makes no model
                continue
            request = Request(edited, source.choice(files), source.random() < 0.5)
            found = _compare_kept(other, request, kept, read, tokens)
            if again is not None:
                other = kind.from_config(again)
                second = _compare(other, request, saved)
                assert found == second, f"{request}: {found}, {second}"
            count.add(found)
            del other
            if count.edits % 20 == 0:
                gc.collect()
            if count.edits == edits:
                break
    return count


def _config_of(model: Any) -> Config:
    """The config without the shapes that layers were built with: an edit gives them others."""
    config: Config = model.get_config()
    _forget_builds(config)
    return config


def _forget_builds(config: Config) -> None:
    for raw in config.get("layers", ()):
        raw.pop("build_config", None)
        _forget_builds(raw["config"])


def _places(model: Any) -> list[tuple[str, str]]:
    """Path and class of each layer with weights."""
    from modelspec.weights.model_tree import layers_of_keras

    return [
        (layer.path, type(layer.layer).__name__)
        for layer in _leaves(layers_of_keras(model))
        if layer.tensors
    ]


def save(model: Any, folder: Path) -> list[Path]:
    """A `.keras` file, a file of weights with names beside it, and one without."""
    from modelspec.weights import write_names

    files = [folder / name for name in ("m.keras", "m.weights.h5", BARE)]
    model.save(files[0])
    for file in files[1:]:
        model.save_weights(file)
    write_names(files[1], model)
    return files


def _drawn_edits(
    config: Config, places: list[tuple[str, str]], source: random.Random, edits: int
) -> Iterator[Edited]:
    """More edits than are wanted: not each makes a model."""
    for _ in range(10 * edits):
        yield edit(config, places, source)


def _leaves(layers: Any) -> Iterator[Any]:
    for layer in layers:
        if layer.inner:
            yield from _leaves(layer.inner)
        else:
            yield layer


def fill(model: Any, source: random.Random) -> None:
    """Give every variable other values than every other."""
    numbers = np.random.default_rng(source.randrange(2**32))
    for variable in model.weights:
        if "float" in str(variable.dtype):
            variable.assign(numbers.normal(size=tuple(variable.shape)).astype("float32"))


def values_of(model: Any) -> Values:
    """`path/place` of each variable to a copy of its values."""
    import keras

    from modelspec.weights.model_tree import layers_of_keras, saved_values

    found: Values = {}
    for layer in _leaves(layers_of_keras(model)):
        names = {at: tensor.name for at, tensor in (layer.tensors or {}).items()}
        for _, place, value in saved_values(layer.layer, set()):
            if place in names:
                key = f"{layer.path}:{type(layer.layer).__name__}/{names[place]}"
                found[key] = np.array(keras.ops.convert_to_numpy(value))
    return found


def _compare(model: Any, request: Request, saved: Values) -> Count:
    """Load a file both ways into a model as Keras built it; values are compared."""
    start = model.get_weights()
    fresh = values_of(model)

    def load_ours() -> Values:
        load_by_name(model, request.file, request.renamed)
        return values_of(model)

    def load_theirs() -> Values:
        model.set_weights(start)
        model.load_weights(request.file)
        return values_of(model)

    return _judge(request, (load_ours, load_theirs), fresh, saved, np.array_equal)


def _tokens(kept: KeptLayers, read: ReadFile, config: Config) -> Values:
    """`path/place` of each variable to the array that Keras loads into the unedited model."""
    import keras

    model = kept.build(copy_of(config))
    with keras.StatelessScope() as scope:
        load_as_keras(model, kept, read)
    variables = _variables(model, kept)
    return {key: scope.get_current_value(variable) for key, variable in variables.items()}


def _variables(model: Any, kept: KeptLayers) -> Values:
    found: Values = {}
    for layer in kept.layers_of(model):
        for _, place, value in kept.saved_values(layer.layer, set()):
            name = f"{layer.path}:{type(layer.layer).__name__}/{layer.tensors[place].name}"
            found[name] = value
    return found


def _compare_kept(
    model: Any, request: Request, kept: KeptLayers, read: ReadFile, tokens: Values
) -> Count:
    """The same for a model with kept layers; what is assigned is recorded, and compared by `is`."""
    import keras

    fresh = _variables(model, kept)

    def recorded(load: Callable[[], Any]) -> Values:
        with keras.StatelessScope() as scope:
            load()
        found = {key: scope.get_current_value(value) for key, value in fresh.items()}
        return {key: fresh[key] if value is None else value for key, value in found.items()}

    def load_ours() -> None:
        with from_memory(kept, read):
            load_by_name(model, request.file, request.renamed, kept.layers_of(model))

    loads = (
        functools.partial(recorded, load_ours),
        functools.partial(recorded, functools.partial(load_as_keras, model, kept, read)),
    )
    return _judge(request, loads, fresh, tokens, operator.is_)


def _judge(
    request: Request,
    loads: tuple[Callable[[], Values], Callable[[], Values]],
    fresh: Values,
    saved: Values,
    same: Same,
) -> Count:
    """Load by modelspec and by Keras, and count.

    Args:
        request: what is loaded.
        loads: put the weights into the model, and give what is in it then.
        fresh: what was in it.
        saved: what the file has.
        same: whether two values are one.
    """
    edited, file, by_rename = request.edited, request.file, request.by_rename
    count = Count(edits=1)
    names = edited.names if by_rename else {path: path for path in edited.names}
    expected = _expected(fresh, saved, edited, by_rename=by_rename, old=names)
    for key, value in loads[0]().items():
        is_loaded = not same(value, fresh[key])
        wanted = expected.get(key)
        if wanted is None:
            count.ours += is_loaded
        elif same(value, wanted):
            count.loaded += 1
        elif is_loaded:
            count.ours += 1
        else:  # without names of variables, one of a LayerNormalization is gamma or beta
            count.missed += file.name != BARE
    if count.ours or count.missed:
        print("  wrong after", edited.edits, file.name, "with rename" if by_rename else "")
    by_name = _expected(fresh, saved, edited, by_rename=False, old=names)
    moved = _expected(fresh, saved, edited, by_rename=True, old=names)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of containers that Keras looks into and finds empty
            theirs = loads[1]()
    except Exception:  # Keras's own error
        count.refused += 1
        return count
    for key, value in theirs.items():
        fine = [fresh[key], *(one[key] for one in (by_name, moved) if key in one)]
        count.wrong += not any(same(value, other) for other in fine)
    count.silent += count.wrong > 0
    return count


def _expected(
    fresh: Values, saved: Values, edited: Edited, *, by_rename: bool, old: dict[str, str]
) -> Values:
    """What each variable has to be if the whole layer fits; nothing for those that stay fresh."""
    found: Values = {}
    layers: dict[str, list[str]] = {}
    for key in fresh:
        layers.setdefault(key.partition(":")[0], []).append(key)
    taken = set(edited.names.values()) if by_rename else set()
    for path, keys in layers.items():
        source = _renamed(path, edited.names) if by_rename else path
        if source is None:
            source = path
            if any(_is_below(path, name) for name in taken):
                continue
        pairs = {key: source + key[len(path) :] for key in keys}
        theirs = [key for key in saved if key.partition(":")[0] == source]
        if set(pairs.values()) != set(theirs):
            continue
        shapes = [(saved[there].shape, fresh[here].shape) for here, there in pairs.items()]
        if all(tuple(there) == tuple(here) for there, here in shapes):
            found |= {here: saved[there] for here, there in pairs.items()}
    return found


def _renamed(path: str, names: dict[str, str]) -> str | None:
    for new in sorted(names, key=len, reverse=True):
        if _is_below(path, new):
            return names[new] + path[len(new) :]
    return None


def _is_below(path: str, around: str) -> bool:
    return path == around or path.startswith(f"{around}/")


def load_by_name(model: Any, file: Path, renamed: dict[str, str], layers: Any = None) -> Any:
    """Load a file by name, with `fresh` for what does not fit; the report.

    Args:
        model: built.
        file: of the weights.
        renamed: path in the model to path in the file.
        layers: of the model, if they are known.
    """
    from modelspec.diagnostics import Findings, Span
    from modelspec.spec.initial_weights import InitialWeights, NamedLayer, WeightsOrigin
    from modelspec.weights.check import WeightsSources
    from modelspec.weights.load import load_files
    from modelspec.weights.model_tree import layers_of_keras
    from modelspec.weights.report import Fate

    span = Span("benchmark", 1, 1, 1, 1)
    pairs = tuple((NamedLayer(old, span), NamedLayer(new, span)) for new, old in renamed.items())

    def weights(fresh: tuple[str, ...]) -> InitialWeights:
        patterns = tuple(NamedLayer(name, span) for name in fresh)
        origin = WeightsOrigin(str(file), "", None, pairs, patterns, span)
        return InitialWeights((origin,), span)

    sources = WeightsSources(weights(()), Path(), Findings(), is_required=True)
    first = sources.match(layers or layers_of_keras(model), {}, is_ordered=True)
    refused = () if first is None else tuple(one.layer.path for one in first.of(Fate.REFUSED))
    return load_files(weights(refused), model, Path(), {}, Findings())


if __name__ == "__main__":
    sys.exit(main())

"""`training.initial_weights` as plain Keras code: the same layers by the same names."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from modelspec.spec.initial_weights import InitialWeights, NamedLayer, WeightsOrigin

from .module import Module
from .syntax import text_literal

MODEL = "model.keras"

HELPERS = '''\
def layers_by_path(model, around=""):
    """The layers of a model by name; those of nested models after the names of these."""
    found = {}
    for layer in model.layers:
        path = around + layer.name
        if isinstance(layer, keras.Model):
            found |= layers_by_path(layer, path + "/")
        else:
            found[path] = layer
    return found


def copy_weights(source, model, part="", rename=(), fresh=()):
    """Give the layers of `model` the weights of those with their names in `source`.

    `part` is one layer or nested model of `model`; `rename` has pairs of a name in `source` and one
    in `model`; `fresh` has patterns of layers that are left alone.
    """
    def is_below(path, around):
        return path == around or path.startswith(around + "/")

    saved = layers_by_path(source)
    has_part = any(is_below(path, part) for path in saved)
    for path, layer in layers_by_path(model).items():
        if part and not is_below(path, part):
            continue
        around = [path]
        while "/" in around[-1]:
            around.append(around[-1].rpartition("/")[0])
        names = [*around, *(name.rpartition("/")[2] for name in around)]
        if any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in fresh):
            continue
        old = path if has_part or not part else path[len(part) + 1 :]
        renamed = [pair for pair in rename if is_below(path, pair[1])]
        if renamed:
            before, after = max(renamed, key=lambda pair: len(pair[1]))
            old = before + path[len(after) :]
        elif any(is_below(old, before) for before, _ in rename):
            continue
        if old not in saved:
            continue
        other = saved[old]
        kinds = [(type(one), [weight.name for weight in one.weights]) for one in (layer, other)]
        if kinds[0] != kinds[1]:
            raise ValueError(f"{path} is {kinds[0]} in the model, and {kinds[1]} in the file")
        layer.set_weights(other.get_weights())
        if hasattr(layer, "get_vocabulary"):
            layer.set_vocabulary(other.get_vocabulary())
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()'''


def weights_functions(weights: InitialWeights, folder: Path, module: Module) -> list[str]:
    """The function `load_initial_weights(model)`, after those that it calls.

    Args:
        weights: of the spec.
        folder: that of the spec, in which a path without an ending may be a run.
        module: takes the import.
    """
    loads = "\n".join(_loading_lines(weights, folder))
    if not any(_can_load(origin) for origin in weights.origins):
        return [loads]
    module.uses.add("fnmatch")
    return [*HELPERS.split("\n\n\n"), loads]


def _loading_lines(weights: InitialWeights, folder: Path) -> list[str]:
    lines = [
        "def load_initial_weights(model):",
        '    """Give it the weights that it begins with, by the names of layers."""',
    ]
    calls = [line for origin in weights.origins for line in _lines_of(origin, folder)]
    if not any(line.lstrip()[:1] != "#" for line in calls):
        calls.append("    pass")
    return [*lines, *calls]


def _can_load(origin: WeightsOrigin) -> bool:
    return not origin.vectors and not origin.path.endswith(".h5")


def _lines_of(origin: WeightsOrigin, folder: Path) -> list[str]:
    if not _can_load(origin):
        what = "vectors of words" if origin.vectors else "weights without the model they are of"
        part = "" if origin.part is None else f" for {text_literal(origin.part.name)}"
        return [
            f"    # the spec also begins with {text_literal(origin.path)}{part}: {what},",
            "    # which Keras cannot load by name; `modelspec train` does",
        ]
    path = origin.path
    if not path.endswith(".keras") or (folder / path).is_dir():
        path = str(PurePosixPath(path) / MODEL)
    given = ["source", "model"]
    if origin.part is not None:
        given.append(f"part={text_literal(origin.part.name)}")
    if origin.rename:
        given.append(f"rename=[{', '.join(_pair(origin, *pair) for pair in origin.rename)}]")
    if origin.fresh:
        given.append(f"fresh=[{', '.join(text_literal(one.name) for one in origin.fresh)}]")
    return [
        f"    source = keras.saving.load_model({text_literal(path)}, compile=False)",
        f"    copy_weights({', '.join(given)})",
    ]


def _pair(origin: WeightsOrigin, old: NamedLayer, new: NamedLayer) -> str:
    name = new.name
    part = "" if origin.part is None else origin.part.name
    if part and name != part and not name.startswith(f"{part}/"):
        name = f"{part}/{name}"
    return f"({text_literal(old.name)}, {text_literal(name)})"

"""Variants of the architectures of `keras.applications`: what the analysis says against Keras.

    python -m benchmarks.application_variants [NAME ...] [--work] [--out FILE]

Each architecture with and without its top layers, with each pooling, for images of several sizes,
of unknown size and of other channels, with `alpha` and the other arguments that change its layers:
the shape of the result, the parameters, those that are trained and the names of the layers inside,
against the model that Keras makes, whose variables get no values. With `--work`, the FLOPs as well,
of all variants whose image has a size: against those of the whole model written as a spec by
`import`, layer by layer.

`--out` adds a line for each architecture to a file; those that it has are not compared again.
Exits with 1 where something differs.
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.applications import architectures
from modelspec.analysis.facts import Analysis
from modelspec.compile.stages import CompiledSpec, compile_text
from modelspec.diagnostics.findings import Findings
from modelspec.document.emit import emit

Image = tuple[int | None, ...]


class Variant(NamedTuple):
    """One way to call an architecture.

    Attributes:
        given: the arguments.
        image: the shape of the image, without the batch axis.
    """

    given: dict[str, Any]
    image: Image


def variants_of(name: str) -> Iterator[Variant]:
    """Arguments and images: with and without the top layers, poolings, sizes, channels."""
    takes = inspect.signature(architectures()[name]).parameters
    sized = name.startswith("NASNet")
    least = 96 if name.startswith(("Inception", "Xception")) else 64
    for pooling in (None, "avg", "max"):
        given: dict[str, Any] = {"include_top": False, "pooling": pooling}
        if not sized:
            yield Variant(given, (None, None, 3))
            yield Variant(given, (least + 3, least, 3))
        yield Variant({**given, "input_shape": (131, 98, 3)}, (131, 98, 3))
    yield Variant({"include_top": False, "input_shape": (150, 151, 1)}, (150, 151, 1))
    yield Variant({"include_top": False, "input_shape": (96, 96, 4)}, (96, 96, 4))
    yield Variant({"input_shape": (161, 160, 3), "classes": 10}, (161, 160, 3))
    yield Variant({"input_shape": (96, 96, 1), "classifier_activation": None}, (96, 96, 1))
    if "include_preprocessing" in takes:
        for channels in (1, 3, 5):
            shape = (97, 96, channels)
            given = {"include_top": False, "include_preprocessing": False}
            yield Variant({**given, "input_shape": shape}, shape)
    if "alpha" in takes:
        for alpha in (0.75,) if "minimalistic" in takes else (0.35, 0.5, 1.4):
            yield Variant({"input_shape": (96, 96, 3), "alpha": alpha}, (96, 96, 3))
    if "minimalistic" in takes:
        given = {"minimalistic": True, "alpha": 0.75, "dropout_rate": 0}
        yield Variant({**given, "input_shape": (97, 96, 3)}, (97, 96, 3))
    if "depth_multiplier" in takes:
        given = {"alpha": 0.25, "depth_multiplier": 2, "dropout": 0.5}
        yield Variant({**given, "input_shape": (97, 96, 3)}, (97, 96, 3))


def compiled(name: str, variant: Variant) -> CompiledSpec:
    """A spec of the architecture alone, as the layer `backbone`, through all stages."""
    args = {key: list(v) if isinstance(v, tuple) else v for key, v in variant.given.items()}
    layers = [{f"applications.{name}": {"weights": None, "name": "backbone", **args}}]
    stack = {"input": {"shape": list(variant.image)}, "layers": layers}
    findings = Findings()
    text = emit({"modelspec": 1, "model": {"sequential": stack}})
    found = compile_text(text, "spec", None, findings)
    assert found is not None, findings.sorted()
    return found


def differences(name: str, variant: Variant, *, work: bool = False) -> Iterator[str]:
    """Where the analysis and Keras differ. The variables of Keras's model have no values."""
    import keras

    keras.backend.clear_session()
    given, image = variant
    named = {} if name.startswith("EfficientNetV2") else {"name": "backbone"}
    with keras.StatelessScope(initialize_variables=False):
        model = architectures()[name](weights=None, **given, **named)
        output = model(keras.Input(image)).shape
    analysis = compiled(name, variant).analysis
    facts = analysis.layers["backbone"]
    call = facts.calls[0]
    if facts.weights is None or call.nested is None:
        yield f"{given} {image}: unknown"
        return
    said = (None, *call.output.shape[1:]), facts.params, facts.trainable
    trained = sum(prod(weight.shape) for weight in model.trainable_weights)
    built = tuple(output), model.count_params(), trained
    if said != built:
        yield f"{given} {image}: {said} {built}"
    inside = sorted(each for each in layer_names(analysis) if each != "backbone")
    names = sorted(layers_of(model))
    if inside != names:
        yield f"{given} {image}: {sorted(set(inside) ^ set(names))[:4]}"
    if work and None not in image and model.input_shape[1:] == image:
        yield from _differences_of_work(name, variant, model, analysis.flops)


def _differences_of_work(
    name: str, variant: Variant, model: Any, flops: int | None
) -> Iterator[str]:
    """Whether the FLOPs are those of the model layer by layer."""
    from modelspec.importing.model_files import from_keras

    whole = compile_text(from_keras(model), name, None, Findings())
    if whole is None or flops is None or whole.analysis.flops != flops:
        found = None if whole is None else whole.analysis.flops
        yield f"{variant.given} {variant.image}: {flops} FLOPs, layer by layer {found}"


def layer_names(analysis: Analysis) -> Iterator[str]:
    """The names of all layers, also of those inside others."""
    for name, facts in analysis.layers.items():
        yield name
        inner = facts.calls[0].nested
        if inner is not None:
            yield from layer_names(inner)


def layers_of(model: Any) -> Iterator[str]:
    """The names of all layers of Keras's model, also of those inside a stack."""
    for layer in model.operations:
        if type(layer).__name__ == "InputLayer":
            continue
        yield layer.name
        if type(layer).__name__ == "Sequential":
            yield from (inner.name for inner in layer.layers)


def main() -> int:
    """Compare, print a line for each architecture and the sum."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("names", nargs="*", help="architectures; without any, all of them")
    parser.add_argument("--work", action="store_true", help="compare FLOPs as well, which is slow")
    parser.add_argument("--out", type=Path, help="file of results, to go on from")
    given = parser.parse_args()
    compared = wrong = 0
    for name in given.names or list(architectures()):
        asked = {"name": name, "work": given.work}
        found = _known(given.out, asked)
        if found is None:
            variants = list(variants_of(name))
            found = {"variants": len(variants), "different": []}
            for variant in variants:
                found["different"] += differences(name, variant, work=given.work)
            if given.out is not None:
                with given.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"asked": asked, **found}) + "\n")
        compared, wrong = compared + found["variants"], wrong + len(found["different"])
        print(f"{name:20} {found['variants']:3} variants  {len(found['different'])} differences")
        print(*(f"    {line}" for line in found["different"]), sep="\n", end="", flush=True)
    print(f"{'all':20} {compared:3} variants  {wrong} differences")
    return 1 if wrong else 0


def _known(out: Path | None, asked: dict[str, Any]) -> dict[str, Any] | None:
    """What a file has of an architecture."""
    if out is None or not out.exists():
        return None
    for line in out.read_text(encoding="utf-8").splitlines():
        found: dict[str, Any] = json.loads(line)
        if found.pop("asked") == asked:
            return found
    return None


if __name__ == "__main__":
    sys.exit(main())

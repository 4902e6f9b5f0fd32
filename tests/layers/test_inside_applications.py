"""What the analysis says of applications, against the models that Keras makes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from math import prod
from typing import Any

import pytest

from modelspec.analysis.facts import Analysis, count_parameters
from modelspec.analysis.memory.memory import memory_of
from modelspec.compile.stages import CompiledSpec, compile_text
from modelspec.diagnostics.findings import Findings
from modelspec.document.emit import emit
from modelspec.layers.applications import names_inside
from modelspec.schema.catalogue import names_of_kind

NAMES = sorted(
    name.partition(".")[2] for name in names_of_kind("layer") if name.startswith("applications.")
)


def compiled(name: str, given: dict[str, Any], image: tuple[int | None, ...]) -> CompiledSpec:
    args = {key: list(v) if isinstance(v, tuple) else v for key, v in given.items()}
    layers = [{f"applications.{name}": {"weights": None, "name": "backbone", **args}}]
    stack = {"input": {"shape": list(image)}, "layers": layers}
    findings = Findings()
    found = compile_text(
        emit({"modelspec": 1, "model": {"sequential": stack}}), "spec", None, findings
    )
    assert found is not None, findings.sorted()
    return found


def differences(name: str, given: dict[str, Any], image: tuple[int | None, ...]) -> Iterator[str]:
    """Where the analysis and Keras differ. The variables of Keras's model have no values."""
    import keras

    keras.backend.clear_session()
    function = getattr(keras.applications, name)
    named = {} if name.startswith("EfficientNetV2") else {"name": "backbone"}
    with keras.StatelessScope(initialize_variables=False):
        model = function(weights=None, **given, **named)
        output = model(keras.Input(image)).shape
    analysis = compiled(name, given, image).analysis
    facts = analysis.layers["backbone"]
    call = facts.calls[0]
    if facts.weights is None or call.nested is None:
        yield f"{given} {image}: unknown"
        return
    said = (
        (None, *call.output.shape[1:]),
        facts.params,
        facts.trainable,
        [each for each in layer_names(analysis) if each != "backbone"],
    )
    trained = sum(prod(weight.shape) for weight in model.trainable_weights)
    built = (tuple(output), model.count_params(), trained, list(layers_of(model)))
    if said[:3] != built[:3]:
        yield f"{given} {image}: {said[:3]} {built[:3]}"
    if sorted(said[3]) != sorted(built[3]):
        yield f"{given} {image}: {sorted(set(said[3]) ^ set(built[3]))[:4]}"


def layer_names(analysis: Analysis) -> Iterator[str]:
    for name, facts in analysis.layers.items():
        yield name
        inner = facts.calls[0].nested
        if inner is not None:
            yield from layer_names(inner)


def layers_of(model: Any) -> Iterator[str]:
    for layer in model.operations:
        if type(layer).__name__ == "InputLayer":
            continue
        yield layer.name
        if type(layer).__name__ == "Sequential":
            yield from (inner.name for inner in layer.layers)


def calls_of(name: str) -> Iterator[tuple[dict[str, Any], tuple[int | None, ...]]]:
    """Arguments and images: with and without the top layers, poolings, sizes, channels."""
    import keras

    takes = inspect.signature(getattr(keras.applications, name)).parameters
    sized = name.startswith("NASNet")
    least = 96 if name.startswith(("Inception", "Xception")) else 64
    for pooling in (None, "avg", "max"):
        given = {"include_top": False, "pooling": pooling}
        if not sized:
            yield given, (None, None, 3)
            yield given, (least + 3, least, 3)
        yield {**given, "input_shape": (131, 98, 3)}, (131, 98, 3)
    yield {"include_top": False, "input_shape": (150, 151, 1)}, (150, 151, 1)
    yield {"include_top": False, "input_shape": (96, 96, 4)}, (96, 96, 4)
    yield {"input_shape": (161, 160, 3), "classes": 10}, (161, 160, 3)
    yield {"input_shape": (96, 96, 1), "classifier_activation": None}, (96, 96, 1)
    if "include_preprocessing" in takes:
        for channels in (1, 3, 5):
            shape = (97, 96, channels)
            given = {"include_top": False, "include_preprocessing": False}
            yield {**given, "input_shape": shape}, shape
    if "alpha" in takes:
        for alpha in (0.75,) if "minimalistic" in takes else (0.35, 0.5, 1.4):
            yield {"input_shape": (96, 96, 3), "alpha": alpha}, (96, 96, 3)
    if "minimalistic" in takes:
        given = {"minimalistic": True, "alpha": 0.75, "dropout_rate": 0}
        yield {**given, "input_shape": (97, 96, 3)}, (97, 96, 3)
    if "depth_multiplier" in takes:
        given = {"alpha": 0.25, "depth_multiplier": 2, "dropout": 0.5}
        yield {**given, "input_shape": (97, 96, 3)}, (97, 96, 3)


FAMILIES = frozenset(
    (
        *("ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionV3"),
        *("InceptionResNetV2", "MobileNet", "MobileNetV2", "MobileNetV3Small", "NASNetMobile"),
        *("ResNet50", "ResNet50V2", "VGG16", "Xception"),
    )
)
"""The smallest of each; the others differ from them in how often they repeat, and how wide."""


@pytest.mark.tensorflow
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:This model usually expects:UserWarning")  # four channels
@pytest.mark.parametrize("name", NAMES)
def test_a_variant_is_what_keras_builds(name: str) -> None:
    """Every variant of one of each family; of the others one of an odd size, and one on top."""
    calls = list(calls_of(name))
    if name not in FAMILIES:
        odd = next(call for call in calls if call[1] == (131, 98, 3))
        calls = [odd, next(call for call in calls if "classes" in call[0])]
    found = [each for given, image in calls for each in differences(name, given, image)]
    assert found == []


def test_the_number_of_classes_is_that_of_the_application() -> None:
    for name in NAMES:
        given = {"classes": 7, "input_shape": (96, 96, 3)}
        analysis = compiled(name, given, (96, 96, 3)).analysis
        assert analysis.outputs["backbone"].shape == (None, 7), name


SAMPLE: list[tuple[str, dict[str, Any], tuple[int | None, ...]]] = [
    ("MobileNet", {"include_top": False, "pooling": "avg", "alpha": 0.25}, (64, 64, 3)),
    ("MobileNetV2", {"include_top": False, "input_shape": (97, 64, 3), "alpha": 0.35}, (97, 64, 3)),
    ("VGG16", {"include_top": False}, (None, None, 3)),
]


@pytest.mark.tensorflow
@pytest.mark.parametrize(("name", "given", "image"), SAMPLE, ids=[each[0] for each in SAMPLE])
def test_a_sample_is_what_keras_builds(
    name: str, given: dict[str, Any], image: tuple[int | None, ...]
) -> None:
    assert list(differences(name, given, image)) == []


def params_of(name: str, image: tuple[int, ...] = (64, 64, 3), **given: Any) -> int | None:
    found = compiled(name, {"include_top": False, **given}, image)
    weights = found.analysis.layers["backbone"].weights
    return None if weights is None else count_parameters(weights)


def test_every_architecture_is_described() -> None:
    assert [name for name in NAMES if not names_inside(name)] == []


def test_known_numbers_without_tensorflow() -> None:
    """Those that Keras documents, or counts."""
    assert params_of("ResNet50") == 23_587_712
    assert params_of("VGG16") == 14_714_688
    assert params_of("MobileNetV2", alpha=0.35) == 410_208


def test_a_width_that_is_not_listed_is_unknown() -> None:
    assert params_of("MobileNetV2", alpha=0.42) is None


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name == "MobileNetV2" else pytest.mark.slow) for name in NAMES],
)
def test_work_and_memory_are_those_of_the_imported_model(name: str) -> None:
    import keras

    from modelspec.importing.model_files import from_keras

    keras.backend.clear_session()
    function = getattr(keras.applications, name)
    given = {"include_top": False, "pooling": "avg", "input_shape": (99, 96, 3)}
    with keras.StatelessScope(initialize_variables=False):
        text = from_keras(function(weights=None, **given))
    imported = compile_text(text, name, None, Findings())
    assert imported is not None
    whole = imported.analysis
    facts = compiled(name, given, (99, 96, 3)).analysis
    assert facts.flops == whole.flops
    mine, theirs = memory_of(facts, 8, None), memory_of(whole, 8, None)
    assert (mine.weights, mine.gradients) == (theirs.weights, theirs.gradients)
    assert mine.activations == theirs.activations
    assert mine.training == theirs.training

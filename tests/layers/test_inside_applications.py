"""What the analysis says of applications, against the models that Keras makes."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.application_variants import Variant, compiled, differences, variants_of
from modelspec.analysis.facts import count_parameters
from modelspec.analysis.memory.memory import memory_of
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings
from modelspec.layers.applications import names_inside
from modelspec.schema.catalogue import names_of_kind

NAMES = sorted(
    name.partition(".")[2] for name in names_of_kind("layer") if name.startswith("applications.")
)


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
    """Every variant of one of each family; of the others one of an odd size, and one on top.

    `python -m benchmarks.application_variants` has all variants of all.
    """
    variants = list(variants_of(name))
    if name not in FAMILIES:
        odd = next(one for one in variants if one.image == (131, 98, 3))
        variants = [odd, next(one for one in variants if "classes" in one.given)]
    found = [each for variant in variants for each in differences(name, variant)]
    assert found == []


def test_the_number_of_classes_is_that_of_the_application() -> None:
    for name in NAMES:
        given = {"classes": 7, "input_shape": (96, 96, 3)}
        analysis = compiled(name, Variant(given, (96, 96, 3))).analysis
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
    assert list(differences(name, Variant(given, image))) == []


def params_of(name: str, image: tuple[int, ...] = (64, 64, 3), **given: Any) -> int | None:
    found = compiled(name, Variant({"include_top": False, **given}, image))
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
    facts = compiled(name, Variant(given, (99, 96, 3))).analysis
    assert facts.flops == whole.flops
    mine, theirs = memory_of(facts, 8, None), memory_of(whole, 8, None)
    assert (mine.weights, mine.gradients) == (theirs.weights, theirs.gradients)
    assert mine.activations == theirs.activations
    assert mine.training == theirs.training

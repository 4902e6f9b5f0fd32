"""What the table of architectures says, against the functions of `keras.applications`."""

from __future__ import annotations

from typing import Any

import pytest

from modelspec.layers.applications.architectures import ARCHITECTURES, check_application
from modelspec.layers.rule import LayerCall, Mismatch, Tensor
from modelspec.schema.catalogue import class_schema, names_of_kind

ALL = [name.partition(".")[2] for name in names_of_kind("layer") if name.startswith("applications")]
SMALL = ("MobileNet", "MobileNetV2", "MobileNetV3Small", "VGG16", "NASNetMobile")
"""Those that are built in a second or two; sizes of the others were read off in the same way."""


def refused(name: str, shape: tuple[int | None, ...], **given: Any) -> bool:
    known = class_schema("layer", f"applications.{name}")
    assert known is not None
    args = {key: schema.get("default") for key, schema in known.properties.items()}
    try:
        check_application(name, LayerCall({**args, **given}, (Tensor((None, *shape)),)))
    except Mismatch:
        return True
    return False


def test_the_table_names_architectures_of_keras_only() -> None:
    assert set(ARCHITECTURES) <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_each_takes_images_of_its_own_size_and_no_other(name: str) -> None:
    size = ARCHITECTURES[name].size if name in ARCHITECTURES else 224
    assert not refused(name, (size, size, 3), weights=None)
    assert not refused(name, (None, None, 3), weights=None)
    if not name.startswith("MobileNetV3"):
        assert refused(name, (size + 1, size, 3), weights=None)
    assert refused(name, (size, size, 2), weights=None)
    assert refused(name, (size, size), weights=None)


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("name", SMALL)
def test_keras_takes_the_same_images(name: str) -> None:
    import keras

    make = getattr(keras.applications, name)
    known = ARCHITECTURES[name]
    cases: list[tuple[tuple[int, ...], dict[str, Any]]] = [
        ((96, 96, 3), {}),
        ((known.size, known.size, 3), {}),
        ((known.fits, known.fits, 3), {"include_top": False}),
        ((known.fits - 1, known.fits - 1, 3), {"include_top": False}),
        ((64, 64, 3), {"include_top": False, "input_shape": (64, 64, 3)}),
        ((64, 64, 1), {"include_top": False, "input_shape": (64, 64, 1)}),
        ((65, 64, 3), {"include_top": False, "input_shape": (64, 64, 3)}),
        ((20, 20, 3), {"include_top": False, "input_shape": (20, 20, 3)}),
        ((64, 64), {"include_top": False}),
    ]
    for shape, given in cases:
        keras.backend.clear_session()
        try:
            make(weights=None, **given)(keras.Input(shape))
            fails = False
        except ValueError:
            fails = True
        listed = {key: list(v) if isinstance(v, tuple) else v for key, v in given.items()}
        assert refused(name, shape, weights=None, **listed) == fails, (shape, given)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("MobileNet", {"classes": 10}),
        ("MobileNet", {"alpha": 0.3}),
        ("MobileNet", {"depth_multiplier": 2}),
        ("MobileNet", {"input_shape": (96, 96, 3)}),
        ("MobileNetV2", {"input_shape": (96, 100, 3)}),
        ("VGG16", {"input_shape": (128, 128, 3)}),
        ("VGG16", {"include_top": False, "input_shape": (128, 128, 1)}),
        ("MobileNetV3Small", {"minimalistic": True, "alpha": 0.75}),
        ("VGG16", {"classifier_activation": "relu"}),
    ],
)
def test_keras_has_no_weights_for_the_same_arguments(name: str, given: dict[str, Any]) -> None:
    import keras

    shape = given.get("input_shape", (224, 224, 3))
    listed = {key: list(v) if isinstance(v, tuple) else v for key, v in given.items()}
    assert refused(name, shape, **listed)
    if "classifier_activation" not in given:  # it looks at that one after a download
        with pytest.raises(ValueError, match=r"imagenet|channels|input_shape|weights"):
            getattr(keras.applications, name)(**given)

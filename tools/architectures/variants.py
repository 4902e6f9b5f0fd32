"""Each way of asking for an architecture that changes its layers, built with Keras.

A variant has features: what a call says that may add or take away layers. Layers are compared
between variants in order to find which feature each depends on.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest import mock

Features = Mapping[str, Any]


class Layer(NamedTuple):
    """One layer of a built architecture.

    Attributes:
        name: in Keras.
        config: the layer as a spec writes it, without what has no effect on shapes.
        inputs: the names of the layers that it reads; "" is the image.
        sizes: the height and width of its first input, without the batch; empty where it has none.
    """

    name: str
    config: Any
    inputs: tuple[str, ...]
    sizes: tuple[int | None, ...]


class Variant(NamedTuple):
    """One architecture as built.

    Attributes:
        features: what it was asked for.
        layers: in an order in which each stands after those that it reads.
        output: the name of the layer that gives the result.
        size: of the images; None where it is open.
    """

    features: Features
    layers: tuple[Layer, ...]
    output: str
    size: int | None


BASE: dict[str, Any] = {
    "top": False,
    "pooling": None,
    "sized": False,
    "preprocessing": True,
    "rgb": True,
    "pretrained": False,
    "dropout": True,
}
"""The features of a variant that asks for nothing else."""

SIZES = (224, 225)
"""Halved again and again, they stay even and odd; NASNet takes a border away before."""

NASNET_SIZES = (449, 451)

DEPEND_ON_SIZE = ("EfficientNetB", "MobileNetV2", "MobileNetV3", "NASNet")
"""Architectures whose layers depend on the size that they are made for."""

ALPHAS = (0.1, 0.2, 0.25, 0.3, 0.35, 0.5, 0.75, 1.25, 1.3, 1.4, 1.5, 2.0)
"""Widths that are described, beside 1: those that Keras has weights for, and some others."""


def architectures() -> dict[str, Any]:
    """Name to function of every architecture that the installed Keras has."""
    import keras

    return {
        name: member
        for name, member in sorted(vars(keras.applications).items())
        if inspect.isfunction(member) and "weights" in inspect.signature(member).parameters
    }


def variants(name: str, **fixed: Any) -> Iterator[Variant]:
    """All variants of an architecture.

    Args:
        name: of the architecture.
        fixed: arguments of all of them, such as `minimalistic`.
    """
    takes = inspect.signature(architectures()[name]).parameters

    def made(given: Mapping[str, Any], **features: Any) -> Variant:
        return build(name, {**given, **fixed}, {**BASE, **features})

    sizes = NASNET_SIZES if name.startswith("NASNet") else SIZES
    shape = (sizes[0], sizes[0], 3)
    no_top = {"include_top": False}
    # NASNet cannot run where the size is open
    open_size = {**no_top, "input_shape": shape if sizes is NASNET_SIZES else (None, None, 3)}
    yield made({"input_shape": shape}, sized=True, top=True)
    yield made(open_size)
    for pooling in ("avg", "max"):
        yield made({**open_size, "pooling": pooling}, pooling=pooling)
    for size in sizes if name.startswith(DEPEND_ON_SIZE) else ():
        yield made({**no_top, "input_shape": (size, size, 3)}, sized=True)
    if "dropout_rate" in takes:
        yield made({"input_shape": shape, "dropout_rate": 0}, sized=True, top=True, dropout=False)
    if "include_preprocessing" in takes:
        gray = {**no_top, "input_shape": (None, None, 1)}
        raw = {"include_preprocessing": False}
        yield made(gray, rgb=False)
        yield made({**gray, **raw}, preprocessing=False, rgb=False)
        yield made({**open_size, **raw}, preprocessing=False)
    if name.startswith("EfficientNetB"):
        yield made({**open_size, "weights": "imagenet"}, pretrained=True)


def build(name: str, given: Mapping[str, Any], features: Features) -> Variant:
    """One variant, without values of its variables."""
    import keras

    keras.backend.clear_session()
    with keras.StatelessScope(initialize_variables=False), _without_download():
        model = architectures()[name](**{"weights": None, **given})
    shape = model.input_shape[1:]
    return Variant(
        features, tuple(_layers(model)), model.outputs[0]._keras_history[0].name, shape[0]
    )


@contextmanager
def _without_download() -> Iterator[None]:
    """Keras loads no weights."""
    import keras
    from keras.src.utils import file_utils

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(file_utils, "get_file", return_value="none"))
        stack.enter_context(mock.patch.object(keras.Model, "load_weights"))
        yield


NO_EFFECT = ("_initializer", "momentum", "epsilon", "fill_mode")
"""Ends of arguments that change neither shapes nor weights. The `input` of a stack inside goes as
well: it is what the stack is called on."""


def _layers(model: Any) -> Iterator[Layer]:
    from modelspec.compile.stages import compile_text
    from modelspec.diagnostics.findings import Findings
    from modelspec.importing.model_files import from_keras

    findings = Findings()
    compiled = compile_text(from_keras(model), "imported", None, findings)
    if compiled is None:
        raise ValueError(str(findings.sorted()[0]))
    written = compiled.spec.document["model"]["functional"]["layers"]
    (image,) = compiled.graph.inputs
    for call in compiled.graph.calls:
        refs = list(call.reads())
        is_op = compiled.graph.layers[call.layer].object.class_name.startswith("ops.")
        assert not call.arguments and (not call.named or is_op), call
        assert all(ref.index is None for ref in refs)
        first = compiled.analysis.tensors[refs[0].source]
        yield Layer(
            call.name,
            _plain(written[call.layer]),
            tuple("" if ref.source == image.name else ref.source for ref in refs),
            tuple(first.shape[1:3]) if first is not None and len(first.shape) == 4 else (),
        )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            str(key): _plain(item)
            for key, item in value.items()
            if not str(key).endswith(NO_EFFECT) and key != "input"
        }
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value

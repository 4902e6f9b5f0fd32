"""The architectures of `keras.applications`, which several benchmarks go through."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterator
from typing import Any

from modelspec.compile.stages import CompiledSpec, compile_text
from modelspec.diagnostics.findings import Findings
from modelspec.importing.model_files import from_keras

OPEN_SIZE = 96
"""The side of the picture for architectures that take any."""


def architectures() -> dict[str, Any]:
    """Name to function of every architecture that the installed Keras has."""
    import keras

    return {
        name: member
        for name, member in sorted(vars(keras.applications).items())
        if inspect.isfunction(member) and "weights" in inspect.signature(member).parameters
    }


def make(function: Any) -> Any:
    """An architecture without pretrained weights."""
    return function(weights=None)


def models(names: list[str]) -> Iterator[tuple[str, Any]]:
    """Name and model of all architectures, or of those named, one in memory at a time."""
    import keras

    known = architectures()
    for name in names or list(known):
        keras.backend.clear_session()
        yield name, make(known[name])
        gc.collect()


def opened(name: str, model: Any) -> tuple[CompiledSpec, Findings]:
    """A model's spec through all stages that need no TensorFlow, and what they found.

    Raises:
        ValueError: the spec has faults.
    """
    findings = Findings()
    found = compile_text(from_keras(model), f"{name}.yaml", None, findings)
    if found is None:
        raise ValueError(str(findings.sorted()[0]))
    return found, findings


def batch_of_one(model: Any) -> Any:
    """Random pictures for a model of one input: (1, height, width, 3), float32."""
    import numpy as np

    shape = [1, *(size or OPEN_SIZE for size in model.input_shape[1:])]
    return np.random.default_rng(0).normal(size=shape).astype("float32")

"""From a spec to its Keras model, under its dtype policy; what Keras rejects becomes a finding."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from modelspec.analysis import complete
from modelspec.diagnostics import CannotRunError, Findings
from modelspec.framework import start_keras
from modelspec.graph import Graph
from modelspec.schema import class_schema
from modelspec.spec import Spec
from modelspec.spec.extensions import refuse_extensions
from modelspec.spec.model import objects_in

from .assemble import build_graph_model
from .extension_modules import extension_scope
from .objects import KerasError


def build_model(spec: Spec, graph: Graph, findings: Findings) -> Any:
    """The real model of a spec.

    Returns:
        A `keras.Sequential` or `keras.Model`, with new weights; None with a finding at the
        layer's line where Keras rejects something, or where it takes an extension that is not
        allowed. Built under the dtype policy of `training.precision`. It lacks what only
        `training.losses` depends on.
    """
    if refuse_extensions(spec, spec.model, findings):
        return None
    start_keras()
    require_packages(spec)
    policy = spec.training.precision if spec.training is not None else None
    try:
        with policy_of_layers(policy), extension_scope(spec):
            return build_graph_model(graph.for_outputs(), spec.name)
    except KerasError as refused:
        findings.error(refused.span, "keras-refused", refused.message)
        return None


@contextmanager
def policy_of_layers(policy: str | None) -> Iterator[None]:
    """Let Keras make layers under a dtype policy; None leaves the one that it has."""
    import keras

    before = keras.config.dtype_policy()
    try:
        if policy is not None:
            keras.config.set_dtype_policy(policy)
        yield
    finally:
        keras.config.set_dtype_policy(before)


USE_SCIPY_WINDOWS = ("STFTSpectrogram", "STFT")
"""What makes its `window` with scipy, where that is a name."""

INSTALL = "pip install 'keras-modelspec[audio]'"


def require_packages(spec: Spec) -> None:
    """Check for packages other than Keras that the model of a spec needs.

    Raises:
        CannotRunError: one is not installed.
    """
    for item in objects_in(spec.model):
        known = class_schema(item.kind, item.class_name)
        if known is None or known.name not in USE_SCIPY_WINDOWS or find_spec("scipy") is not None:
            continue
        window = complete(item)["window"]
        if isinstance(window, str):
            at = f"{item.span.file}:{item.span.line}:{item.span.column}"
            message = f"the window `{window}` of {known.name} is made by scipy, which is missing"
            raise CannotRunError(f"{at}: {message}: {INSTALL}, or `window: null`")

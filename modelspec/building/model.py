"""From a spec to its model, under its dtype policy, with what Keras refuses as findings."""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics import Findings
from modelspec.framework import start_keras
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.spec.extensions import refuse_extensions

from .assemble import build_graph_model
from .extension_modules import extension_scope
from .keras_error import KerasError
from .packages import need_packages


def build_model(spec: Spec, graph: Graph, findings: Findings) -> Any:
    """The real model of a spec.

    Returns:
        A `keras.Sequential` or `keras.Model`, with fresh weights; None with a finding at the
        layer's line where Keras refuses something, or where it takes an extension that is not
        allowed. Built under the dtype policy of `training.precision`.
    """
    if refuse_extensions(spec, spec.model, findings):
        return None
    start_keras()
    need_packages(spec)
    import keras

    policy = spec.training.precision if spec.training is not None else None
    before = keras.config.dtype_policy()
    try:
        if policy is not None:
            keras.config.set_dtype_policy(policy)
        with extension_scope(spec):
            return build_graph_model(graph, spec.name)
    except KerasError as refused:
        findings.error(refused.span, "keras-refused", refused.message)
        return None
    finally:
        keras.config.set_dtype_policy(before)

"""From a spec to its model, under its dtype policy, with what Keras refuses as findings."""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics import Findings
from modelspec.graph import Graph
from modelspec.spec import Spec

from .assemble import build_graph_model
from .framework import start
from .refusal import RefusedError


def build_model(spec: Spec, graph: Graph, findings: Findings) -> Any:
    """The real model of a spec.

    Returns:
        A `keras.Sequential` or `keras.Model`, with fresh weights; None with a finding at the
        layer's line where Keras refuses something. Built under the dtype policy of
        `training.precision`.
    """
    start()
    import keras

    policy = spec.training.precision if spec.training is not None else None
    before = keras.config.dtype_policy()
    try:
        if policy is not None:
            keras.config.set_dtype_policy(policy)
        return build_graph_model(graph, spec.name)
    except RefusedError as refused:
        findings.error(refused.span, "keras-refused", refused.message)
        return None
    finally:
        keras.config.set_dtype_policy(before)

"""The lints: what is allowed and hardly ever meant.

A lint is a module. Its docstring is its manual page, with a spec that fails and one that passes;
its `CODE` is the name without underscores; its `check` gives the places. A lint is imported only
where the spec has what it looks at, as the table says.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from modelspec.analysis.facts import Analysis
from modelspec.analysis.lints.subject import LintContext
from modelspec.diagnostics import Findings
from modelspec.spec import Spec

CONVOLUTIONS = (
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "SeparableConv1D",
    "SeparableConv2D",
)
POOLINGS = (
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
)
DROPOUTS = (
    "AlphaDropout",
    "Dropout",
    "GaussianDropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
)
ACTIVATIONS = (
    "Activation",
    "ELU",
    "LeakyReLU",
    "PReLU",
    "ReLU",
    "Softmax",
    "ops.relu",
    "ops.sigmoid",
    "ops.softmax",
    "ops.tanh",
)
LOOKUPS = ("HashedCrossing", "Hashing", "IntegerLookup", "StringLookup", "TextVectorization")


class When(NamedTuple):
    """What a spec must have for a lint to look at it.

    Attributes:
        training: whether it needs the section `training`.
        layers: Keras's classes of which it needs one; none for any model.
    """

    training: bool = False
    layers: tuple[str, ...] = ()


LINTS: dict[str, When] = {
    "activation-twice": When(layers=ACTIVATIONS),
    "batch-norm-after-dropout": When(layers=("BatchNormalization",)),
    "batch-norm-batch-of-one": When(training=True, layers=("BatchNormalization",)),
    "bias-before-batch-norm": When(layers=("BatchNormalization",)),
    "category-codes-as-numbers": When(layers=LOOKUPS),
    "dropout-before-output": When(layers=DROPOUTS),
    "dropout-rate-high": When(layers=DROPOUTS),
    "embedding-too-small": When(layers=("Embedding",)),
    "flatten-does-nothing": When(layers=("Flatten",)),
    "functional-is-a-chain": When(),
    "half-precision-output": When(training=True),
    "huge-flatten-dense": When(layers=("Flatten",)),
    "kernel-sees-only-padding": When(layers=CONVOLUTIONS),
    "learning-rate-out-of-range": When(training=True),
    "logits-loss-fed-probabilities": When(training=True),
    "mask-dropped": When(layers=("Embedding", "Masking")),
    "monitor-not-logged": When(training=True),
    "monitor-without-validation": When(training=True),
    "monitor-wrong-direction": When(training=True),
    "no-activation-between-dense": When(layers=("Dense",)),
    "nothing-left-to-pool": When(layers=POOLINGS),
    "nothing-trainable": When(training=True),
    "one-hot-into-embedding": When(layers=("Embedding",)),
    "patience-never-reached": When(training=True),
    "probabilities-loss-fed-logits": When(training=True),
    "pure-float16": When(training=True),
    "recurrent-activation-off-cudnn": When(layers=("GRU", "LSTM")),
    "recurrent-dropout-off-cudnn": When(layers=("GRU", "LSTM")),
    "relu-before-probabilities": When(layers=ACTIVATIONS),
    "relu-output": When(training=True),
    "schedule-and-plateau": When(training=True),
    "sigmoid-with-categorical-loss": When(training=True),
    "softmax-over-one-unit": When(),
    "softmax-with-binary-loss": When(training=True),
    "stateful-while-shuffled": When(training=True),
    "time-distributed-dense": When(layers=("TimeDistributed",)),
    "unmatched-freeze": When(training=True),
}
"""Every lint by its code."""


def run_lints(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Add what the lints say as warnings.

    Args:
        spec: may be without `data` and `training`; lints that need them are silent then.
        analysis: of its model; what is not known there is not judged.
        findings: takes the warnings, each with its lint's code.
    """
    subject = LintContext(spec, analysis)
    for code, when in LINTS.items():
        if when.training and spec.training is None:
            continue
        if when.layers and subject.kinds.isdisjoint(when.layers):
            continue
        for lint in module_of(code).check(spec, subject):
            span, message, hint, related = lint
            findings.warning(span, code, message, hint=hint, related=related)


def module_of(code: str) -> ModuleType:
    """The module of a lint."""
    return import_module(f"{__name__}.{code.replace('-', '_')}")


def page(code: str) -> str | None:
    """A lint's manual page; None for a code that is no lint's."""
    if code not in LINTS:
        return None
    return inspect.cleandoc(module_of(code).__doc__ or "")

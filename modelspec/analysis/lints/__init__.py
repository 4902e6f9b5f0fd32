"""The lints: what is allowed but rarely intended.

A lint is a module. Its docstring is its manual page, with a spec that fails and one that passes;
its `CODE` is the module's name with hyphens; its `check` yields what to report. A lint is imported
only where the spec has what the table says it needs.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from modelspec.analysis.facts import Analysis
from modelspec.analysis.guard import guarded
from modelspec.analysis.lints.context import LintContext
from modelspec.diagnostics import Findings
from modelspec.layers import classes_with, ops_with
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject

ACTIVATIONS = classes_with("activation") | ops_with("activation") | {"Activation"}


class LintScope(NamedTuple):
    """What a spec must have for a lint to check it.

    Attributes:
        training: whether it needs the section `training`.
        layers: Keras's classes of which it needs one; none for any model.
        argument: what a layer of it must be given; none for any model.
        weights: whether `training` needs `initial_weights`.
        divided: whether several workers must divide the batches of the training.
    """

    training: bool = False
    layers: Collection[str] = ()
    argument: str = ""
    weights: bool = False
    divided: bool = False

    def fits(self, spec: Spec, context: LintContext) -> bool:
        """Whether a spec has all of that."""
        training = spec.training
        if (self.training or self.weights) and training is None:
            return False
        if self.weights and training is not None and training.initial_weights is None:
            return False
        if self.divided and not spec.is_divided:
            return False
        if self.layers and context.kinds.isdisjoint(self.layers):
            return False
        return not self.argument or self.argument in context.arguments


LINTS: dict[str, LintScope] = {
    "activation-twice": LintScope(layers=ACTIVATIONS),
    "activity-penalty-dropped": LintScope(layers=("TimeDistributed",)),
    "adapters-frozen": LintScope(training=True, argument="lora_rank"),
    "adapters-of-fresh-weights": LintScope(training=True, argument="lora_rank"),
    "attention-across-examples": LintScope(layers=("AdditiveAttention", "Attention")),
    "batch-axis-lost": LintScope(),
    "batch-norm-after-dropout": LintScope(layers=("BatchNormalization",)),
    "batch-norm-batch-of-one": LintScope(training=True, layers=("BatchNormalization",)),
    "batch-norm-in-critic": LintScope(training=True, layers=("BatchNormalization",)),
    "batch-norm-in-frozen-part": LintScope(training=True, layers=("BatchNormalization",)),
    "batch-norm-not-synchronized": LintScope(divided=True),
    "bias-before-batch-norm": LintScope(layers=("BatchNormalization",)),
    "category-codes-as-numbers": LintScope(layers=classes_with("is_lookup")),
    "crops-in-training-only": LintScope(layers=classes_with("crops_in_training")),
    "dropout-before-output": LintScope(layers=classes_with("is_dropout")),
    "dropout-rate-high": LintScope(layers=classes_with("is_dropout")),
    "embedding-too-small": LintScope(layers=classes_with("has_table")),
    "flatten-does-nothing": LintScope(layers=("Flatten",)),
    "functional-is-a-chain": LintScope(),
    "half-precision-output": LintScope(training=True),
    "huge-flatten-dense": LintScope(layers=("Flatten",)),
    "jit-compile-ignored": LintScope(training=True, layers=classes_with("never_compiled")),
    "kernel-sees-only-padding": LintScope(layers=classes_with("kernel_axes")),
    "labels-not-mixed": LintScope(training=True, layers=classes_with("mixes_examples")),
    "learning-rate-out-of-range": LintScope(training=True),
    "logits-loss-fed-probabilities": LintScope(training=True),
    "lora-alpha-ignored": LintScope(layers=classes_with("ignores_alpha")),
    "lora-rank-too-large": LintScope(argument="lora_rank"),
    "mask-dropped": LintScope(layers=("Embedding", "Masking")),
    "merge-of-one-tensor": LintScope(layers=classes_with("is_merge")),
    "monitor-not-logged": LintScope(training=True),
    "monitor-without-validation": LintScope(training=True),
    "monitor-wrong-direction": LintScope(training=True),
    "no-activation-between-dense": LintScope(layers=("Dense",)),
    "not-loadable": LintScope(),
    "nothing-left-to-pool": LintScope(layers=classes_with("is_pooling")),
    "nothing-trainable": LintScope(training=True),
    "one-hot-into-embedding": LintScope(layers=("Embedding",)),
    "patience-never-reached": LintScope(training=True),
    "probabilities-loss-fed-logits": LintScope(training=True),
    "pure-float16": LintScope(training=True),
    "quantized-before-training": LintScope(training=True),
    "recurrent-activation-off-cudnn": LintScope(layers=("GRU", "LSTM")),
    "recurrent-dropout-off-cudnn": LintScope(layers=("GRU", "LSTM")),
    "relu-before-probabilities": LintScope(layers=ACTIVATIONS),
    "relu-output": LintScope(training=True),
    "schedule-and-plateau": LintScope(training=True),
    "sigmoid-with-categorical-loss": LintScope(training=True),
    "softmax-over-one-unit": LintScope(),
    "softmax-with-binary-loss": LintScope(training=True),
    "stateful-while-shuffled": LintScope(training=True),
    "states-ignored": LintScope(layers=classes_with("is_recurrent")),
    "target-not-moved": LintScope(training=True, layers=classes_with("moves_pixels")),
    "teacher-not-frozen": LintScope(weights=True),
    "time-distributed-dense": LintScope(layers=("TimeDistributed",)),
    "trained-inside-frozen": LintScope(),
    "uneven-shares": LintScope(divided=True),
    "weights-without-gradient": LintScope(training=True),
}
"""Every lint by its code."""


def run_lints(
    spec: Spec, analysis: Analysis, findings: Findings, *, whole: Spec | None = None
) -> None:
    """Add the warnings of all lints.

    Args:
        spec: may be without `data` and `training`; lints that need them are silent then.
        analysis: of its model; what is unknown there is not checked.
        findings: takes the warnings, each with its lint's code.
        whole: the spec with all phases, where `spec` has one of them as its `training`.
    """
    context = LintContext(spec, analysis, whole)
    for code, when in LINTS.items():
        if not when.fits(spec, context):
            continue
        with guarded(f"whether there is `{code}`", spec.span, findings):
            for span, message, hint, related in module_of(code).check(spec, context):
                findings.warning(span, code, message, hint=hint, related=related)


def small_tables(
    spec: Spec, analysis: Analysis, sizes: Mapping[str, int]
) -> Iterator[tuple[KerasObject, str]]:
    """The layers that look numbers up in a table with too few rows, each with the input that the
    numbers come from.

    Args:
        spec: the spec.
        analysis: of its model.
        sizes: input name to how many numbers it has, from 0 on.
    """
    from .embedding_too_small import tables_of_inputs

    for table, name in tables_of_inputs(LintContext(spec, analysis)):
        if name in sizes and table.args["input_dim"] < sizes[name]:
            yield table, name


def module_of(code: str) -> ModuleType:
    """The module of a lint."""
    return import_module(f"{__name__}.{code.replace('-', '_')}")


def page(code: str) -> str | None:
    """A lint's manual page; None for a code that does not belong to a lint."""
    if code not in LINTS:
        return None
    return inspect.cleandoc(module_of(code).__doc__ or "")

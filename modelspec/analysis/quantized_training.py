"""Trainings of quantized layers whose model could not be saved."""

from __future__ import annotations

from modelspec.diagnostics import Findings
from modelspec.layers.policies import policy_of
from modelspec.layers.rule import Mismatch, Policy
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, objects_in

WHOLE = ("int8", "int4")
"""The ways to quantize that keep a kernel as whole numbers."""


def check_quantized_training(spec: Spec, findings: Findings) -> None:
    """Report low-rank adapters of quantized layers, which Keras trains and cannot save.

    When it saves a model it adds them to the kernel, and rounds the sum to whole numbers again.

    Args:
        spec: without `training` nothing is said.
        findings: takes an error for each layer.
    """
    if spec.training is None:
        return
    for item in objects_in(spec.model):
        mode = _mode(item) if item.kind == "layer" and item.args.get("lora_rank") else ""
        if mode.startswith(WHOLE):
            name = mode.partition("/")[0]
            message = (
                f"the adapters of this {item.class_name} are lost in part: Keras rounds their sum "
                f"with the kernel to {name} when it saves the model, and it then predicts other "
                "values"
            )
            hint = "train with a float `dtype`, export, and use `model.quantize` in Python"
            span = item.arg_spans.get("lora_rank", item.span)
            findings.error(span, "saved-model-differs", message, hint=hint)


def _mode(item: KerasObject) -> str:
    try:
        policy = policy_of(item.args.get("dtype"), Policy())
    except Mismatch:  # which is reported where the layer is
        return ""
    return "" if policy is None else policy.mode

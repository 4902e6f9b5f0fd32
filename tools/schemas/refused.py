"""Public names of Keras that a spec cannot say by nature, and what to write instead."""

from __future__ import annotations

from .refused_ops import REFUSED_OPS

_CODE = "it holds Python code; register a class of your own and name its module in `extensions`"
_BASE = "it is a base class; name one of its subclasses, or register one of your own"
_INPUT = "inputs have their own place; write `input` (sequential) or `inputs` (functional)"
_OWN = "`training` takes care of it; leave it out"

REFUSED: dict[str, str] = {
    "layers.Lambda": _CODE,
    "layers.JaxLayer": _CODE,
    "layers.FlaxLayer": _CODE,
    "layers.TorchModuleWrapper": _CODE,
    "layers.Layer": _BASE,
    "layers.Wrapper": _BASE,
    "layers.Input": _INPUT,
    "layers.InputLayer": _INPUT,
    "layers.InputSpec": "it describes what a layer expects and is no layer",
    "layers.add": "it is a function; write the layer `Add`",
    "layers.average": "it is a function; write the layer `Average`",
    "layers.concatenate": "it is a function; write the layer `Concatenate`",
    "layers.dot": "it is a function; write the layer `Dot`",
    "layers.maximum": "it is a function; write the layer `Maximum`",
    "layers.minimum": "it is a function; write the layer `Minimum`",
    "layers.multiply": "it is a function; write the layer `Multiply`",
    "layers.subtract": "it is a function; write the layer `Subtract`",
    "initializers.Initializer": _BASE,
    "regularizers.Regularizer": _BASE,
    "constraints.Constraint": _BASE,
    "optimizers.Optimizer": _BASE,
    "schedules.LearningRateSchedule": _BASE,
    "losses.Loss": _BASE,
    "metrics.Metric": _BASE,
    "metrics.MeanMetricWrapper": "it wraps a Python function; name a metric, or register one of "
    "your own",
    "callbacks.Callback": _BASE,
    "callbacks.LambdaCallback": _CODE,
    "callbacks.LearningRateScheduler": "it holds a Python function; give the optimizer's "
    "`learning_rate` a schedule such as `CosineDecay`",
    "callbacks.CallbackList": "it is a list of callbacks; write them as a list under `callbacks`",
    "callbacks.History": _OWN,
    "callbacks.ProgbarLogger": _OWN,
    "callbacks.BackupAndRestore": "`train --resume` continues a run that was broken off; leave it "
    "out",
    **{f"ops.{name}": reason for name, reason in REFUSED_OPS.items()},
}
"""Namespace and name to a reason. The namespace is that of Keras, `schedules` for short."""

SPACES = {
    "layer": "layers",
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
    "activation": "activations",
    "optimizer": "optimizers",
    "schedule": "schedules",
    "loss": "losses",
    "metric": "metrics",
    "callback": "callbacks",
    "dtype_policy": "dtype_policies",
    "op": "ops",
    "application": "applications",
}
"""Kind to the namespace that its refusals are filed under."""


def is_refused(kind: str, name: str) -> bool:
    """Whether a spec cannot say this name."""
    return reason_against(kind, name) is not None


def reason_against(kind: str, name: str) -> str | None:
    """Why a spec cannot say this name; `ops.numpy.eye` is refused as `ops.eye` is."""
    last = name.rpartition(".")[2] if kind == "op" else name
    return REFUSED.get(f"{SPACES[kind]}.{last}")


def all_refused(public: dict[str, set[str]]) -> dict[str, str]:
    """Every refused public name, in all namespaces that list it."""
    found = {
        f"{SPACES[kind]}.{name}": reason_against(kind, name)
        for kind, names in public.items()
        for name in names
    }
    return {name: reason for name, reason in sorted(found.items()) if reason}

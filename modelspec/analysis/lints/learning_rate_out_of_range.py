"""A learning rate that is far from what its optimizer usually takes.

Too large a rate makes the loss jump or become NaN; too small a one makes it stand still. What is
large depends on the optimizer: 0.1 is usual for SGD, and a hundred times too much for Adam, whose
steps are that long whatever the gradient. The ranges are wide, from an order of magnitude below to
one above what papers and guides use, and stand in a table in this lint's module. Of a schedule the
highest rate counts.

To fix it, begin with the optimizer's default (leave `learning_rate` out), and go up or down by
factors of 3.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1}}]
    training: {optimizer: {Adam: {learning_rate: 1.0}}, loss: mse}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1}}]
    training: {optimizer: {Adam: {learning_rate: 1e-3}}, loss: mse}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject

CODE = "learning-rate-out-of-range"

RANGES = {
    "Adadelta": (1e-4, 10.0),  # 1.0: Zeiler 2012; 0.001: Keras
    "Adafactor": (1e-6, 0.1),  # 0.01: Shazeer and Stern 2018
    "Adagrad": (1e-5, 1.0),  # 0.01: Duchi et al. 2011 and TensorFlow's guide
    "Adam": (1e-7, 0.05),  # 0.001: Kingma and Ba 2015; 1e-5 to tune language models
    "AdamW": (1e-7, 0.05),  # as Adam: Loshchilov and Hutter 2019
    "Adamax": (1e-7, 0.1),  # 0.002: Kingma and Ba 2015
    "Ftrl": (1e-4, 5.0),  # 0.05 to 0.5: McMahan et al. 2013
    "Lamb": (1e-6, 0.1),  # 0.005 to 0.02 for large batches: You et al. 2020
    "Lion": (1e-8, 5e-3),  # a third to a tenth of AdamW's: Chen et al. 2023
    "Muon": (1e-5, 0.5),  # 0.02: Jordan 2024
    "Nadam": (1e-7, 0.05),  # 0.002: Dozat 2016
    "RMSprop": (1e-7, 0.05),  # 0.001: Hinton 2012
    "SGD": (1e-6, 10.0),  # 0.1, and 3.2 for batches of 8,192: Goyal et al. 2017
    "ScheduleFreeAdamW": (1e-6, 0.1),  # 0.0025: Defazio et al. 2024
}
"""The least and the largest usual rate of each optimizer, with what is typical and by whom."""


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such rate."""
    if spec.training is None:
        return
    for optimizer in _optimizers(spec.training.optimizer):
        name = keras_class(optimizer)
        rate = _highest(optimizer.args.get("learning_rate"))
        if name not in RANGES or rate is None:
            continue
        least, most = RANGES[name]
        if not least <= rate <= most:
            side = "above" if rate > most else "below"
            message = (
                f"a learning rate of {rate:g} is far {side} what {name} usually takes,"
                f" {least:g} to {most:g}"
            )
            hint = "leave `learning_rate` out for the default, and go on from there"
            yield Lint(optimizer.arg_spans["learning_rate"], message, hint)


def _optimizers(item: KerasObject) -> Iterator[KerasObject]:
    """An optimizer and those that it wraps."""
    yield item
    for value in item.args.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, KerasObject) and inner.kind == "optimizer":
                yield from _optimizers(inner)


def _highest(value: Any) -> float | None:
    """The highest rate of a number or a schedule; None where it is not known."""
    if isinstance(value, KerasObject):
        args = value.args
        steps = args.get("values")
        if keras_class(value) == "PiecewiseConstantDecay" and isinstance(steps, list):
            return max((rate for rate in map(_number, steps) if rate is not None), default=None)
        warm = _number(args.get("warmup_target"))
        return warm if warm is not None else _number(args.get("initial_learning_rate"))
    return _number(value)


def _number(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number else None

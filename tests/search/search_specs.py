"""Specs with a search, and spaces drawn for them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from modelspec.diagnostics import Findings
from modelspec.document import emit, load
from modelspec.spec.tune import Dimension, parse_tune

BASE: dict[str, Any] = {
    "modelspec": 1,
    "name": "small",
    "params": {"width": 8, "stages": 2, "kernel": 3, "rate": 0.1},
    "blocks": {
        "stage": {
            "params": {"filters": 4},
            "sequential": {
                "layers": [
                    {"Conv2D": {"filters": "${filters}", "kernel_size": "${kernel}"}},
                    {"MaxPooling2D": {"pool_size": 2}},
                ]
            },
        }
    },
    "model": {
        "sequential": {
            "input": {"shape": [16, 16, 1]},
            "layers": [
                {
                    "repeat": {
                        "times": "${stages}",
                        "layers": [{"stage": {"filters": "${width * 2 ** index}"}}],
                    }
                },
                "Flatten",
                {"Dropout": {"rate": "${rate}"}},
                {"Dense": {"units": 3, "activation": "softmax"}},
            ],
        }
    },
    "data": {
        "train": {"images": {"path": "photos", "color": "grayscale"}},
        "validation": 0.2,
        "inputs": {"input_layer": "image"},
        "targets": {"dense": {"column": "label", "labels": ["a", "b", "c"]}},
    },
    "training": {
        "epochs": 2,
        "optimizer": {"Adam": {"learning_rate": 0.001}},
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
    },
    "expect": {"params": {"max": 4000}},
}
"""A small convolutional net."""


def with_space(space: dict[str, Any], **more: Any) -> str:
    """The text of the base with a search over a space."""
    tune = {"objective": {"val_accuracy": "max"}, "trials": 5, "space": space, **more}
    return emit({**BASE, "tune": tune})


def dimensions_of(space: dict[str, Any]) -> tuple[Dimension, ...]:
    """The dimensions of a space that is written as data."""
    tune = {"objective": {"loss": "min"}, "trials": 1, "space": space}
    findings = Findings()
    parsed = parse_tune(load(emit({"tune": tune}), "drawn.yaml", findings)["tune"], findings)
    assert list(findings) == []
    return parsed.dimensions


_RATES = st.sampled_from(
    [{"log": [1e-4, 1e-2]}, {"float": [0.0, 0.5]}, {"float": [0.1, 0.5], "step": 0.1}, 0.01]
)
_OPTIMIZERS = st.sampled_from(["adam", "sgd", "AdamW"]) | st.builds(
    lambda name, rate, more: {name: {"learning_rate": rate, **more}},
    st.sampled_from(["Adam", "SGD", "AdamW", "RMSprop"]),
    _RATES,
    st.sampled_from([{}, {"weight_decay": {"choice": [None, 0.01]}}, {"clipnorm": 1.0}]),
)
_DIMENSIONS: dict[str, st.SearchStrategy[Any]] = {
    "params.width": st.sampled_from(
        [
            {"choice": [4, 8, "${2 * stages}"]},
            {"int": [1, 9]},
            {"int": [1, 64], "log": True},
            {"int": [2, 9], "step": 3},
        ]
    ),
    "params.stages": st.sampled_from([{"int": [1, 5]}, {"choice": [1, 2]}]),
    "params.kernel": st.sampled_from([{"int": [1, 7], "step": 2}, {"choice": [[3, 3], 5, [1, 7]]}]),
    "params.rate": _RATES.filter(lambda rate: isinstance(rate, dict)),
    "training.optimizer": st.lists(_OPTIMIZERS, min_size=1, max_size=4, unique_by=repr).map(
        lambda items: {"choice": items}
    ),
    "model.sequential.layers.1": st.just(
        {"choice": ["Flatten", "GlobalAveragePooling2D", {"Reshape": {"target_shape": [-1]}}]}
    ),
    "training.seed": st.just({"choice": [1, 2]}),
}
SPACES = st.sets(st.sampled_from(sorted(_DIMENSIONS)), min_size=1, max_size=4).flatmap(
    lambda paths: st.fixed_dictionaries({path: _DIMENSIONS[path] for path in sorted(paths)})
)
"""Spaces of the base, as they are written."""

"""Which layers of a model a training, or a phase of it, changes, and how fast each one learns."""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics import Findings
from modelspec.framework import layers_by_path, own_variables, scale_rates
from modelspec.spec.phases import DecayExclusions, FreezePatterns, LayerPath, RateFactors
from modelspec.spec.training import TrainingSpec


class TrainedLayers:
    """The layers of a model by their paths, with what each one was made to train.

    Args:
        model: built, and nothing of it frozen yet.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.layers = list(layers_by_path(model))
        self._made = [(layer, layer.trainable) for _, layer in self.layers]
        self._variables = [
            (variable, variable.trainable)
            for layer in dict.fromkeys(layer for _, layer in self.layers)
            for variable in own_variables(layer)
        ]

    def freeze(self, training: TrainingSpec, findings: Findings) -> None:
        """Freeze what a training says, and nothing else of what was frozen before.

        In Keras a frozen layer sets `trainable` to false for all that is inside it. A model with a
        trained layer inside keeps its own `trainable`, and each of its other layers is frozen.
        """
        paths, freeze = [path for path, _ in self.layers], training.freeze
        self._return()
        for span, message, hint in freeze.unmatched(paths):
            findings.error(span, "unmatched-freeze", message, hint=hint)
        self._freeze(freeze, paths)
        if freeze and not self.model.trainable_weights:
            message = "every layer is frozen: there is nothing left to train"
            findings.error(freeze.spans[0], "nothing-to-train", message)
        if training.learning_rates is not None:
            for span, message, hint in training.learning_rates.unmatched(paths):
                findings.error(span, "unmatched-rate", message, hint=hint)

    def _freeze(self, freeze: FreezePatterns, paths: list[LayerPath]) -> None:
        frozen = freeze.frozen_paths(paths)
        in_parts = {path[:n] for path in paths if path not in frozen for n in range(1, len(path))}
        for path, layer in self.layers:
            if path not in frozen:
                continue
            if path not in in_parts:
                layer.trainable = False
                continue
            for variable in own_variables(layer):
                variable.trainable = False

    def _return(self) -> None:
        """Have every layer train what it was made to; outer ones first, which set inner ones."""
        for layer, flag in self._made:
            if layer.trainable != flag:
                layer.trainable = flag
        for variable, flag in self._variables:
            if variable.trainable != flag:
                variable.trainable = flag

    def scale_rates(self, optimizer: Any, rates: RateFactors) -> None:
        """Have the optimizer of the compiled model train each layer at its share of the rate."""
        factors: dict[LayerPath, float] = {}
        scaled: list[tuple[Any, float]] = []
        for path, layer in self.layers:
            factors[path] = rates.factor(path, factors.get(path[:-1], 1.0))
            if factors[path] != 1.0:
                scaled += [(variable, factors[path]) for variable in own_variables(layer)]
        scale_rates(optimizer, scaled)

    def exclude_from_decay(
        self, optimizer: Any, exclusions: DecayExclusions, findings: Findings
    ) -> None:
        """Have the optimizer of the compiled model not decay some weights."""
        weights = [
            (path, variable.name, variable)
            for path, layer in self.layers
            for variable in own_variables(layer)
        ]
        for span, message, hint in exclusions.unmatched((path, name) for path, name, _ in weights):
            findings.error(span, "unmatched-decay", message, hint=hint)
        kept = [variable for path, name, variable in weights if exclusions.excludes(path, name)]
        getattr(optimizer, "inner_optimizer", optimizer).exclude_from_weight_decay(var_list=kept)

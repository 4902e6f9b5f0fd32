"""Drawn predictions with ties, weights of 0, and rows that do not count."""

from __future__ import annotations

import numpy as np

from modelspec.evaluation import NOT_COUNTED, OutputPredictions
from modelspec.runs import OutputKind


def _weights(generator: np.random.Generator, rows: int, seed: int) -> np.ndarray | None:
    if seed % 3 == 0:
        return None
    weights: np.ndarray = generator.random(rows)
    weights[generator.random(rows) < 0.1] = 0
    return weights


def drawn_binary(seed: int) -> OutputPredictions:
    """An output of one probability; scores of one digit, of which many are equal, or of all."""
    generator = np.random.default_rng(seed)
    rows = int(generator.integers(20, 200))
    truth = generator.integers(0, 2, rows)
    truth[:4] = 0, 1, 0, 1
    scores = generator.random(rows) * 0.6 + truth * 0.3 * generator.random()
    scores = scores.round(1) if seed % 2 else scores
    weights = _weights(generator, rows, seed)
    if weights is not None:
        weights[:4] = 1
    truth[generator.random(rows) < (0.2 if seed % 5 == 0 else 0)] = NOT_COUNTED
    truth[:4] = 0, 1, 0, 1
    return OutputPredictions(
        "churn", OutputKind.BINARY, truth, scores, ("no", "yes"), weights=weights
    )


def drawn_classes(seed: int) -> OutputPredictions:
    """An output of several classes, each of which occurs."""
    generator = np.random.default_rng(seed)
    rows, classes = int(generator.integers(30, 150)), int(generator.integers(3, 6))
    truth = generator.integers(0, classes, rows)
    truth[: 2 * classes] = np.tile(np.arange(classes), 2)
    powers = np.exp(generator.normal(size=(rows, classes)).round(1 if seed % 2 else 8))
    scores = powers / powers.sum(axis=1, keepdims=True)
    weights = _weights(generator, rows, seed)
    if weights is not None:
        weights[: 2 * classes] = 1
    labels = tuple(map(str, range(classes)))
    return OutputPredictions("kind", OutputKind.CLASSES, truth, scores, labels, weights=weights)

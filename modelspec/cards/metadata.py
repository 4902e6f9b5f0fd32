"""The metadata of a Hugging Face model card: the YAML that stands on top of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from modelspec.runs import METRIC_PREFIXES

from .card_facts import CardFacts

UNKNOWN_TASK = "other"
"""Hugging Face's name of a task that has no other."""

METRIC_IDS = {
    "accuracy": "accuracy",
    "acc": "accuracy",
    "auc": "roc_auc",
    "roc_auc": "roc_auc",
    "f1_score": "f1",
    "mae": "mae",
    "mean_absolute_error": "mae",
    "mse": "mse",
    "mean_squared_error": "mse",
    "precision": "precision",
    "recall": "recall",
    "perplexity": "perplexity",
}
"""A metric of Keras to its identifier at Hugging Face, which takes any other name too."""


def metadata(facts: CardFacts) -> dict[str, Any]:
    """The metadata as plain data. What is not known is left out."""
    task, options = facts.task, facts.options
    found: dict[str, Any] = {"library_name": "keras"}
    if options.license is not None:
        found["license"] = options.license.lower()
    if options.languages:
        found["language"] = list(options.languages)
    if task.pipeline_tag is not None:
        found["pipeline_tag"] = task.pipeline_tag
    tags = ["keras", "modelspec", task.kind]
    found["tags"] = [tag for tag in tags if tag is not None]
    results = list(_results(facts))
    if results:
        found["model-index"] = [{"name": facts.name, "results": results}]
    return found


def _results(facts: CardFacts) -> Iterator[dict[str, Any]]:
    """What was measured, one entry for each split."""
    names = facts.source_names
    for split in METRIC_PREFIXES:
        metrics = [
            {"type": metric_id(name, facts), "value": value, "name": f"{name} ({split})"}
            for name, value in facts.record.metrics.get(split, {}).items()
            if value is not None and math.isfinite(value)
        ]
        if metrics:
            dataset = names.get(split) or facts.name
            yield {
                "task": {"type": facts.task.pipeline_tag or UNKNOWN_TASK},
                "dataset": {"name": dataset, "type": _slug(dataset), "split": split},
                "metrics": metrics,
            }


def metric_id(name: str, facts: CardFacts) -> str:
    """The identifier of a metric, which several outputs have behind their names."""
    for output in facts.outputs:
        if name.startswith(f"{output}_"):
            name = name.removeprefix(f"{output}_")
            break
    return METRIC_IDS.get(name.lower(), name)


def _slug(name: str) -> str:
    """A name as an identifier of a data set."""
    return re.sub(r"[^A-Za-z0-9._/-]+", "-", name).strip("-./") or "data"

"""Loads what `training.tracking.mlflow` logs, for `mlflow.pyfunc.load_model` and `mlflow models`.

MLflow imports this module by the name that MLmodel has, so it stays where it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

OPTIONS = ("every_class", "positive", "threshold", "missing")
"""What `params` of a request may have; see `LoadedModel.predict`."""


class ModelspecModel:
    """A loaded model, as MLflow calls it."""

    def __init__(self, path: Path) -> None:
        from modelspec.api import load

        self.model = load(path)

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """The predictions: a data frame for a data frame, else columns."""
        given = {name: (params or {})[name] for name in OPTIONS if name in (params or {})}
        found: Any = self.model.predict(model_input, **given)
        if type(model_input).__name__ == "DataFrame":
            return type(model_input)(found)
        return found


def _load_pyfunc(path: str) -> ModelspecModel:
    """Called by MLflow with the folder that `data` of MLmodel names."""
    return ModelspecModel(Path(path))

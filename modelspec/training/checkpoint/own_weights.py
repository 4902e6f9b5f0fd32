"""The weights of a trainer that the saved model lacks: its steps need them to measure a split."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelspec.diagnostics import CannotRunError

from .state_file import DamagedStateError, read_state, write_state


class OwnWeights:
    """Saves and loads them, beside a file of the saved model.

    Args:
        fitted: with its own steps.
        saved: the model that is saved.
    """

    def __init__(self, fitted: Any, saved: Any) -> None:
        self.fitted = fitted
        self.saved = saved

    @property
    def variables(self) -> Mapping[str, Any]:
        """Those that are made already, by the attributes that hold them."""
        from modelspec.training.fitted import own_variables

        return own_variables(self.fitted, self.saved)

    def save(self, path: Path) -> None:
        """Write a file.

        Raises:
            OSError: it cannot be written.
        """
        values = {name: variable.numpy() for name, variable in self.variables.items()}
        write_state(path, {"variables": values})

    def load(self, path: Path) -> None:
        """Return to the values of a file. What is not made yet is left out: no step needed it.

        Raises:
            CannotRunError: the file is missing or damaged, or is that of another class.
        """
        try:
            values = read_state(path)["variables"]
        except FileNotFoundError as error:
            message = f"{path} is missing: the weights of the trainer, which measuring needs"
            raise CannotRunError(message) from error
        except DamagedStateError as error:
            raise CannotRunError(f"{path} cannot be read: {error}") from error
        for name, variable in self.variables.items():
            value = values.get(name)
            if value is None or tuple(variable.shape) != value.shape:
                message = f"{path} has other weights than the trainer: `{name}` does not fit"
                raise CannotRunError(f"{message}; did the code of an extension change? Train anew")
            variable.assign(value)

"""Temperatures for the outputs of a trained model, fitted to its validation split."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .calibrated import FittedOutput, calibrate
else:
    __getattr__ = lazy_names(__name__, {"calibrated": "FittedOutput calibrate"})

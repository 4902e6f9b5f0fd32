"""The weights of a model file, brought into the model that its spec builds."""

from .extract import extract_weights

__all__ = ["extract_weights"]

"""What a user may ask of an export beyond its format."""

from __future__ import annotations

from typing import Any, NamedTuple

QUANTIZED = {"dynamic": 0.1, "float16": 0.01, "int8": 0.25}
"""How LiteRT can be quantized, and the relative difference that each is allowed."""


class Settings(NamedTuple):
    """What is asked.

    Attributes:
        tolerance: the largest relative difference between the Keras model's answers and those of
            what was written; None for the format's own.
        quantize: "dynamic", "float16" or "int8", for LiteRT; None keeps the weights as they are.
        opset: of ONNX; None takes the converter's own.
        without_preprocessing: leave out the preprocessing that stands before all else, and write
            it as a Keras model of its own.
    """

    tolerance: float | None = None
    quantize: str | None = None
    opset: int | None = None
    without_preprocessing: bool = False

    def asked(self) -> dict[str, Any]:
        """What changes the file and was asked for, by name."""
        named = {
            "quantize": self.quantize,
            "opset": self.opset,
            "without_preprocessing": self.without_preprocessing or None,
        }
        return {name: value for name, value in named.items() if value is not None}

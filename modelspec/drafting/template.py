"""Specs to start from, as files: each validates without findings and trains as it is."""

from __future__ import annotations

from importlib.resources import files

TEMPLATES = {
    "mlp": "a table of numbers, to one of several classes",
    "cnn": "images, to one of several classes",
    "rnn": "series of numbers, to one number",
    "transformer": "sequences of tokens, to one of two classes",
    "siamese": "two inputs through one shared encoder, to whether they are alike",
    "multi-task": "one input, two outputs: a class and a number",
}
"""Template to the inputs and outputs of its model."""


def template_text(kind: str) -> str:
    """The text of a template, one of `TEMPLATES`."""
    file = files("modelspec.drafting") / "templates" / f"{kind}.yaml"
    return file.read_text(encoding="utf-8")

"""Small models and tables for the tests of the data floor."""

from __future__ import annotations

from collections.abc import Iterable

ONE_INPUT = """
  sequential:
    input: {shape: [2], name: x}
    layers: [Dense: {units: 3, activation: softmax, name: kind}]
"""
TWO_INPUTS = """
  functional:
    inputs:
      numbers: {shape: [2]}
      word: {shape: [1], dtype: string}
    layers:
      code: {StringLookup: {output_mode: one_hot, max_tokens: 4, pad_to_max_tokens: true}}
      all: Concatenate
      kind: {Dense: {units: 3}}
    edges: [word -> code, "numbers, code -> all -> kind"]
    outputs: kind
"""
IMAGE = """
  sequential:
    input: {shape: [4, 4, 1], name: image}
    layers: [Flatten, Dense: {units: 3, name: kind}]
"""


def errors_of(findings: Iterable[str]) -> list[str]:
    """The findings without the warnings: small tables give reason to some."""
    return [one for one in findings if ": error: " in one]


def table(rows: int, kinds: str = "abc") -> str:
    """A csv with x1 = the row's number, x2 = its negative, and the kinds in turn."""
    lines = [f"{i},{-i},{kinds[i % len(kinds)]}" for i in range(rows)]
    return "\n".join(["x1,x2,kind", *lines, ""])

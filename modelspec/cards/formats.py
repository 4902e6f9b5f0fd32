"""The formats of cards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from .card_facts import CardFacts


class CardFormat(NamedTuple):
    """One format: the endings of its files, and what makes its text."""

    suffixes: tuple[str, ...]
    write: Callable[[CardFacts], str]


def _hugging_face(facts: CardFacts) -> str:
    from .hugging_face import as_hugging_face

    return as_hugging_face(facts)


def _cyclonedx(facts: CardFacts) -> str:
    from .cyclonedx import as_cyclonedx

    return as_cyclonedx(facts)


CARD_FORMATS: Mapping[str, CardFormat] = {
    "huggingface": CardFormat((".md", ".markdown"), _hugging_face),
    "cyclonedx": CardFormat((".json",), _cyclonedx),
}
"""Name to format; the first where nothing says another."""

"""The formats of cards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import UsageError, join_words

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
"""Name to format."""


def choose_card_format(form: str | None, output: Path | None) -> CardFormat:
    """The format that is asked for, else that of a file's ending, else huggingface.

    Args:
        form: the name of a format, if one is asked for.
        output: the file to write, if any.

    Raises:
        UsageError: there is no such format, or the ending of the file says none.
    """
    if form is not None:
        if form not in CARD_FORMATS:
            raise UsageError(f"a card is {join_words(CARD_FORMATS, 'or')}, got {form}")
        return CARD_FORMATS[form]
    if output is None:
        return CARD_FORMATS["huggingface"]
    suffix = output.suffix.lower()
    for found in CARD_FORMATS.values():
        if suffix in found.suffixes:
            return found
    endings = ", ".join(
        f"{name} is {' or '.join(one.suffixes)}" for name, one in CARD_FORMATS.items()
    )
    raise UsageError(f"the ending of {output} says no format: {endings}; or choose one by --format")

"""The nearest known word, and lists of words in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

MAX_WORD, MAX_NAMES = 100, 5_000
"""A longer word is not a typing error, and among more names the search takes too long."""

_LEFT: ContextVar[list[int] | None] = ContextVar("searches left", default=None)


@contextmanager
def limit_suggestions(most: int = 100) -> Iterator[None]:
    """Search at most `most` times for the nearest word: a file with more unknown names is not a
    spec with typing errors, and would take minutes."""
    token = _LEFT.set([most])
    try:
        yield
    finally:
        _LEFT.reset(token)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was most likely meant to be, or None."""
    import difflib

    names, left = list(known), _LEFT.get()
    if len(word) > MAX_WORD or len(names) > MAX_NAMES or left == [0]:
        return None
    if left is not None:
        left[0] -= 1
    folded = {_fold(name): name for name in reversed(names)}
    if _fold(word) in folded:
        return folded[_fold(word)]
    found = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if not found:
        found = [folded[f] for f in difflib.get_close_matches(_fold(word), folded, 1, 0.7)]
    return found[0] if found else None


def _fold(word: str) -> str:
    return word.replace("_", "").replace("-", "").casefold()


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?` or nothing, for the end of a message."""
    return suggest(word, known).text


class Suggestion(NamedTuple):
    """What a word was most likely meant to be.

    Attributes:
        text: `; did you mean "x"?` or nothing, for the end of a message.
        replace: the word and the one that was meant, for `Findings.error`.
    """

    text: str = ""
    replace: tuple[str, str] | None = None


def suggest(word: str, known: Iterable[str]) -> Suggestion:
    """The known word that `word` was most likely meant to be, for a finding at this word."""
    return meant(word, nearest(word, known))


def meant(word: str, name: str | None) -> Suggestion:
    """A word that stands for another, where there is one."""
    if name is None or name == word:
        return Suggestion()
    return Suggestion(f'; did you mean "{name}"?', (word, name))


def join_words(words: Iterable[str], last: str = "and", most: int = 8) -> str:
    """`a, b and c`; past `most` words the others are counted."""
    names = list(words)
    if len(names) > most:
        return f"{', '.join(names[:most])} {last} {len(names) - most} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"

"""What is done to a text before it is divided. Needs no numpy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import punctuation

from modelspec.spec.data import LOWER, LOWER_AND_STRIP, STRIP

_WITHOUT_PUNCTUATION = str.maketrans("", "", punctuation)


def standardized(texts: Iterable[str], standardize: str, replace: Mapping[str, str]) -> list[str]:
    """The texts with parts replaced, then in lower case, then without punctuation, as asked."""
    found = list(texts)
    for old, new in replace.items():
        found = [text.replace(old, new) for text in found]
    if standardize in (LOWER, LOWER_AND_STRIP):
        found = [text.lower() for text in found]
    if standardize in (STRIP, LOWER_AND_STRIP):
        found = [text.translate(_WITHOUT_PUNCTUATION) for text in found]
    return found

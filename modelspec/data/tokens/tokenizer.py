"""A tokenizer that has learned its vocabulary: texts to arrays, and arrays to texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.spec.data import BYTE_VALUES, BYTES

from .codecs import CODECS, Codec, Vocabulary
from .texts import standardized

Ids = npt.NDArray[np.int32]

BATCH = 1 << 14
"""Texts whose tokens are Python numbers at once."""


@dataclass(frozen=True)
class Tokenizer:
    """What training learned of a tokenizer.

    Attributes:
        split: into what a text is divided: "words", "chars", "bytes", "wordpiece" or
            "sentencepiece".
        tokens: the vocabulary in the order of the numbers: padding, unknown, start, end, then all
            others. Bytes have the special ones alone.
        length: tokens of a text, start and end included.
        unknown: the number of all that is not in the vocabulary; None for bytes.
        start: the number of the token before every text, or None.
        end: the number of the token after every text, or None.
        standardize: what is done to a text before it is divided.
        replace: text to what replaces it, before that.
        model: the bytes of a SentencePiece model as base64; "" for all others.
    """

    split: str
    tokens: tuple[str, ...]
    length: int
    unknown: int | None
    start: int | None
    end: int | None
    standardize: str
    replace: Mapping[str, str]
    model: str = ""

    @property
    def size(self) -> int:
        """How many tokens there are; all numbers are below it."""
        return len(self.tokens) + (BYTE_VALUES if self.split == BYTES else 0)

    @cached_property
    def _codec(self) -> Codec:
        return CODECS[self.split](Vocabulary(self.tokens, self.unknown or 0, self.model))

    def encode(self, texts: Sequence[str]) -> Ids:
        """The numbers of the tokens, int32 [n, length]: cut, or padded with 0 at the end.

        Raises:
            CannotRunError: a package is missing.
        """
        found = np.zeros((len(texts), self.length), dtype=np.int32)
        for first in range(0, len(texts), BATCH):
            self._encode_into(found[first : first + BATCH], texts[first : first + BATCH])
        return found

    def _encode_into(self, rows: Ids, texts: Sequence[str]) -> None:
        clean = standardized(texts, self.standardize, self.replace)
        before = [] if self.start is None else [self.start]
        after = [] if self.end is None else [self.end]
        length = self.length
        divided = self._codec.divide(clean)
        cut = [(before + ids + after)[:length] for ids in divided]
        counts = np.fromiter(map(len, cut), np.int64, len(cut))
        flat = np.fromiter(chain.from_iterable(cut), np.int32, int(counts.sum()))
        rows[np.arange(length) < counts[:, np.newaxis]] = flat

    def decode(self, ids: Ids) -> list[str]:
        """The texts of numbers [n, steps]: up to the end or the padding, without special tokens.

        Raises:
            CannotRunError: a package is missing.
        """
        return [self._codec.join(self._inner(row)) for row in ids.tolist()]

    def _inner(self, row: list[int]) -> list[int]:
        """The numbers before the end or the padding, without the start."""
        last = next((i for i, number in enumerate(row) if number in (0, self.end)), len(row))
        size = self.size
        return [number for number in row[:last] if number != self.start and number < size]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "tokens": list(self.tokens), "replace": dict(self.replace)}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Tokenizer:
        """The inverse of `to_dict`."""
        return Tokenizer(**{**data, "tokens": tuple(data["tokens"])})

"""How each kind of tokenizer divides texts into numbers, and joins tokens to a text."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from modelspec.diagnostics import CannotRunError
from modelspec.spec.data import BYTES, CHARS, SENTENCEPIECE, WORDPIECE, WORDS

LONGEST_WORD = 100
"""Characters of the longest word that is divided; a longer one is unknown."""

PREFIX = "##"
"""What a part of a word begins with that is not at the start of the word."""


class Codec(Protocol):
    """Divides texts, and joins tokens."""

    def divide(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of the tokens of each text, without start and end."""
        ...

    def join(self, ids: Sequence[int]) -> str:
        """The text of some tokens, none of them special but the unknown one."""
        ...


class Vocabulary(NamedTuple):
    """What a codec is made of.

    Attributes:
        tokens: in the order of their numbers, the special ones first; of bytes these alone.
        unknown: the number of what is not among them; bytes have none.
        model: the bytes of a SentencePiece model as base64; "" for all others.
    """

    tokens: Sequence[str]
    unknown: int
    model: str = ""


class WordCodec:
    """Words between white space."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.tokens = vocabulary.tokens
        self.numbers = {token: number for number, token in enumerate(vocabulary.tokens)}
        self.unknown = vocabulary.unknown

    def divide(self, texts: Sequence[str]) -> list[list[int]]:
        """See `Codec`."""
        find, unknown = self.numbers.get, self.unknown
        return [[find(word, unknown) for word in text.split()] for text in texts]

    def join(self, ids: Sequence[int]) -> str:
        """See `Codec`."""
        return " ".join(self.tokens[number] for number in ids)


class CharCodec(WordCodec):
    """Characters."""

    def divide(self, texts: Sequence[str]) -> list[list[int]]:
        """See `Codec`."""
        find, unknown = self.numbers.get, self.unknown
        return [[find(character, unknown) for character in text] for text in texts]

    def join(self, ids: Sequence[int]) -> str:
        """See `Codec`."""
        return "".join(self.tokens[number] for number in ids)


class ByteCodec:
    """Bytes of the text in UTF-8, after the special tokens."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.first = len(vocabulary.tokens)

    def divide(self, texts: Sequence[str]) -> list[list[int]]:
        """See `Codec`."""
        first = self.first
        return [[first + byte for byte in text.encode(errors="replace")] for text in texts]

    def join(self, ids: Sequence[int]) -> str:
        """See `Codec`."""
        found = bytes(number - self.first for number in ids if number >= self.first)
        return found.decode(errors="replace")


class WordPieceCodec:
    """The longest parts of words that the vocabulary has, as BERT divides them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        package = tokenizers_package()
        self.tokens = vocabulary.tokens
        numbers = {token: number for number, token in enumerate(vocabulary.tokens)}
        unknown = vocabulary.tokens[vocabulary.unknown]
        model = package.models.WordPiece(
            numbers, unk_token=unknown, max_input_chars_per_word=LONGEST_WORD
        )
        self.tokenizer = package.Tokenizer(model)
        self.tokenizer.pre_tokenizer = package.pre_tokenizers.BertPreTokenizer()
        self.decoder = package.decoders.WordPiece(prefix=PREFIX)

    def divide(self, texts: Sequence[str]) -> list[list[int]]:
        """See `Codec`."""
        found = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in found]

    def join(self, ids: Sequence[int]) -> str:
        """See `Codec`."""
        return str(self.decoder.decode([self.tokens[number] for number in ids]))


class SentencePieceCodec:
    """A model of SentencePiece. Its numbers grow by one where it has no padding at 0."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.processor = load_sentencepiece(base64.b64decode(vocabulary.model))
        self.shift = id_shift(self.processor)

    def divide(self, texts: Sequence[str]) -> list[list[int]]:
        """See `Codec`."""
        found = self.processor.encode(list(texts))
        return [[number + self.shift for number in ids] for ids in found]

    def join(self, ids: Sequence[int]) -> str:
        """See `Codec`."""
        return str(self.processor.decode([int(number) - self.shift for number in ids]))


CODECS: dict[str, Callable[[Vocabulary], Codec]] = {
    WORDS: WordCodec,
    CHARS: CharCodec,
    BYTES: ByteCodec,
    WORDPIECE: WordPieceCodec,
    SENTENCEPIECE: SentencePieceCodec,
}
"""By what a text is divided into."""

PACKAGES = {WORDPIECE: "tokenizers", SENTENCEPIECE: "sentencepiece"}
"""The packages that some need."""

EXTRA = "keras-modelspec[tokens]"


def tokenizers_package() -> Any:
    """The package tokenizers.

    Raises:
        CannotRunError: it is not installed.
    """
    try:
        import tokenizers
    except ImportError as error:
        raise _missing("tokenizers") from error
    return tokenizers


def load_sentencepiece(content: bytes) -> Any:
    """The processor of a SentencePiece model.

    Raises:
        CannotRunError: the package is not installed.
        RuntimeError: the bytes are no such model.
    """
    try:
        import sentencepiece
    except ImportError as error:
        raise _missing("sentencepiece") from error
    return sentencepiece.SentencePieceProcessor(model_proto=content)


def id_shift(processor: Any) -> int:
    """What is added to the numbers of a SentencePiece model, so that 0 is padding."""
    return 0 if processor.pad_id() == 0 else 1


def _missing(package: str) -> CannotRunError:
    message = f"the tokenizer of the run needs the package {package}, which is not installed"
    return CannotRunError(f"{message}: pip install '{EXTRA}'")

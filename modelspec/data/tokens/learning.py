"""What a tokenizer learns from the texts of the training split, or reads from a file."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, did_you_mean
from modelspec.spec.data import (
    BYTES,
    CHARS,
    PADDING,
    SENTENCEPIECE,
    UNKNOWN,
    VOCABULARY,
    WORDPIECE,
    WORDS,
    TokenizerSpec,
)

from .codecs import (
    PACKAGES,
    PREFIX,
    id_shift,
    load_sentencepiece,
    tokenizers_package,
)
from .files import check_package, read_vocabulary, split_of_vocabulary
from .texts import standardized
from .tokenizer import Tokenizer

Texts = Callable[[], Iterator[Sequence[str]]]
"""The texts of the training split, in parts, as often as needed."""

PADDING_NAMES = ("", "[PAD]", "<pad>")
UNKNOWN_NAMES = ("[UNK]", "<unk>")
"""What a vocabulary file may call them; in BERT's the unknown token is number 100."""


def learn_tokenizer(
    spec: TokenizerSpec, texts: Texts, folder: Path, findings: Findings
) -> Tokenizer | None:
    """A tokenizer with its vocabulary; None with findings.

    The same texts give the same vocabulary, in whatever parts they come.

    Args:
        spec: with its length.
        texts: of the training split; asked for only where something is learned from them.
        folder: what paths are relative to.
        findings: takes files that cannot be read, and texts without a token.
    """
    if spec.kind == SENTENCEPIECE:
        return _of_sentencepiece(spec, folder, findings)
    if spec.kind == VOCABULARY:
        return _of_vocabulary(spec, folder, findings)
    if spec.kind == BYTES:
        return _tokenizer(spec, BYTES, spec.specials)

    def clean() -> Iterator[list[str]]:
        for part in texts():
            yield standardized(part, spec.standardize, spec.replace)

    learned = _LEARNERS[spec.kind](spec, clean)
    if not learned:
        message = f"the tokenizer `{spec.name}` finds no token in the training split"
        hint = "all texts are empty; look at the column, at `standardize` and at `replace`"
        findings.error(spec.span, "empty-data", message, hint=hint)
        return None
    tokens = (*spec.specials, *(token for token in learned if token not in spec.specials))
    return _tokenizer(spec, spec.kind, tokens[: spec.size])


def _tokenizer(
    spec: TokenizerSpec, split: str, tokens: Sequence[str], model: str = ""
) -> Tokenizer:
    assert spec.length is not None

    def number(token: str | None) -> int | None:
        return None if token is None else tokens.index(token)

    return Tokenizer(
        split,
        tuple(tokens),
        spec.length,
        number(next((name for name in UNKNOWN_NAMES if name in tokens), None)),
        number(spec.start),
        number(spec.end),
        spec.standardize,
        spec.replace,
        model,
    )


def _most_frequent(counts: Counter[str]) -> list[str]:
    """The tokens by falling frequency, and those of one frequency sorted."""
    return sorted(counts, key=lambda token: (-counts[token], token))


def _learn_words(spec: TokenizerSpec, texts: Texts) -> list[str]:
    del spec
    counts: Counter[str] = Counter()
    for part in texts():
        for text in part:
            counts.update(text.split())
    return _most_frequent(counts)


def _learn_chars(spec: TokenizerSpec, texts: Texts) -> list[str]:
    del spec
    counts: Counter[str] = Counter()
    for part in texts():
        counts.update("".join(part))
    return _most_frequent(counts)


def _learn_wordpiece(spec: TokenizerSpec, texts: Texts) -> list[str]:
    """Parts of words. The trainer numbers characters in the order of a hash map, and prefers lower
    numbers among equals: so it is given the characters, in an order that the texts decide."""
    package = tokenizers_package()
    dividing = package.pre_tokenizers.BertPreTokenizer()
    words: Counter[str] = Counter()
    for part in texts():
        for text in part:
            words.update(word for word, _ in dividing.pre_tokenize_str(text))
    characters: Counter[str] = Counter()
    for word, count in words.items():
        for character in dict.fromkeys((word[0], *(PREFIX + rest for rest in word[1:]))):
            characters[character] += count
    alphabet = _most_frequent(characters)
    tokenizer = package.Tokenizer(package.models.WordPiece(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = dividing
    trainer = package.trainers.WordPieceTrainer(
        vocab_size=None if spec.size is None else spec.size - 1,  # padding is put before them
        special_tokens=[*spec.specials[1:], *alphabet],
        show_progress=False,
        continuing_subword_prefix=PREFIX,
    )
    tokenizer.train_from_iterator(chain.from_iterable(texts()), trainer)
    numbers: dict[str, int] = tokenizer.get_vocab()
    return sorted(numbers, key=lambda token: numbers[token])


_LEARNERS: dict[str, Callable[[TokenizerSpec, Texts], list[str]]] = {
    WORDS: _learn_words,
    CHARS: _learn_chars,
    WORDPIECE: _learn_wordpiece,
}


def _of_vocabulary(spec: TokenizerSpec, folder: Path, findings: Findings) -> Tokenizer | None:
    """The tokens of a file; padding and unknown are put before them where it has no such."""
    tokens = read_vocabulary(spec, folder, findings)
    if tokens is None:
        return None
    split = split_of_vocabulary(spec, tokens)
    if split in PACKAGES and not check_package(spec, PACKAGES[split], findings):
        return None
    if tokens[0] not in PADDING_NAMES:
        tokens = [PADDING, *tokens]
    if not any(name in tokens for name in UNKNOWN_NAMES):
        tokens.insert(1, UNKNOWN)
    added = [token for token in (spec.start, spec.end) if token and token not in tokens]
    return _tokenizer(spec, split, [*tokens, *added])


def _of_sentencepiece(spec: TokenizerSpec, folder: Path, findings: Findings) -> Tokenizer | None:
    """The model of a file, whole."""
    assert spec.path is not None
    place = spec.place(SENTENCEPIECE)
    try:
        content = (folder / spec.path).read_bytes()
        processor = load_sentencepiece(content)
    except (OSError, RuntimeError, TypeError, ValueError):
        message = f"{spec.path} cannot be read as a model of SentencePiece"
        hint = "name the file that ends in .model, as its trainer writes it"
        findings.error(place, "bad-data-file", message, hint=hint)
        return None
    tokens = _tokens_of(processor)
    for key, token in (("start", spec.start), ("end", spec.end)):
        if token is not None and token not in tokens:
            message = f'{spec.path} has no token "{token}"{did_you_mean(token, tokens)}'
            hint = 'a model has mostly start: "<s>" and end: "</s>"'
            findings.error(spec.place(key), "bad-data-file", message, hint=hint)
            return None
    model = base64.b64encode(content).decode("ascii")
    return _tokenizer(spec, SENTENCEPIECE, tokens, model)


def _tokens_of(processor: Any) -> list[str]:
    found = [str(processor.id_to_piece(number)) for number in range(processor.get_piece_size())]
    return [PADDING] * id_shift(processor) + found

"""Lookups: StringLookup, IntegerLookup, TextVectorization. They hold a vocabulary, no weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from modelspec.layers.rule import (
    TEXT,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    need_numbers,
)
from modelspec.spec import SpecPath

from .encoding import announced, codes

INT = "int"
TF_IDF = "tf_idf"
ONE_A_LINE = "the file has one token a line; its path is relative to the spec"
DOCUMENTS = 2
"""Axes of tokens in documents: the batch, and the tokens of each."""
MAX_CHARACTERS = 1 << 26
"""Of a vocabulary file; the tokens of a larger one are left to TensorFlow."""

OTHER_NAMES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


class _Vocabulary(NamedTuple):
    """The arguments that decide how many tokens there are.

    Attributes:
        tokens: the tokens, or None where data or a file brings them.
        mode: `output_mode`.
        mask: the token for "nothing here", or None.
        unknown: the token for what is not in the vocabulary, or None.
        buckets: how many indices there are for such tokens.
    """

    tokens: list[Any] | None
    mode: str
    mask: Any
    unknown: Any
    buckets: int

    @property
    def reserved(self) -> int:
        """How many tokens there are before the vocabulary."""
        return len(self._masks) + self.buckets

    def reserved_tokens(self, most: int) -> list[Any]:
        """The first of them; all would fill the memory where `num_oov_indices` is a huge number."""
        return [*self._masks, *[self.unknown] * min(self.buckets, most)][:most]

    @property
    def _masks(self) -> list[Any]:
        return [self.mask] if self.mask is not None and self.mode == INT else []


def string_lookup(call: LayerCall) -> RuleResult:
    """StringLookup: text of any shape -> indices int64 (with `invert` the other way round), or by
    `output_mode` codes of the vocabulary's size."""
    return _lookup(call, is_text=True)


def integer_lookup(call: LayerCall) -> RuleResult:
    """IntegerLookup: integers of any shape -> as StringLookup."""
    if call.args["salt"] is not None and call.args["oov_method"] != "farmhash":
        hint = "write `oov_method: farmhash`, or leave `salt` out"
        raise Mismatch("takes a salt only for the method farmhash", "salt", hint)
    if isinstance(call.args["vocabulary"], str) and not call.args["invert"]:
        # its table would have whole lines as keys, and those are text for TensorFlow
        raise Mismatch("reads no whole numbers from a file", "vocabulary", "write a list")
    return _lookup(call, is_text=False)


def _lookup(call: LayerCall, is_text: bool) -> RuleResult:
    x, args = call.x, call.args
    vocabulary = _Vocabulary(
        _listed(args),
        OTHER_NAMES.get(args["output_mode"], args["output_mode"]),
        args["mask_token"],
        args["oov_token"],
        args["num_oov_indices"],
    )
    _check_arguments(args, vocabulary)
    _need_documents(args, vocabulary.mode, x)
    size = _size(args, vocabulary)
    if is_text and not args["invert"]:
        need_text(x)
    else:
        need_numbers(x)
    if vocabulary.mode == INT:
        return RuleResult(Tensor(x.shape, TEXT if is_text and args["invert"] else "int64"))
    return RuleResult(codes(args, x.shape, size, _code_dtype(vocabulary.mode)))


def _need_documents(args: Mapping[str, Any], mode: str, x: Tensor) -> None:
    """Refuse what no weights can be learned from: Keras counts in how many rows a token occurs."""
    if mode == TF_IDF and args["vocabulary"] is None and x.rank > DOCUMENTS:
        message = f"learns weights from tensors (batch, tokens) only, got {x.shape}"
        hint = "put Flatten before it, or give it its `vocabulary` and `idf_weights`"
        raise Mismatch(f"{message}: Keras builds this, but its adapt fails", "output_mode", hint)


def _code_dtype(mode: str) -> str:
    """Keras announces float32 for all; only codes with weights are that."""
    return "float32" if mode == TF_IDF else "int64"


def _listed(args: Mapping[str, Any]) -> list[Any] | None:
    """The tokens of the vocabulary; None where the data bring them, or a file that is elsewhere.

    Raises:
        Mismatch: TensorFlow cannot read the file.
    """
    vocabulary = args["vocabulary"]
    if not isinstance(vocabulary, SpecPath) or vocabulary.path is None or "://" in vocabulary:
        return vocabulary if isinstance(vocabulary, list) else None
    problem = ""
    try:
        with vocabulary.path.open(encoding="utf-8", newline="") as file:
            text = file.read(MAX_CHARACTERS + 1)
    except ValueError:  # TensorFlow reads the bytes, but Keras cannot save them
        problem = "is not UTF-8 text"
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    else:
        if len(text) > MAX_CHARACTERS:
            return None
        lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
        if "" in lines:
            problem = f"has nothing in line {lines.index('') + 1}"
    if problem:
        message = f"needs a vocabulary file, and {vocabulary} {problem}"
        raise Mismatch(message, "vocabulary", ONE_A_LINE)
    return lines


def need_text(x: Tensor) -> None:
    """Refuse numbers where a layer reads text. Keras notices it when the first batch arrives."""
    if x.dtype != TEXT:
        hint = "give the input `dtype: string`; IntegerLookup, Hashing and Embedding take numbers"
        raise Mismatch(f"needs text (dtype string), got {x.dtype}", hint=hint)


def _check_arguments(args: Mapping[str, Any], vocabulary: _Vocabulary) -> None:
    mode = vocabulary.mode
    if args["pad_to_max_tokens"] and args["max_tokens"] is None:
        raise Mismatch("needs `max_tokens` to pad to", "pad_to_max_tokens", "write `max_tokens`")
    if args.get("invert") and mode != INT:
        raise Mismatch("gives tokens only with `output_mode: int`", "invert")
    if args["sparse"] and mode == INT:
        raise Mismatch("gives sparse codes only, no sparse indices", "sparse")
    weights, listed = args["idf_weights"], args["vocabulary"]
    if weights is not None and mode != TF_IDF:
        raise Mismatch("uses weights only with `output_mode: tf_idf`", "idf_weights")
    if mode == TF_IDF and listed is not None:
        if isinstance(listed, str):
            raise Mismatch("reads no tf_idf vocabulary from a file", "vocabulary", "write a list")
        if weights is None:
            raise Mismatch("needs `idf_weights` for its vocabulary", "vocabulary",
                           "write one weight for each token")  # fmt: skip
        if len(weights) != len(listed):
            raise Mismatch(f"has {len(weights)} weights for {len(listed)} tokens", "idf_weights")


def _size(args: Mapping[str, Any], vocabulary: _Vocabulary) -> int | None:
    """How many tokens there are, those for masks and unknown tokens too; None if data tells."""
    most = args["max_tokens"]
    if vocabulary.tokens is None:
        return most if args["pad_to_max_tokens"] else None
    tokens, reserved = vocabulary.tokens, vocabulary.reserved
    if not tokens:
        raise Mismatch("needs at least one token", "vocabulary", "leave it out to learn it")
    if isinstance(args["vocabulary"], str):  # Keras puts reserved tokens before all lines
        return _size_of_file(args, tokens, reserved)
    written = tokens[:reserved]
    if len(written) == reserved and written == vocabulary.reserved_tokens(reserved):
        tokens = tokens[reserved:]
    _check_unique(tokens)
    _check_reserved(args, vocabulary, tokens)
    size = reserved + len(tokens)
    if most is not None and size > most:
        more = f", {reserved} of them reserved" if reserved else ""
        raise Mismatch(f"has {size} tokens{more}, and `max_tokens` is {most}", "max_tokens")
    return most if args["pad_to_max_tokens"] else size


def _size_of_file(args: Mapping[str, Any], tokens: list[Any], reserved: int) -> int:
    """How many tokens there are. Without padding, Keras does not look at `max_tokens`."""
    if not args.get("invert"):
        _check_unique(tokens)
    size, most = reserved + len(tokens), args["max_tokens"]
    if args["pad_to_max_tokens"] and size > most:
        raise Mismatch(f"has a file of {size} tokens, and `max_tokens` is {most}", "max_tokens")
    return int(most) if args["pad_to_max_tokens"] else size


def _check_unique(tokens: list[Any]) -> None:
    times = Counter(tokens)
    twice = next((token for token in tokens if times[token] > 1), None)
    if twice is not None:
        raise Mismatch(f"has the token {twice!r} twice", "vocabulary", "remove one of them")


def _check_reserved(args: Mapping[str, Any], vocabulary: _Vocabulary, tokens: list[Any]) -> None:
    kept = {"mask_token": vocabulary.mask}
    if args.get("invert"):
        kept["oov_token"] = vocabulary.unknown
    for name, token in kept.items():
        if token is not None and token in tokens:
            first = vocabulary.reserved_tokens(5)
            shown = first if len(first) == vocabulary.reserved else [*first, "..."]
            hint = f"leave it out; reserved tokens, if written, come first: {shown}"
            raise Mismatch(f"has its `{name}` {token!r} among the tokens", "vocabulary", hint)


def text_vectorization(call: LayerCall) -> RuleResult:
    """TextVectorization: (..., 1) or (batch) of text -> (..., output_sequence_length) of indices
    int64, or by `output_mode` codes of the vocabulary's size; without `split` as StringLookup.

    Keras announces one axis more for codes, and float32; for indices always two axes.
    """
    x, args = call.x, call.args
    mode = OTHER_NAMES.get(args["output_mode"], args["output_mode"])
    length = args["output_sequence_length"]
    if mode != INT and length is not None:
        raise Mismatch("has a length only with `output_mode: int`", "output_sequence_length")
    if mode != INT and args["ragged"]:
        raise Mismatch("gives ragged indices only, no ragged codes", "ragged")
    tokens = _Vocabulary(_listed(args), mode, "", "[UNK]", 1)
    _check_arguments(args, tokens)
    size = _size(args, tokens)
    need_text(x)
    if not x.rank and mode == INT:
        raise Mismatch("needs at least 1 axis (batch), got ()")
    words = _words(x, args)
    if mode == INT:
        found = Tensor(words if length is None else (*words[:-1], length), "int64")
        return RuleResult(found.built_as((x.shape[0], length)))
    stated = (*x.shape, None) if args["split"] is not None else x.shape
    stated = stated if len(stated) > 1 else (*stated, 1)
    found = codes(args, words, size, _code_dtype(mode))
    return RuleResult(found.built_as(announced(stated, mode, size)))


def _words(x: Tensor, args: Mapping[str, Any]) -> Shape:
    """The shape of the tokens: of split texts the last axis counts those of one text."""
    if args["split"] is not None:
        if x.rank > 1 and x.shape[-1] not in (1, None):
            hint = "give it one text for each example: a shape of [1], or []"
            raise Mismatch(f"splits one text for each example, got {x.shape}", "split", hint)
        texts = x.shape[:-1] if x.rank > 1 else x.shape
        return (*texts, None)
    # n-grams of texts that are not split are made along the last axis, and there are fewer
    return x.shape if args["ngrams"] is None else (*x.shape[:-1], None)


RULES: dict[str, Rule] = {
    "IntegerLookup": integer_lookup,
    "StringLookup": string_lookup,
    "TextVectorization": text_vectorization,
}

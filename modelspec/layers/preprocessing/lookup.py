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

INT = "int"
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
    """StringLookup: text of any shape -> indices int64, or by `output_mode` float32 codes of the
    vocabulary's size."""
    return _lookup(call, is_text=True)


def integer_lookup(call: LayerCall) -> RuleResult:
    """IntegerLookup: integers of any shape -> as StringLookup."""
    if call.args["salt"] is not None and call.args["oov_method"] != "farmhash":
        hint = "write `oov_method: farmhash`, or leave `salt` out"
        raise Mismatch("takes a salt only for the method farmhash", "salt", hint)
    return _lookup(call, is_text=False)


def _lookup(call: LayerCall, is_text: bool) -> RuleResult:
    x, args = call.x, call.args
    tokens = args["vocabulary"]
    vocabulary = _Vocabulary(
        tokens if isinstance(tokens, list) else None,
        OTHER_NAMES.get(args["output_mode"], args["output_mode"]),
        args["mask_token"],
        args["oov_token"],
        args["num_oov_indices"],
    )
    _check_arguments(args, vocabulary)
    size = _size(args, vocabulary)
    if is_text and not args["invert"]:
        need_text(x)
    else:
        need_numbers(x)
    if vocabulary.mode == INT:
        return RuleResult(Tensor(x.shape, "int64"))
    return RuleResult(Tensor(_encoded(x.shape, vocabulary.mode, size), "float32"))


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
    if weights is not None and mode != "tf_idf":
        raise Mismatch("uses weights only with `output_mode: tf_idf`", "idf_weights")
    if mode == "tf_idf" and listed is not None:
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
    written = tokens[:reserved]
    if len(written) == reserved and written == vocabulary.reserved_tokens(reserved):
        tokens = tokens[reserved:]
    times = Counter(tokens)
    twice = next((token for token in tokens if times[token] > 1), None)
    if twice is not None:
        raise Mismatch(f"has the token {twice!r} twice", "vocabulary", "remove one of them")
    _check_reserved(args, vocabulary, tokens)
    size = reserved + len(tokens)
    if most is not None and size > most:
        more = f", {reserved} of them reserved" if reserved else ""
        raise Mismatch(f"has {size} tokens{more}, and `max_tokens` is {most}", "max_tokens")
    return most if args["pad_to_max_tokens"] else size


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


def _encoded(shape: Shape, mode: str, depth: int | None) -> Shape:
    """One code for each index, or one for all indices of the last axis."""
    if mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1):
        return (*shape, depth)
    return (*shape[:-1], depth)


def text_vectorization(call: LayerCall) -> RuleResult:
    """TextVectorization: (batch) or (batch, 1) of text -> (batch, output_sequence_length) of
    indices int64; by `output_mode` float32 codes, which Keras announces with one axis more."""
    x, args = call.x, call.args
    mode = OTHER_NAMES.get(args["output_mode"], args["output_mode"])
    length = args["output_sequence_length"]
    if mode != INT and length is not None:
        raise Mismatch("has a length only with `output_mode: int`", "output_sequence_length")
    if mode != INT and args["ragged"]:
        raise Mismatch("gives ragged indices only, no ragged codes", "ragged")
    vocabulary = args["vocabulary"]
    tokens = _Vocabulary(vocabulary if isinstance(vocabulary, list) else None, mode, "", "[UNK]", 1)
    _check_arguments(args, tokens)
    size = _size(args, tokens)
    need_text(x)
    if not x.rank and mode == INT:
        raise Mismatch("needs at least 1 axis (batch), got ()")
    splits = args["split"] is not None
    if splits and x.rank > 1 and x.shape[-1] not in (1, None):
        hint = "give it one text for each example: a shape of [1], or []"
        raise Mismatch(f"splits one text for each example, got {x.shape}", "split", hint)
    if mode == INT:
        return RuleResult(Tensor((x.shape[0], length), "int64"))
    shape: Shape = (*x.shape, None) if splits else x.shape if x.rank > 1 else (*x.shape, 1)
    return RuleResult(Tensor(_encoded(shape, mode, size), "float32"))


RULES: dict[str, Rule] = {
    "IntegerLookup": integer_lookup,
    "StringLookup": string_lookup,
    "TextVectorization": text_vectorization,
}

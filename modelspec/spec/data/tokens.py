"""Tokenizers of the `data` section: how a text becomes the numbers of its tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from modelspec.diagnostics import Findings, Span, join_words, suggest
from modelspec.document import LocatedDict, value_span
from modelspec.value_classes import value_class

from .columns import Columns, key_span
from .sources import CORPUS, SERIES, Source

WORDS, CHARS, BYTES, WORDPIECE, SENTENCEPIECE, VOCABULARY = KINDS = (
    "words",
    "chars",
    "bytes",
    "wordpiece",
    "sentencepiece",
    "vocabulary",
)
"""The kinds of tokenizers, by their key in the spec."""

WITH_FILE = (SENTENCEPIECE, VOCABULARY)

PADDING, UNKNOWN = "", "[UNK]"
"""The tokens 0 and 1; bytes have no unknown one."""

BYTE_VALUES = 256

NONE, LOWER, STRIP, LOWER_AND_STRIP = (
    "none",
    "lower",
    "strip_punctuation",
    "lower_and_strip_punctuation",
)
"""What `standardize` may be."""

WITH_TOKENS = ("tokens", "drop", "weight")
"""The options of a column that go with a tokenizer."""

FIRST, LAST = "first", "last"
"""What `drop` may be."""


@value_class
class TokenizerSpec:
    """One tokenizer.

    Attributes:
        name: under `tokens`.
        kind: its key, one of `KINDS`.
        size: how many tokens there may be, padding included; None where only the training split,
            or a file, tells.
        path: the file of the model or the vocabulary, as written; None for all others.
        length: tokens of a text; None takes what the model's input takes.
        start: the token before every text, or None.
        end: the token after every text, or None.
        standardize: what is done to a text before it is divided.
        replace: text to what replaces it, in order.
        split: into what the tokens of a vocabulary divide a text; None lets the file decide.
        span: where the name stands.
        spans: where the values stand.
    """

    name: str
    kind: str
    size: int | None
    path: str | None
    length: int | None
    start: str | None
    end: str | None
    standardize: str
    replace: Mapping[str, str]
    split: str | None
    span: Span
    spans: Mapping[str, Span]

    def place(self, key: str) -> Span:
        """The location of a value; of the name where the spec leaves it out."""
        return self.spans.get(key, self.span)

    @property
    def specials(self) -> tuple[str, ...]:
        """The first tokens: padding, unknown, start and end, as far as there are such."""
        unknown = () if self.kind == BYTES else (UNKNOWN,)
        return (PADDING, *unknown, *(token for token in (self.start, self.end) if token))

    @property
    def has_exact_size(self) -> bool:
        """Whether there are `size` tokens, and not only at most so many."""
        return self.kind == BYTES


def parse_tokens(section: LocatedDict, findings: Findings) -> dict[str, TokenizerSpec]:
    """The tokenizers of a `data` section, by name; findings for those of no kind or of several."""
    given = section.get("tokens")
    if not isinstance(given, LocatedDict):
        return {}
    found = {}
    for name, value in given.items():
        parsed = _parse_tokenizer(name, value, key_span(given, name, section.span), findings)
        if parsed is not None:
            found[name] = parsed
    return found


def _parse_tokenizer(
    name: str, given: LocatedDict, span: Span, findings: Findings
) -> TokenizerSpec | None:
    kinds = [kind for kind in KINDS if kind in given]
    if len(kinds) != 1:
        known = join_words([f"`{kind}`" for kind in KINDS], "or")
        got = join_words(f"`{kind}`" for kind in kinds) if kinds else "none"
        message = f"the tokenizer `{name}` needs exactly one of {known}, got {got}"
        hint = "for example words: 10000"
        findings.error(span, "not-one-key", message, hint=hint)
        return None
    (kind,) = kinds
    if "split" in given and kind != VOCABULARY:
        message = f"`split` says how a `vocabulary` divides a text; `{name}` has {kind}"
        findings.error(given.key_spans["split"], "wrong-value", message, hint="remove `split`")
    if given.get("start") is not None and given.get("start") == given.get("end"):
        message = f'`start` and `end` of `{name}` are both "{given["start"]}"'
        hint = 'write for example end: "[end]"'
        findings.error(given.value_spans["end"], "wrong-value", message, hint=hint)
    spec = TokenizerSpec(
        name,
        kind,
        None,
        str(given[kind]) if kind in WITH_FILE else None,
        _whole(given, "length", findings),
        given.get("start"),
        given.get("end"),
        given.get("standardize", LOWER_AND_STRIP if kind == WORDS else NONE),
        dict(given.get("replace") or {}),
        given.get("split"),
        span,
        dict(given.value_spans),
    )
    return _with_size(spec, given, findings)


def _with_size(spec: TokenizerSpec, given: LocatedDict, findings: Findings) -> TokenizerSpec:
    if spec.kind == BYTES:
        return replace(spec, size=len(spec.specials) + BYTE_VALUES)
    if spec.kind in WITH_FILE or given[spec.kind] == "auto":
        return spec
    size = _whole(given, spec.kind, findings)
    least = len(spec.specials) + 1
    if size is not None and size < least:
        message = (
            f"`{spec.name}` has at most {size} tokens, and {least - 1} of them are for padding, "
            "unknown words, `start` and `end`"
        )
        hint = f"write at least {least}"
        findings.error(spec.place(spec.kind), "wrong-value", message, hint=hint)
    return replace(spec, size=size)


def _whole(given: LocatedDict, key: str, findings: Findings) -> int | None:
    value = given.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    message = f"`{key}` must be a whole number, got {value!r}"
    findings.error(value_span(given, key, given.span), "wrong-value", message)
    return None


def check_token_uses(
    tokens: Mapping[str, TokenizerSpec],
    named: Sequence[str],
    uses: Sequence[Columns],
    train: Source,
    findings: Findings,
) -> None:
    """Check what inputs and targets say of tokenizers.

    Args:
        tokens: the tokenizers that could be parsed.
        named: the names of all tokenizers.
        uses: the inputs and targets.
        train: the source of the training split.
        findings: takes unknown names, and options that do not go together.
    """
    for columns in uses:
        _check_use(columns, named, train, findings)
    used = {columns.tokens for columns in uses}
    if used - {None} - set(named):  # one of them is misspelt, and may be meant
        return
    for name, spec in tokens.items():
        if name not in used:
            message = f"no input and no target uses the tokenizer `{name}`"
            hint = f"write {{column: COLUMN, tokens: {name}}} where it is to be used, or remove it"
            findings.warning(spec.span, "unused-tokenizer", message, hint=hint)


def _check_use(columns: Columns, named: Sequence[str], train: Source, findings: Findings) -> None:
    name = columns.tokens
    if name is None:
        if columns.drop is not None:
            message = f"`drop` leaves out a token, and `{columns.name}` has no `tokens`"
            hint = "write the name of a tokenizer, or remove `drop`"
            findings.error(columns.place("drop"), "wrong-value", message, hint=hint)
        return
    place = columns.place("tokens")
    if name not in named:
        hint = "write it under `data.tokens`, such as {words: 10000, length: 20}"
        if named:
            hint = f"its tokenizers are {join_words(f'`{one}`' for one in named)}"
        close = suggest(name, named)
        message = f"`data.tokens` has no tokenizer `{name}`{close.text}"
        findings.error(place, "unknown-tokenizer", message, hint=hint, replace=close.replace)
    if not columns.single:
        message = f"`tokens` are those of one column, and `{columns.name}` has a list of columns"
        hint = "write column: NAME, and a separate input for each column of text"
        findings.error(columns.span, "wrong-value", message, hint=hint)
    if columns.labels is not None:
        message = f"`{columns.name}` has both `labels` and `tokens`"
        hint = "keep `labels` for one class for each example, `tokens` for text"
        findings.error(columns.labels_span or columns.span, "wrong-value", message, hint=hint)
    for option, value in columns.options.items():
        if option not in WITH_TOKENS and value not in (None, False):
            message = f"`{option}` and `tokens` of `{columns.name}` exclude each other"
            findings.error(columns.place(option), "wrong-value", message, hint="keep one of them")
    if train.kind == SERIES:
        message = "the windows of a time series hold numbers, so `tokens` cannot be used"
        findings.error(place, "wrong-value", message, hint="use the table itself as the source")
    if train.kind == CORPUS:
        message = "a corpus is divided into tokens already"
        hint = (
            "remove `tokens`; the source says what a token is, `tokens: chars` or `tokens: words`"
        )
        findings.error(place, "wrong-value", message, hint=hint)


def tokenizer_of(columns: Columns, tokens: Mapping[str, TokenizerSpec]) -> TokenizerSpec | None:
    """The tokenizer of an input or target; None where it has none, or one that is unknown."""
    return None if columns.tokens is None else tokens.get(columns.tokens)


def steps_of(length: int, columns: Columns) -> int:
    """How many tokens an input or target has of a text of `length` tokens."""
    return length - 1 if columns.drop is not None else length

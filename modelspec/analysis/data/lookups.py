"""The layers that look up categories of inputs, and which of these they know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from modelspec.analysis.arguments import complete
from modelspec.diagnostics import Findings, Span, did_you_mean
from modelspec.graph import Graph
from modelspec.layers import traits_of
from modelspec.spec.data import label_text

TOKENS = ("oov_token", "mask_token")
"""The arguments for what a lookup never learns: -1 or "[UNK]", and padding."""


class CategoryLookup(NamedTuple):
    """A layer that looks up the values of an input.

    Attributes:
        input: its name.
        layer: the name of the layer.
        class_name: Keras's.
        span: of the layer.
        vocabulary: the categories, as text; None where the layer learns them.
        most: how many it can learn; None for any number.
        unknown: how many numbers there are for other categories.
        never_learned: the values that stand for an unknown category and for padding, as text.
        most_span: where `max_tokens` stands.
    """

    input: str
    layer: str
    class_name: str
    span: Span
    vocabulary: tuple[str, ...] | None
    most: int | None
    unknown: int
    never_learned: frozenset[str]
    most_span: Span

    @property
    def subject(self) -> str:
        """What messages call it."""
        return f'"{self.layer}" ({self.class_name})'


def lookups_of_inputs(graph: Graph) -> list[CategoryLookup]:
    """The lookups that take an input as it is; without those whose vocabulary is a file.

    `TextVectorization` is none: it takes texts apart, and leaving out rare words is its purpose.
    """
    names, found = {entry.name for entry in graph.inputs}, []
    for call in graph.calls:
        layer = graph.layers[call.layer].object
        if not traits_of(layer.class_name).is_lookup or layer.class_name == "TextVectorization":
            continue
        source = next((ref.source for ref in call.reads()), "")
        args = complete(layer)
        given = args.get("vocabulary")
        if source not in names or isinstance(given, str):
            continue
        unknown, most = args.get("num_oov_indices", 1), args.get("max_tokens")
        if not isinstance(unknown, int):
            continue
        reserved = unknown + (args.get("mask_token") is not None)
        found.append(
            CategoryLookup(
                source,
                call.layer,
                layer.class_name,
                layer.span,
                None if given is None else tuple(map(label_text, given)),
                most - reserved if isinstance(most, int) and given is None else None,
                unknown,
                frozenset(label_text(args[key]) for key in TOKENS if args.get(key) is not None),
                layer.arg_spans.get("max_tokens", layer.span),
            )
        )
    return found


def report_few_tokens(
    lookup: CategoryLookup, column: str, words: Iterable[str], findings: Findings
) -> None:
    """Warn of categories that a lookup has no number for.

    Args:
        lookup: one with `most`.
        column: its values.
        words: the different ones in the training data.
        findings: takes the warning.
    """
    assert lookup.most is not None
    count = len(set(words) - lookup.never_learned)
    if count <= lookup.most:
        return
    message = (
        f"{lookup.subject} keeps the {lookup.most} most frequent categories, but `{column}` has"
        f" {count} in the training data; the others count as unknown"
    )
    raised = "remove `max_tokens`" if lookup.most < 1 else ""
    hint = raised or f"write `max_tokens: {count + lookup.unknown}` to keep all of them"
    findings.warning(lookup.most_span, "too-few-tokens", message, hint=hint)


def report_unknown_category(
    lookup: CategoryLookup,
    known: tuple[str, ...],
    found: tuple[str, str],
    span: Span,
    findings: Findings,
) -> None:
    """Report a category that a lookup without a number for unknown ones does not know.

    Args:
        lookup: the layer.
        known: its vocabulary.
        found: the category, and where it stands.
        span: where the finding points.
        findings: takes it.
    """
    word, place = found
    where = "not in its `vocabulary`" if lookup.vocabulary else "not in the training data"
    message = f'{lookup.subject} does not know "{word}" in {place}: it is {where}'
    message += did_you_mean(word, known)
    hint = "write `num_oov_indices: 1`, so that one number stands for unknown categories"
    findings.error(span, "unknown-category", message, hint=hint)

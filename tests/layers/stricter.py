"""What the rules refuse although Keras builds it: calls that fail on whatever data arrives.

Keras checks some things only when it runs. Each entry is held to that: the tests run the layer
and see it fail.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import stricter_more
from question import Question, Refusal


class Entry(NamedTuple):
    """One way to be stricter.

    Attributes:
        layers: a pattern of the layers' names.
        words: a pattern of the rule's words.
        reason: why.
        held: whether the tests run such a call and see it fail. Some would end the process.
    """

    layers: str
    words: str
    reason: str
    held: bool = True


TABLE: tuple[Entry, ...] = (
    Entry(
        r"Adaptive.*",
        r"needs \d axes",
        "adaptive pooling of another number of axes fails when it runs, or gives another shape",
        held=False,
    ),
    Entry(
        r"Concatenate",
        r"is not among the",
        "Concatenate of one tensor does not look for its axis",
        held=False,
    ),
    Entry(
        r"Dot",
        r"is not among the",
        "Dot counts a negative axis round and round: -3 of 2 axes is the second",
        held=False,
    ),
    Entry(
        r"(Batch|Layer|Group)Normalization",
        r"cannot normalize along the batch",
        "fails in a graph, which does not know the size of the batch; eagerly it does",
        held=False,
    ),
    Entry(r"Softmax", r"is not among the", "Softmax looks for its axis when it runs"),
    Entry(r"Softmax", r"needs a mask", "Softmax looks at the size of its mask when it runs"),
    Entry(r"Masking", r"needs a value", "Masking compares with its value when it runs"),
    Entry(
        r"Masking",
        r"values for the examples of a batch",
        "Masking with a value for each example runs with batches of that size only",
        held=False,
    ),
    Entry(
        r"(Alpha)?Dropout",
        r"noise of shape \[\d+\], which does not stretch to \(None,\)",
        "Dropout with noise for a number of examples trains with batches of that size only",
        held=False,
    ),
    Entry(r"Dot", r"needs floating numbers", "Dot normalizes when it runs"),
    Entry(r"Dot", r"the same batch size", "Dot looks at the batch sizes when it runs"),
    Entry(r"Dot", r"over the batch axis", "Dot looks for the batch axis when it runs"),
    Entry(r"Dot", r"at least 2 axes", "Dot looks at the number of axes when it runs"),
    Entry(
        r"(Additive)?Attention",
        r"features in the key",
        "attention multiplies query and key when it runs",
    ),
    Entry(
        r"(Additive|MultiHead)?Attention",
        r"at least 2 axes",
        "attention takes a list of vectors for a batch of them",
        held=False,
    ),
    Entry(
        r"GroupQueryAttention",
        r"of 3 axes|batch size",
        "the projections of the heads look at the number of axes when they run",
    ),
    Entry(
        r"EinsumDense",
        r"needs (at least )?\d axes",
        "EinsumDense states a shape that it does not give: it counts axes neither then nor later",
        held=False,
    ),
    Entry(
        r"SpectralNormalization",
        r"needs (at least )?\d axes",
        "SpectralNormalization builds its layer and leaves the layer's checks to the run",
        held=False,
    ),
    Entry(
        r"ReversibleEmbedding",
        r"at least 2 axes|a last axis of output_dim",
        "ReversibleEmbedding multiplies by its table when it runs",
    ),
    Entry(
        r"CustomScaleLayer",
        r"merges a list",
        "CustomScaleLayer takes the first two examples of a tensor for two tensors",
        held=False,
    ),
)

MORE = tuple(Entry(*row) for row in stricter_more.ROWS)
"""Those of recurrent and preprocessing layers, and of ops."""


def reason_to_refuse(question: Question, refusal: Refusal) -> Entry | None:
    """The entry of the table that a refusal falls under, or None."""
    for entry in (*TABLE, *MORE):
        if re.fullmatch(entry.layers, question.layer) and re.search(entry.words, refusal.words):
            return entry
    return None

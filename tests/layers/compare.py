"""A rule and Keras side by side on one question."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal

from known import is_known
from oracle import ask_keras, runs_in_keras
from question import Answer, Question, Refusal, ask_rule, flat, write_tensor
from stricter import reason_to_refuse

from modelspec.layers.rule.rule import RuleResult, Shape, Weight


@dataclass(frozen=True)
class Verdict:
    """How the two answers compare.

    Attributes:
        kind: both took it and say the same, both refused it, the rule alone refused it for a
            reason that stands in the table, they differ in a way that `known.yaml` lists, or they
            differ.
        words: the reason, or the difference.
    """

    kind: Literal["taken", "refused", "stricter", "known", "differ"]
    words: str = ""


def disagreement(question: Question, *, graph: bool = False) -> Verdict:
    """Put a question to the rule and to Keras.

    They agree when both refuse, or when both give results of the same structure, shapes and
    dtypes, and the same weights in the same order. Of a weight's name the last part counts.
    """
    verdict = _compare(question, graph)
    known = verdict.kind == "differ" and is_known(question, verdict.words)
    return replace(verdict, kind="known") if known else verdict


def _compare(question: Question, graph: bool) -> Verdict:
    ours, theirs = ask_rule(question), ask_keras(question, graph=graph)
    if isinstance(ours, Refusal) and isinstance(theirs, Refusal):
        return Verdict("refused")
    if isinstance(ours, Refusal) and isinstance(theirs, Answer) and not theirs.ran:
        return Verdict("refused")
    if isinstance(ours, Refusal):
        entry = reason_to_refuse(question, ours)
        if entry is not None and not (entry.held and runs_in_keras(question)):
            return Verdict("stricter", entry.reason)
        return Verdict("differ", f"refused here ({ours.words}), taken by Keras")
    if isinstance(theirs, Refusal):
        return Verdict("differ", f"taken here, refused by Keras ({theirs.words})")
    if ours.output != theirs.output and (theirs.ran or _shapes(ours) != _shapes(theirs)):
        outputs = write_tensor(ours.output), write_tensor(theirs.output)
        return Verdict("differ", f"{outputs[0]} here, {outputs[1]} in Keras")
    own = [_plain(weight) for weight in ours.weights]
    there = [_named(*pair) for pair in zip_longest(theirs.weights, own)]
    if own != there:
        return Verdict("differ", f"weights {own} here, {there} in Keras")
    return Verdict("taken")


def _shapes(answer: RuleResult | Answer) -> list[Shape]:
    """The shapes that Keras states, where it was not seen to run."""
    return [tensor.built or tensor.shape for tensor in flat(answer.output)]


Plain = tuple[str, Shape, str, bool]
"""Name, shape, dtype, trainable."""


def _named(theirs: Plain | None, ours: Plain | None) -> Plain | None:
    """Keras's weight; where its layer gave it no name it takes ours."""
    if theirs is None or ours is None or not re.fullmatch(r"variable(_\d+)?", theirs[0]):
        return theirs
    return (ours[0], *theirs[1:])


def _plain(weight: Weight) -> Plain:
    return (weight.name.rpartition("/")[2], weight.shape, weight.dtype, weight.trainable)

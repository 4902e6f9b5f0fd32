"""Outputs that are tokens: their text, and texts that are generated token by token."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data import generated_texts
from modelspec.data.examples import Examples
from modelspec.data.tokens import Tokenizer
from modelspec.runs import OutputKind
from modelspec.training.trained_run import Predictor, TrainedRun

from .output_columns import OutputColumn

Array = npt.NDArray[Any]

Predict = Callable[[Examples], Mapping[str, Array]]


TOKENS_CHUNK = 256
"""Examples whose probabilities of all tokens at all steps are in memory at once."""


def text_column(ids: Array, meaning: Mapping[str, Any], tokenizer: Tokenizer) -> OutputColumn:
    """The texts of an output.

    Args:
        ids: the tokens int32 [n, steps].
        meaning: its `output_meaning`, of the kind "tokens".
        tokenizer: of its target.
    """
    if meaning.get("repeats"):
        ids = without_repeats(ids)
    texts = np.empty(len(ids), dtype=object)
    texts[:] = tokenizer.decode(ids)
    return OutputColumn(texts)


def without_repeats(ids: Array) -> Array:
    """The labels that CTC reads from [n, steps]: one for a run of equal ones, none for 0; padded
    with 0."""
    kept = ids != 0
    kept[:, 1:] &= ids[:, 1:] != ids[:, :-1]
    order = np.argsort(~kept, axis=1, kind="stable")
    packed: Array = np.take_along_axis(np.where(kept, ids, 0), order, axis=1)
    return packed


def predictor_with_texts(trained: TrainedRun, generated: Sequence[str]) -> Predictor:
    """What computes the outputs of examples, and generates the texts of some inputs."""
    with_tokens = [
        name
        for name, meaning in trained.data_record.outputs.items()
        if meaning["kind"] == OutputKind.TOKENS
    ]
    if not with_tokens:
        return trained.predictor()
    predictor = TokenPredictor(trained.predictor(), with_tokens)
    if not generated:
        return predictor
    outputs = generated_texts(trained.preprocessing)
    tokenizers = trained.data_record.learned.tokenizers
    fed = {entry.name: columns for entry, columns in trained.preprocessing.plan.inputs}
    texts = []
    for entry in generated:
        columns = fed[entry]
        assert columns is not None
        tokenizer = tokenizers[str(columns.tokens)]
        texts.append(GeneratedText(entry, outputs[entry][0], tokenizer))
    return TextGenerator(predictor, tuple(texts))


def notes_on_given_texts(trained: TrainedRun, generated: Sequence[str]) -> list[str]:
    """Where each token follows the true ones before it, which flatters the model."""
    return [
        f"`{column}` is in the data, so each token of `{output}` is predicted from the true"
        " ones before it; leave the column out, and whole texts are generated"
        for entry, (output, column) in generated_texts(trained.preprocessing).items()
        if entry not in generated
    ]


class TokenPredictor:
    """Predicts the most probable token at each step, for few examples at once: the probabilities
    of all tokens would be far larger than the data.

    Args:
        predict: from examples to outputs by name.
        outputs: the outputs with tokens.
    """

    def __init__(self, predict: Predict, outputs: Collection[str]) -> None:
        self.predict = predict
        self.outputs = outputs

    def __call__(self, examples: Examples) -> dict[str, Array]:
        """Output name to array [n, ...] for n examples; of outputs with tokens int32 [n, steps]."""
        starts = range(0, max(1, len(examples)), TOKENS_CHUNK)
        parts = [self._part(examples.take(slice(at, at + TOKENS_CHUNK))) for at in starts]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _part(self, examples: Examples) -> dict[str, Array]:
        return {
            name: values.argmax(axis=-1).astype(np.int32) if name in self.outputs else values
            for name, values in self.predict(examples).items()
        }


class GeneratedText(NamedTuple):
    """An input whose text the model makes: what an output says next is put after it.

    Attributes:
        entry: the input, which has all tokens but the last.
        output: the output, which has all tokens but the first.
        tokenizer: of both; it has a start.
    """

    entry: str
    output: str
    tokenizer: Tokenizer


class TextGenerator:
    """Predicts texts from their start: at each step the token that is most probable.

    Args:
        predict: from examples to outputs by name, those with tokens as int32 [n, steps].
        texts: what is generated.
    """

    def __init__(self, predict: Predict, texts: tuple[GeneratedText, ...]) -> None:
        self.predict = predict
        self.texts = texts

    def __call__(self, examples: Examples) -> dict[str, Array]:
        """Output name to array [n, ...] for n examples; of generated outputs the tokens, int32
        [n, steps], 0 after the end."""
        seen: dict[str, Array] = {}
        made: dict[str, Array] = {}
        for text in self.texts:
            given = examples.inputs[text.entry]
            assert isinstance(given, np.ndarray)
            seen[text.entry] = np.zeros_like(given)
            seen[text.entry][:, 0] = text.tokenizer.start
            made[text.output] = np.zeros(given.shape, dtype=np.int32)
        whole = dataclasses.replace(examples, inputs={**examples.inputs, **seen})
        steps = max(array.shape[1] for array in made.values())
        outputs: Mapping[str, Array] = {}
        going = {text.output: np.ones(len(examples), dtype=np.bool_) for text in self.texts}
        for step in range(steps):
            outputs = self.predict(whole)
            for text in self.texts:
                _add_token(text, step, outputs[text.output], seen[text.entry], made, going)
            if not any(alive.any() for alive in going.values()):
                break
        return {**outputs, **made}


def _add_token(
    text: GeneratedText,
    step: int,
    said: Array,
    seen: Array,
    made: Mapping[str, Array],
    going: Mapping[str, npt.NDArray[np.bool_]],
) -> None:
    """Put the most probable token of a step after those before it, unless the text has its end."""
    tokens, alive = made[text.output], going[text.output]
    if step >= tokens.shape[1]:
        return
    tokens[:, step] = np.where(alive, said[:, step], 0)
    alive &= tokens[:, step] != 0
    if text.tokenizer.end is not None:
        alive &= tokens[:, step] != text.tokenizer.end
    if step + 1 < seen.shape[1]:
        seen[:, step + 1] = tokens[:, step]

"""Many questions put to the rules and to Keras, for tests and for longer runs by hand."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from compare import disagreement
from question import Question, write_tensor

Make = Callable[[Random, str], Question]
FRESH = 500
"""After so many questions Keras is made to forget its names and graphs."""


@dataclass
class Tally:
    """What came of it.

    Attributes:
        taken: how many calls both took.
        refused: how many calls both refused.
        known: how many differ in a way that `known.yaml` lists.
        stricter: how many the rules alone refused, by the reason in the table.
        disagreements: what is left, one text each.
    """

    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    stricter: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)


def questions(layers: Iterable[str], make: Make, count: int, seed: int) -> Iterator[Question]:
    """`count` questions, spread evenly over the layers. Each has a seed of its own."""
    names = sorted(layers)
    for index in range(count):
        layer = names[index % len(names)]
        yield make(Random(f"{seed}/{layer}/{index // len(names)}"), layer)


def tally(layers: Iterable[str], make: Make, count: int, seed: int) -> Tally:
    """Put `count` questions to both."""
    import keras

    found = Tally()
    keras.backend.clear_session()  # the seeds and names that other tests of this process left
    for index, question in enumerate(questions(layers, make, count, seed)):
        if index % FRESH == FRESH - 1:
            keras.backend.clear_session()
        verdict = disagreement(question)
        if verdict.kind == "stricter":
            found.stricter[verdict.words] += 1
        elif verdict.kind == "differ":
            found.disagreements.append(f"{describe(question)}: {verdict.words}")
        else:
            getattr(found, verdict.kind)[question.layer] += 1
    return found


def describe(question: Question) -> str:
    """A question in one line."""
    parts = [question.layer, str(dict(question.args))]
    parts += [str(write_tensor(value)) for value in question.inputs]
    parts += [f"{key}={write_tensor(value)}" for key, value in question.named.items()]
    parts += [f"{key}={value}" for key, value in question.call.items()]
    return " ".join(parts + ([] if question.policy == "float32" else [question.policy]))


def main(layers: Iterable[str], make: Make, seed: int) -> None:
    """`COUNT [SEED] [LAYER]` on the command line: print every disagreement, and the counts."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else seed
    chosen = [name for name in layers if len(sys.argv) < 4 or name in sys.argv[3:]]
    start = time.perf_counter()
    found = tally(chosen, make, count, seed)
    for line in found.disagreements:
        print(line)
    for reason, times in found.stricter.most_common():
        print(f"{times:6} stricter than Keras: {reason}")
    silent = [name for name in sorted(chosen) if not (found.taken[name] and found.refused[name])]
    print(f"never both taken and refused: {', '.join(silent) or 'none'}")
    print(
        f"{count} calls of {len(chosen)} layers, seed {seed}: {found.taken.total()} taken by both, "
        f"{found.refused.total()} refused by both, {found.stricter.total()} refused here alone "
        f"with a reason, {found.known.total()} known, {len(found.disagreements)} disagreements "
        f"({time.perf_counter() - start:.0f} s)"
    )

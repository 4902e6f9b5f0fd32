"""Random calls of layers, sound and unsound, put to the rules and to Keras.

python tests/layers/generate_layers.py 12000 [SEED] [LAYER]
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import draft_many
import draft_plain
import draft_windows
import draw
from agreement import main
from question import Question

DRAFTS = draft_plain.DRAFTS | draft_windows.DRAFTS | draft_many.DRAFTS
SEED = 20261124


def question(rng: Random, layer: str) -> Question:
    """A random call of `layer`."""
    drafted = draw.settled(DRAFTS[layer](rng))
    return replace(drafted, layer=layer, policy=draw.policy(rng))


if __name__ == "__main__":
    main(DRAFTS, question, SEED)

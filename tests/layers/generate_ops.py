"""Random calls of ops, sound and unsound, put to the rules and to Keras.

python tests/layers/generate_ops.py 12000 [SEED] [OP]
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import draw
from agreement import main
from draft_ops_table import DRAFTS
from question import Question

SEED = 20261125


def question(rng: Random, op: str) -> Question:
    """A random call of `op`."""
    return replace(draw.settled(DRAFTS[op](rng)), layer=op)


if __name__ == "__main__":
    main(DRAFTS, question, SEED)

"""Random calls of recurrent and preprocessing layers, put to the rules and to Keras.

python tests/layers/generate_sequences.py 12000 [SEED] [LAYER]
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import draft_image_preprocessing
import draft_preprocessing
import draft_rnn
import draw
from agreement import main
from question import Question

from modelspec.schema.catalogue import class_schema

DRAFTS = draft_rnn.DRAFTS | draft_preprocessing.DRAFTS | draft_image_preprocessing.DRAFTS
SEED = 20261126


def question(rng: Random, layer: str) -> Question:
    """A random call of `layer`. A dtype stands among its arguments too: some look there."""
    drafted = replace(draw.settled(DRAFTS[layer](rng)), layer=layer)
    known = class_schema("layer", layer)
    if known is None or "dtype" not in known.properties:
        return drafted
    policy = drafted.args.get("dtype") or draw.policy(rng)
    args = dict(drafted.args) if policy == "float32" else {**drafted.args, "dtype": policy}
    return replace(drafted, args=args, policy=policy)


if __name__ == "__main__":
    main(DRAFTS, question, SEED)

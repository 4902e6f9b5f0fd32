"""Training a translator against the plain Keras script, whole processes in turn.

    python -m benchmarks.translation [--epochs 10] [--rounds 3]

The 2,400 sentence pairs of `specs/data/sentences.csv`; a small network with attention, taught with
the words so far. By `modelspec train`, whose tokenizers learn from the training split, and by a
script that has `TextVectorization` in `tf.data`'s `map`, with a cache, as the example on keras.io
has it. Same sizes, same batch size, same epochs, a tenth for validation. The limit is 0.9.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from .processes import against_script

LIMIT = 0.9
DATA = Path("specs/data/sentences.csv")

SPEC = """
modelspec: 1
data:
  train: {{csv: sentences.csv}}
  validation: 0.1
  tokens:
    english: {{words: 150, length: 10}}
    french: {{words: 150, length: 13, start: "[start]", end: "[end]", standardize: lower}}
  inputs:
    english: {{column: english, tokens: english}}
    so_far: {{column: french, tokens: french, drop: last}}
  targets:
    word: {{column: french, tokens: french, drop: first}}
  batch_size: 64
model:
  functional:
    inputs: {{english: {{shape: [10], dtype: int32}}, so_far: {{shape: [12], dtype: int32}}}}
    layers:
      source: {{Embedding: {{input_dim: 150, output_dim: 64, mask_zero: true}}}}
      target: {{Embedding: {{input_dim: 150, output_dim: 64, mask_zero: true}}}}
      own: {{MultiHeadAttention: {{num_heads: 2, key_dim: 32}}}}
      known: Add
      cross: {{MultiHeadAttention: {{num_heads: 2, key_dim: 32}}}}
      all: Add
      hidden: {{Dense: {{units: 128, activation: relu}}}}
      word: {{Dense: {{units: 150, activation: softmax}}}}
    edges:
      - english -> source
      - so_far -> target
      - {{from: {{query: target, value: target}}, to: own, call: {{use_causal_mask: true}}}}
      - target, own -> known
      - {{from: {{query: known, value: source}}, to: cross}}
      - known, cross -> all -> hidden -> word
    outputs: word
training:
  epochs: {epochs}
  optimizer: adam
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  seed: 1
"""

PLAIN = """
import csv
import random
import sys
import keras
import tensorflow as tf
from keras import layers
with open(sys.argv[1], encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
pairs = [(row["english"], "[start] " + row["french"] + " [end]") for row in rows]
keras.utils.set_random_seed(1)
random.shuffle(pairs)
count = len(pairs) // 10
english = layers.TextVectorization(max_tokens=150, output_sequence_length=10)
french = layers.TextVectorization(
    max_tokens=150, output_sequence_length=13, standardize=tf.strings.lower)
english.adapt([pair[0] for pair in pairs[count:]])
french.adapt([pair[1] for pair in pairs[count:]])

def example(source, target):
    source, target = english(source), french(target)
    return {"english": source, "so_far": target[:, :-1]}, target[:, 1:]

def dataset(pairs):
    source, target = zip(*pairs)
    made = tf.data.Dataset.from_tensor_slices((list(source), list(target)))
    return made.batch(64).map(example).cache().shuffle(2048).prefetch(16)

source = keras.Input((10,), dtype="int32", name="english")
target = keras.Input((12,), dtype="int32", name="so_far")
memory = layers.Embedding(150, 64, mask_zero=True)(source)
x = layers.Embedding(150, 64, mask_zero=True)(target)
x = layers.Add()([x, layers.MultiHeadAttention(2, 32)(x, x, use_causal_mask=True)])
x = layers.Add()([x, layers.MultiHeadAttention(2, 32)(x, memory)])
x = layers.Dense(128, activation="relu")(x)
model = keras.Model([source, target], layers.Dense(150, activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(dataset(pairs[count:]), validation_data=dataset(pairs[:count]),
                    epochs=int(sys.argv[2]), verbose=0)
model.save(sys.argv[3])
last = {name: values[-1] for name, values in history.history.items()}
print("loss %(loss).4f val_loss %(val_loss).4f val_accuracy %(val_accuracy).3f" % last)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(DATA, folder)
        (folder / "spec.yaml").write_text(SPEC.format(epochs=options.epochs))
        plain = ["sentences.csv", str(options.epochs), "plain.keras"]
        return against_script(folder, PLAIN, plain, options.rounds, LIMIT)


if __name__ == "__main__":
    sys.exit(main())

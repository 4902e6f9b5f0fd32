"""The Keras scripts for the models beside this file: python plain.py NAME SETTINGS, as JSON.

Prints the seconds of each epoch.
"""

import json
import sys
import time

import keras
import numpy as np
from keras import layers


def mlp(given):
    x = inputs = keras.Input((given["width"],))
    for _ in range(given["depth"]):
        x = layers.Dense(given["width"], activation="relu")(x)
    return inputs, x


def resnet50(given):
    inputs = keras.Input((given["side"], given["side"], 3))
    x = layers.Rescaling(1 / 127.5, -1)(inputs)
    return inputs, keras.applications.ResNet50(
        weights=None, include_top=False, pooling="avg", input_shape=inputs.shape[1:]
    )(x)


def transformer(given):
    width, heads = given["width"], given["heads"]
    inputs = keras.Input((given["tokens"],), dtype="int32")
    x = layers.Embedding(given["vocabulary"], width)(inputs)
    for _ in range(given["depth"]):
        seen = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(heads, width // heads)(seen, seen)])
        wide = layers.Dense(4 * width, activation="gelu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(width)(wide)])
    return inputs, layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))


class Seconds(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.begin = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        print(json.dumps(time.perf_counter() - self.begin))


given = json.loads(sys.argv[2])
keras.utils.set_random_seed(0)
keras.mixed_precision.set_global_policy(given["precision"])
with np.load(f"{sys.argv[1]}.npz") as archive:
    x, y = archive["x"], archive["kind"]
if x.dtype == np.uint8:
    x = x.astype("float32")
inputs, features = {"mlp": mlp, "resnet50": resnet50, "transformer": transformer}[sys.argv[1]](
    given
)
model = keras.Model(inputs, layers.Dense(10, dtype="float32")(features))
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile("adam", loss, jit_compile=given["jit_compile"])
model.fit(x, y, batch_size=given["batch"], epochs=given["epochs"], verbose=0, callbacks=[Seconds()])

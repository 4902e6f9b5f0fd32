"""The script that a good engineer writes first for mlp.yaml: python plain_mlp.py CSV SEED MODEL."""

import sys

import keras
import numpy as np
import pandas as pd

table = pd.read_csv(sys.argv[1])
keras.utils.set_random_seed(int(sys.argv[2]))
y, classes = pd.factorize(table["kind"], sort=True)
x = table.drop(columns="kind").to_numpy(np.float32)
x = (x - x.mean(axis=0)) / x.std(axis=0)
model = keras.Sequential(
    [
        keras.Input((20,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(len(classes), activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=32, epochs=10, verbose=0)
model.save(sys.argv[3])
print(f"loss {history.history['loss'][-1]:.5f}")

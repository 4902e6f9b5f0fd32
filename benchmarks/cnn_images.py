"""A convolutional network on images in an npz against the plain Keras script, in turn.

    python -m benchmarks.cnn_images [--images 20000] [--epochs 3] [--rounds 3]

Writes an npz of grey images of 28 by 28, uint8, in ten classes. `modelspec train` against
`numpy.load` with `model.fit(x, y)`. Same batch size, same epochs, same seed. The limit is 1.0.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from .processes import against_script

LIMIT = 1.0

SPEC = """
modelspec: 1
model:
  sequential:
    input: {{shape: [28, 28, 1]}}
    layers:
      - Rescaling: {{scale: "${{1 / 255}}"}}
      - Conv2D: {{filters: 8, kernel_size: 3, activation: relu}}
      - MaxPooling2D
      - Conv2D: {{filters: 16, kernel_size: 3, activation: relu}}
      - MaxPooling2D
      - Flatten
      - Dense: {{units: 10, activation: softmax, name: digit}}
data:
  train: {{npz: images.npz}}
  inputs: image
  targets: digit
  batch_size: 64
training:
  epochs: {epochs}
  optimizer: adam
  loss: sparse_categorical_crossentropy
  metrics: accuracy
  seed: 1
"""

PLAIN = """
import sys
import keras
import numpy
keras.utils.set_random_seed(1)
with numpy.load(sys.argv[1]) as archive:
    x, y = archive["image"].astype("float32"), archive["digit"]
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    keras.layers.Rescaling(1 / 255),
    keras.layers.Conv2D(8, 3, activation="relu"),
    keras.layers.MaxPooling2D(),
    keras.layers.Conv2D(16, 3, activation="relu"),
    keras.layers.MaxPooling2D(),
    keras.layers.Flatten(),
    keras.layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=64, epochs=int(sys.argv[2]), verbose=0)
model.save(sys.argv[3])
print("loss %.4f accuracy %.3f" % (history.history["loss"][-1], history.history["accuracy"][-1]))
"""


def write_images(path: Path, count: int) -> None:
    """Ten classes: a bright square in another place, on noise."""
    import numpy as np

    random = np.random.default_rng(0)
    digits = random.integers(0, 10, count).astype("uint8")
    images = random.integers(0, 200, (count, 28, 28, 1)).astype("uint8")
    for digit in range(10):
        top, left = 5 * (digit // 5) + 6, 5 * (digit % 5) + 1
        images[digits == digit, top : top + 5, left : left + 5] += 40
    np.savez(path, image=images, digit=digits)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_images(folder / "images.npz", options.images)
        (folder / "spec.yaml").write_text(SPEC.format(epochs=options.epochs))
        plain = [str(folder / "images.npz"), str(options.epochs), str(folder / "plain.keras")]
        return against_script(folder, PLAIN, plain, options.rounds, LIMIT)


if __name__ == "__main__":
    sys.exit(main())

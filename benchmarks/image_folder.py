"""Training on a folder of images against the plain Keras script, whole processes in turn.

    python -m benchmarks.image_folder [--augment] [--images 3000] [--side 192] [--epochs 10]
                                      [--rounds 3]

Writes JPEG files of smooth random pixels in five classes, and trains a small convolutional
network on them, resized to 64 by 64: by `modelspec train`, and by `image_dataset_from_directory`
with `model.fit`, as the first script that one writes has it. Same batch size, same epochs, same
seed, a fifth for validation. With `--augment`, both flip, rotate and zoom the training images:
`data.augment` here, the same layers in `tf.data`'s `map` there. The limit is 0.9.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from .processes import against_script

LIMIT = 0.9
BATCH = 32

SPEC = """
modelspec: 1
model:
  sequential:
    input: {{shape: [64, 64, 3]}}
    layers:
      - Rescaling: {{scale: "${{1 / 255}}"}}
      - Conv2D: {{filters: 8, kernel_size: 3, strides: 2, activation: relu}}
      - Conv2D: {{filters: 16, kernel_size: 3, strides: 2, activation: relu}}
      - GlobalAveragePooling2D
      - Dense: {{units: 5, activation: softmax, name: kind}}
data:
  train: {{images: images}}
  validation: 0.2
  targets: label
  batch_size: 32
{augment}training:
  epochs: {epochs}
  optimizer: adam
  loss: sparse_categorical_crossentropy
  metrics: accuracy
  seed: 1
"""

AUGMENT = """  augment:
    - RandomFlip: {mode: horizontal}
    - RandomRotation: {factor: 0.1}
    - RandomZoom: {height_factor: 0.2}
"""

AUGMENT_PLAIN = """
import tensorflow as tf
augment = keras.Sequential([
    keras.layers.RandomFlip("horizontal"),
    keras.layers.RandomRotation(0.1),
    keras.layers.RandomZoom(0.2),
])
train = train.map(lambda images, labels: (augment(images, training=True), labels),
                  num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
"""

PLAIN = """
import sys
import keras
folder, epochs = sys.argv[1], int(sys.argv[2])
keras.utils.set_random_seed(1)
train, validation = keras.utils.image_dataset_from_directory(
    folder, image_size=(64, 64), batch_size=32, validation_split=0.2, subset="both", seed=1)
AUGMENT
model = keras.Sequential([
    keras.Input((64, 64, 3)),
    keras.layers.Rescaling(1 / 255),
    keras.layers.Conv2D(8, 3, strides=2, activation="relu"),
    keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(5, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(train, validation_data=validation, epochs=epochs, verbose=0)
model.save(sys.argv[3])
last = {name: values[-1] for name, values in history.history.items()}
print("loss %(loss).4f val_accuracy %(val_accuracy).3f" % last)
"""


def write_images(folder: Path, count: int, side: int) -> None:
    """Five classes, each with a hue of its own."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(0)
    for number in range(count):
        kind = number % 5
        pixels = random.integers(0, 160, (6, 6, 3))
        pixels[..., kind % 3] += 20 * (1 + kind // 3)
        image = Image.fromarray(pixels.astype("uint8")).resize((side, side + kind))
        path = folder / "images" / f"kind{kind}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, quality=90)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--side", type=int, default=192)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--augment", action="store_true")
    options = parser.parse_args()
    augment = (AUGMENT, AUGMENT_PLAIN) if options.augment else ("", "")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_images(folder, options.images, options.side)
        (folder / "spec.yaml").write_text(SPEC.format(epochs=options.epochs, augment=augment[0]))
        plain = [str(folder / "images"), str(options.epochs), str(folder / "plain.keras")]
        script = PLAIN.replace("AUGMENT\n", augment[1])
        return against_script(folder, script, plain, options.rounds, LIMIT)


if __name__ == "__main__":
    sys.exit(main())

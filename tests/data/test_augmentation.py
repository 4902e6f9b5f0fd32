"""Random changes of training examples: functions of the example, whatever batch it is in."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

EXAMPLES, HEIGHT, WIDTH, CLASSES = 10, 12, 10, 4
DIGITS = 1e-3
"""How far pixels of 0 to 255 may differ where sums are made in another order."""

LAYERS: dict[str, dict[str, Any]] = {
    "RandAugment": {},
    "RandomBrightness": {"factor": 0.3},
    "RandomColorDegeneration": {"factor": 0.5},
    "RandomColorJitter": {
        "brightness_factor": 0.2,
        "contrast_factor": 0.2,
        "saturation_factor": 0.2,
        "hue_factor": 0.2,
    },
    "RandomContrast": {"factor": 0.3},
    "RandomElasticTransform": {"factor": 1.0, "scale": 1.0},
    "RandomErasing": {"factor": 0.9},
    "RandomFlip": {},
    "RandomGaussianBlur": {"factor": 0.9, "sigma": 1.0},
    "RandomGrayscale": {},
    "RandomHue": {"factor": 0.3},
    "RandomInvert": {"factor": 0.5},
    "RandomPerspective": {"factor": 0.9},
    "RandomPosterization": {"factor": [1, 8]},
    "RandomRotation": {"factor": 0.2},
    "RandomSaturation": {"factor": 0.5},
    "RandomSharpness": {"factor": 0.9},
    "RandomShear": {"x_factor": 0.3, "y_factor": 0.3},
    "RandomTranslation": {"height_factor": 0.3, "width_factor": 0.3},
    "RandomZoom": {"height_factor": 0.3},
}
QUICK = ("RandomFlip", "RandomErasing", "RandomRotation")


def examples(dtype: str = "float32") -> Any:
    import numpy as np

    from modelspec.data.examples import Examples
    from modelspec.data.table import Table

    chance = np.random.default_rng(0)
    images = chance.uniform(0, 255, (EXAMPLES, HEIGHT, WIDTH, 3)).astype(dtype)
    labels = np.eye(CLASSES, dtype=np.float32)[chance.integers(0, CLASSES, EXAMPLES)]
    masks = (images[..., 0] // 64).astype(np.int32)
    targets = {"kind": labels, "mask": masks}
    return Examples({"image": images}, targets, None, np.arange(EXAMPLES), Table({}, EXAMPLES, []))


def epochs(
    steps: Any, size: int, start: Any = (0, 0), count: int = 2, dtype: str = "float32"
) -> tuple[Any, ...]:
    """Images, labels and masks of some epochs from a position on, in batches of a size."""
    import numpy as np

    from modelspec.data.augment import Augmentation, ChangedInput
    from modelspec.data.feed import Feed, Position, Structure

    structure = Structure(("image",), ("kind", "mask"), "single", "list")
    changes = Augmentation(7, (ChangedInput("image", tuple(steps), {"mask": "mask"}),))
    feed = Feed(examples(dtype), structure, size, None, changes)
    left = count * EXAMPLES - start[0] * EXAMPLES - start[1] * size
    made: list[Any] = []
    for images, (labels, masks) in feed.shuffled(3, Position(*start)):
        made.append((images.numpy(), labels.numpy(), masks.numpy()))
        left -= len(images)
        if left <= 0:
            return tuple(np.concatenate(parts) for parts in zip(*made, strict=True))
    raise AssertionError("a feed ends")


def image_step(name: str) -> Any:
    import keras

    from modelspec.data.augment import ImageStep
    from modelspec.layers import traits_of

    layer = getattr(keras.layers, name)(**LAYERS[name])
    return ImageStep(layer, traits_of(name).moves_pixels)


def test_every_layer_is_tried() -> None:
    from modelspec.layers import classes_with

    assert set(LAYERS) == classes_with("augments") - classes_with("mixes_examples")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in QUICK else pytest.mark.slow) for n in LAYERS]
)
def test_a_change_depends_on_the_example_alone(name: str) -> None:
    import numpy as np

    step = image_step(name)
    whole, other = epochs([step], 4), epochs([step], 3)
    for mine, theirs in zip(whole, other, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=DIGITS)
    resumed = epochs([step], 4, (1, 1))
    for mine, theirs in zip(whole, resumed, strict=True):
        assert np.array_equal(mine[EXAMPLES + 4 :], theirs)
    assert whole[0].shape == (2 * EXAMPLES, HEIGHT, WIDTH, 3)
    changed = np.abs(np.diff([np.sort(whole[0][part].sum((1, 2, 3))) for part in PARTS], axis=0))
    assert changed.max() > 1 or name == "RandomFlip"
    assert set(np.unique(whole[2])) <= set(range(CLASSES))


PARTS = (slice(0, EXAMPLES), slice(EXAMPLES, 2 * EXAMPLES))


@pytest.mark.parametrize("name", ["RandomFlip", "RandomTranslation"])
def test_a_mask_moves_with_its_image(name: str) -> None:
    """Layers that copy pixels: the mask of the moved image is the moved mask."""
    import keras
    import numpy as np

    from modelspec.data.augment import ImageStep

    layers = {
        "RandomFlip": keras.layers.RandomFlip(),
        "RandomTranslation": keras.layers.RandomTranslation(0.3, 0.3, interpolation="nearest"),
    }
    images, _, masks = epochs([ImageStep(layers[name], moves=True)], 4)
    assert np.array_equal((images[..., 0] // 64).astype(np.int32), masks)
    assert masks.dtype == np.int32


def test_colors_leave_a_mask_alone() -> None:
    import numpy as np

    plain, changed = epochs([], 5), epochs([image_step("RandomBrightness")], 5)
    assert np.array_equal(plain[2], changed[2])
    assert not np.allclose(plain[0], changed[0])


def test_each_image_has_numbers_of_its_own() -> None:
    import numpy as np

    images, _, _ = epochs([image_step("RandomBrightness")], EXAMPLES, count=1)
    plain, _, _ = epochs([], EXAMPLES, count=1)
    middle = (plain > 100) & (plain < 150)  # what is not cut off at 0 or 255
    moved = [np.round((images - plain)[i][middle[i]].mean(), 2) for i in range(EXAMPLES)]
    assert len(set(moved)) == EXAMPLES


def test_whole_numbers_stay_whole() -> None:
    import numpy as np

    images, _, _ = epochs([image_step("RandomRotation")], 5, dtype="uint8")
    assert images.dtype == np.uint8
    assert images.max() > 200


@pytest.mark.parametrize("factor", [None, (0.0, 1.0), (1.0, 1.0)])
def test_labels_are_mixed_as_the_images_are(factor: tuple[float, float] | None) -> None:
    """Each image is of one color that says its label: the colors of the mixture are its labels."""
    import numpy as np
    import tensorflow as tf

    from modelspec.data.augment import Draws, Mixing

    count = 64
    draws = Draws(1, *(tf.constant(n, tf.int64) for n in (0, 0, count)))
    colors = np.eye(CLASSES, dtype=np.float32)[np.arange(count) % CLASSES]
    others = np.eye(CLASSES, dtype=np.float32)[(np.arange(count) + 1) % CLASSES]
    image = np.broadcast_to(colors[:, None, None], (count, HEIGHT, WIDTH, CLASSES))
    partner = np.broadcast_to(others[:, None, None], image.shape)
    images, found = Mixing(0.4, factor).apply(
        (tf.constant(image), tf.constant(partner)),
        {"kind": (tf.constant(colors), tf.constant(others))},
        {"kind": False},
        draws,
    )
    np.testing.assert_allclose(images.numpy().mean((1, 2)), found["kind"].numpy(), atol=1e-5)
    np.testing.assert_allclose(found["kind"].numpy().sum(1), 1, atol=1e-5)
    shares = found["kind"].numpy().max(1)
    assert shares.min() < 0.9 < shares.max()


@pytest.mark.parametrize("alpha", [0.2, 1.0, 4.0])
def test_shares_are_of_the_beta_distribution(alpha: float) -> None:
    import numpy as np
    import tensorflow as tf

    from modelspec.data.augment import Draws, Mixing

    count = 4000
    draws = Draws(5, *(tf.constant(n, tf.int64) for n in (0, 0, count)))
    ones = tf.ones((count, 1, 1, 1))
    shares, _ = Mixing(alpha).apply((ones, tf.zeros_like(ones)), {}, {}, draws)
    shares = shares.numpy().ravel()
    assert abs(shares.mean() - 0.5) < 0.03
    assert abs(shares.var() - 1 / (4 * (2 * alpha + 1))) < 0.02
    assert np.all((shares >= 0) & (shares <= 1))


@pytest.mark.parametrize("factor", [None, (1.0, 1.0)])
def test_mixing_depends_on_the_example_alone(factor: tuple[float, float] | None) -> None:
    import numpy as np

    from modelspec.data.augment import Mixing

    steps = [image_step("RandomFlip"), Mixing(0.4, factor), image_step("RandomTranslation")]
    for mine, theirs in zip(epochs(steps, 4), epochs(steps, 3), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=DIGITS)
    _, labels, _ = epochs(steps, 4)
    assert ((labels > 0).sum(1) > 1).any()


def test_draws_are_uniform_and_differ() -> None:
    import numpy as np
    import tensorflow as tf

    from modelspec.data.augment import Draws

    def drawn(seed: int, epoch: int, first: int, count: int) -> Any:
        draws = Draws(seed, *(tf.constant(n, tf.int64) for n in (epoch, first, count)))
        return np.stack([draws.uniform().numpy(), draws.uniform((2,)).numpy()[:, 1]])

    whole = drawn(3, 0, 0, 5000)
    assert np.array_equal(whole[:, 1234:1250], drawn(3, 0, 1234, 16))
    assert abs(whole.mean() - 0.5) < 0.01
    assert abs(whole.var() - 1 / 12) < 0.005
    others = [whole[0], whole[1], drawn(3, 1, 0, 5000)[0], drawn(4, 0, 0, 5000)[0]]
    assert np.abs(np.corrcoef(others) - np.eye(4)).max() < 0.06

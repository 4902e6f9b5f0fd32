"""Random changes of training examples: functions of the example, whatever batch it is in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    "RandomCrop": {"height": HEIGHT, "width": WIDTH - 2},
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
    "Solarization": {"addition_factor": 0.5, "threshold_factor": 0.5},
}
QUICK = ("RandomCrop", "RandomFlip", "RandomErasing", "RandomRotation")


def examples(dtype: str = "float32", images: Any = None) -> Any:
    import numpy as np

    from modelspec.data.examples import Examples
    from modelspec.data.table import Table

    chance = np.random.default_rng(0)
    drawn = chance.uniform(0, 255, (EXAMPLES, HEIGHT, WIDTH, 3)).astype(dtype)
    images = drawn if images is None else images
    labels = np.eye(CLASSES, dtype=np.float32)[chance.integers(0, CLASSES, EXAMPLES)]
    masks = (images[..., 0] // 64).astype(np.int32)
    targets = {"kind": labels, "mask": masks}
    return Examples({"image": images}, targets, None, np.arange(EXAMPLES), Table({}, EXAMPLES, []))


def epochs(
    steps: Any,
    size: int,
    start: Any = (0, 0),
    count: int = 2,
    dtype: str = "float32",
    images: Any = None,
) -> tuple[Any, ...]:
    """Images, labels and masks of some epochs from a position on, in batches of a size."""
    import numpy as np

    from modelspec.data.augment import Augmentation, ChangedInputs
    from modelspec.data.feed import Feed, Position, Structure

    structure = Structure(("image",), ("kind", "mask"), "single", "list")
    changes = Augmentation(7, (ChangedInputs(("image",), tuple(steps), {"mask": "mask"}),))
    feed = Feed(examples(dtype, images), structure, size, None, changes)
    left = count * EXAMPLES - start[0] * EXAMPLES - start[1] * size
    made: list[Any] = []
    for found, (labels, masks) in feed.shuffled(3, Position(*start)):
        made.append((found.numpy(), labels.numpy(), masks.numpy()))
        left -= len(found)
        if left <= 0:
            return tuple(np.concatenate(parts) for parts in zip(*made, strict=True))
    raise AssertionError("a feed ends")


def image_step(name: str) -> Any:
    import keras

    from modelspec.data.augment import Cropping, ImageStep
    from modelspec.layers import traits_of

    if name == "RandomCrop":
        return Cropping(**LAYERS[name])
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
    width = LAYERS[name].get("width", WIDTH)
    assert whole[0].shape == (2 * EXAMPLES, HEIGHT, width, 3)
    assert whole[2].shape == (2 * EXAMPLES, HEIGHT, width)
    changed = np.abs(np.diff([np.sort(whole[0][part].sum((1, 2, 3))) for part in PARTS], axis=0))
    assert changed.max() > 1 or name == "RandomFlip"
    assert set(np.unique(whole[2])) <= set(range(CLASSES))


PARTS = (slice(0, EXAMPLES), slice(EXAMPLES, 2 * EXAMPLES))


@pytest.mark.parametrize("name", ["RandomFlip", "RandomTranslation", "RandomCrop", "several"])
def test_a_mask_moves_with_its_image(name: str) -> None:
    """Layers that copy pixels: the mask of the moved image is the moved mask."""
    import keras
    import numpy as np

    from modelspec.data.augment import AffineSteps, Cropping, ImageStep

    moved = keras.layers.RandomTranslation(0.3, 0.3, interpolation="nearest")
    zoomed = keras.layers.RandomZoom(0.3, interpolation="nearest")
    steps = {
        "RandomFlip": ImageStep(keras.layers.RandomFlip(), moves=True),
        "RandomTranslation": ImageStep(moved, moves=True),
        "RandomCrop": Cropping(5, 4),
        "several": AffineSteps((moved, zoomed)),
    }
    images, _, masks = epochs([steps[name]], 4)
    assert np.array_equal((images[..., 0] // 64).astype(np.int32), masks)
    assert masks.dtype == np.int32


def test_a_crop_is_part_of_its_image() -> None:
    """Each place is drawn, the first and the last too."""
    import numpy as np

    from modelspec.data.augment import Cropping

    plain, (cropped, _, _) = epochs([], 5)[0][:EXAMPLES], epochs([Cropping(HEIGHT, 8)], 5, count=9)
    order = [int(np.argmin(np.abs(plain[:, :, 1:9] - one).min((1, 2, 3)))) for one in cropped]
    starts = {
        start
        for one, whole in zip(cropped, order, strict=True)
        for start in range(WIDTH - 8 + 1)
        if np.array_equal(plain[whole, :, start : start + 8], one)
    }
    assert starts == set(range(WIDTH - 8 + 1))


def test_maps_that_are_multiplied_do_what_they_do_in_turn() -> None:
    """But for the blur of each interpolation, which is small where an image is smooth."""
    import keras
    import numpy as np

    from modelspec.data.augment import AffineSteps, ImageStep

    layers = keras.layers.RandomRotation(0.03), keras.layers.RandomZoom(0.1)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    smooth = np.stack([80 + 9 * rows + 4 * columns + i for i in range(EXAMPLES)])
    images = np.repeat(smooth[..., None], 3, axis=-1).astype(np.float32)
    at_once, _, _ = epochs([AffineSteps(layers)], 5, count=1, images=images)
    steps = [ImageStep(layer, moves=True) for layer in layers]
    in_turn, _, _ = epochs(steps, 5, count=1, images=images)
    inner = np.s_[:, 3:-3, 3:-3]
    plain, _, _ = epochs([], 5, count=1, images=images)
    assert np.abs(at_once - in_turn)[inner].max() < 0.1 * np.abs(at_once - plain)[inner].max()


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
    pairs = {
        "image": (tf.constant(image), tf.constant(partner)),
        "kind": (tf.constant(colors), tf.constant(others)),
    }
    found = Mixing(0.4, factor).apply(pairs, {"image": True, "kind": False}, draws)
    images = found["image"]
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
    pairs = {"image": (ones, tf.zeros_like(ones))}
    shares = Mixing(alpha).apply(pairs, {"image": True}, draws)["image"].numpy().ravel()
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


def test_inputs_of_one_entry_are_changed_alike() -> None:
    import numpy as np
    import tensorflow as tf

    from modelspec.data.augment import Augmentation, ChangedInputs, Cropping, Example, Places

    chance = np.random.default_rng(0)
    left = chance.uniform(50, 200, (EXAMPLES, HEIGHT, WIDTH, 3)).astype(np.float32)
    inputs = {"left": left, "right": left + 1, "far": left, "gray": left[..., 0]}
    moved = ChangedInputs(("left", "gray", "right"), (image_step("RandomFlip"), Cropping(6, 6)))
    erased = ChangedInputs(("right", "left"), (image_step("RandomErasing"),))
    changes = Augmentation(7, (moved, erased))
    places = Places(*(tf.constant(n, tf.int64) for n in (0, 0, EXAMPLES)))
    signature = {name: tf.TensorSpec((None, *value.shape[1:])) for name, value in inputs.items()}

    @tf.function(input_signature=[signature], autograph=False)
    def changed(given: Any) -> Any:
        example = Example(given, {}, {})
        return changes.apply(example, lambda: example, places).inputs

    found = {name: value.numpy() for name, value in changed(inputs).items()}
    assert np.array_equal(found["far"], left)
    kept = found["right"] == found["left"] + 1  # the rest is noise in place of what was erased
    assert kept.mean() > 0.3
    assert np.array_equal(found["gray"][kept[..., 0]], found["left"][..., 0][kept[..., 0]])
    assert found["right"].shape == (EXAMPLES, 6, 6, 3)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
    st.integers(0, 2**31 - 1),
)
def test_the_mass_of_a_label_is_its_area(
    height: int, width: int, factor: tuple[float, float], seed: int
) -> None:
    """Of any images: the pixels of one example, and a label with a share for each of two."""
    import numpy as np
    import tensorflow as tf

    from modelspec.data.augment import Draws, Mixing

    count = 8
    draws = Draws(seed, *(tf.constant(n, tf.int64) for n in (3, 5, count)))
    own = tf.ones((count, height, width, 1))
    labels = tf.constant([[1.0, 0.0]] * count), tf.constant([[0.0, 1.0]] * count)
    pairs = {"image": (own, tf.zeros_like(own)), "kind": labels, "mask": (own, tf.zeros_like(own))}
    cut = Mixing(factor=(min(factor), max(factor)))
    found = cut.apply(pairs, {"image": True, "kind": False, "mask": True}, draws)
    area = found["image"].numpy().mean((1, 2, 3))
    np.testing.assert_allclose(found["kind"].numpy()[:, 0], area, atol=1e-6)
    np.testing.assert_allclose(found["kind"].numpy().sum(1), 1, atol=1e-6)
    assert np.array_equal(found["image"], found["mask"])
    assert np.isin(found["image"], (0, 1)).all()

"""Images as targets: pairs of files, masks of classes, images as numbers; and what bad ones say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.diagnostics.finding import Span
from modelspec.diagnostics.problems import SpecError

pytestmark = pytest.mark.tensorflow

MODEL = """
  sequential:
    input: {shape: [8, 8, 3], name: photo}
    layers:
      - Conv2D: {filters: 3, kernel_size: 3, padding: same, activation: softmax, name: mask}
"""
ONE_UNIT = MODEL.replace("filters: 3", "filters: 1").replace("softmax", "sigmoid")
COLOURS = MODEL.replace("softmax", "sigmoid")
PAIRS = '{images: {path: "photos/*.png", pair: {mask: {path: "masks/*.png"}}}}'
MASKS = f"{{train: {PAIRS}, targets: {{mask: {{column: mask, labels: [1, 2, 3]}}}}}}"
LOSS = "\ntraining: {optimizer: adam, loss: %s}"


def mask(seed: int = 0, height: int = 12, width: int = 16, values: Any = (1, 2, 3)) -> Any:
    """Pixels [height, width] of a few values."""
    import numpy as np

    chosen = np.random.default_rng(seed).integers(0, len(values), (height, width))
    return np.asarray(values, dtype=np.uint8)[chosen]


def written(pixels: Any, form: str = "PNG") -> bytes:
    import PIL.Image
    from image_cases import encoded

    return encoded(PIL.Image.fromarray(pixels), form)


def pairs(count: int = 4, **more: bytes) -> dict[str, Any]:
    from image_cases import png

    files = {f"photos/{i}.png": png(i) for i in range(count)}
    files |= {f"masks/{i}.png": written(mask(i)) for i in range(count)}
    return {**files, **{name.replace("_", "/", 1): content for name, content in more.items()}}


def nearest(pixels: Any) -> Any:
    """What TensorFlow makes of a mask at 8 x 8."""
    import tensorflow as tf

    return tf.image.resize(pixels[..., None], (8, 8), "nearest").numpy()[..., 0]


def test_masks_are_matched_by_name_and_become_class_numbers(load: Any) -> None:
    import numpy as np

    data, findings = load(MASKS, pairs(), MODEL)
    assert not findings
    target = data.train.targets["mask"]
    assert target.shape == (4, 8, 8)
    assert target.dtype == np.int32
    for i in range(4):
        assert np.array_equal(target[i], nearest(mask(i)).astype(int) - 1)
    assert data.train.table.files == [f"photos/{i}.png" for i in range(4)]
    assert data.train.inputs["photo"].shape == (4, 8, 8, 3)


def test_a_mask_of_another_shape_than_its_image_is_warned_of(load: Any) -> None:
    turned = {**pairs(), "masks/2.png": written(mask(2, height=16, width=12))}
    data, findings = load(MASKS, turned, MODEL)
    assert data is not None
    (warning,) = findings
    assert "[unpaired-files]" in warning
    assert "masks/2.png (12 x 16 pixels, its image 16 x 12) has another shape" in warning
    half = {**pairs(), "masks/2.png": written(mask(2, height=6, width=8))}
    assert not load(MASKS, half, MODEL)[1]


def test_the_classes_of_a_mask_may_have_names_and_be_found(load: Any) -> None:
    named = MASKS.replace("[1, 2, 3]", "{1: pet, 2: ground, 3: edge}")
    data, findings = load(named, pairs(), MODEL)
    assert not findings
    assert data.label_names == {"mask": ("pet", "ground", "edge")}
    assert data.learned.labels == {"mask": ("1", "2", "3")}
    files = pairs(masks_1=b"")
    files["masks/1.png"] = written(mask(1, values=(2, 1, 255)))
    auto = MASKS.replace("labels: [1, 2, 3]", "labels: auto, ignore: 255")
    data, findings = load(auto, files, MODEL)
    assert not findings
    assert data.learned.labels == {"mask": ("1", "2", "3")}
    assert data.train.targets["mask"].min() == -1


def test_classes_are_learned_from_the_training_split_alone(load: Any) -> None:
    files = pairs(6)
    files["masks/5.png"] = written(mask(5, values=(1, 2, 9)))
    section = MASKS.replace("[1, 2, 3]", "auto").replace("targets:", "validation: 0.2, targets:")
    # with 14 the other mask is in the validation split
    found = [load(section, files, MODEL, seed) for seed in (0, 14)]
    (learned,) = [data for data, _ in found if data is not None]
    (refused,) = [findings[0] for data, findings in found if data is None]
    assert learned.learned.labels["mask"] == ("1", "2", "3", "9")
    words = "masks/5.png has pixels of value 9, not a pixel value of the training masks"
    assert words in refused


def test_a_mask_of_two_classes_has_the_axis_of_its_output(load: Any) -> None:
    import numpy as np

    files = pairs()
    files |= {f"masks/{i}.png": written(mask(i, values=(0, 255))) for i in range(4)}
    data, findings = load(MASKS.replace("[1, 2, 3]", "[0, 255]"), files, ONE_UNIT)
    assert not findings
    assert data.train.targets["mask"].shape == (4, 8, 8, 1)
    assert np.unique(data.train.targets["mask"]).tolist() == [0, 1]


@pytest.mark.parametrize(("colours", "bits"), [(200, 8), (16, 4), (4, 2), (2, 1)])
def test_the_numbers_of_a_palette_are_the_classes(load: Any, colours: int, bits: int) -> None:
    import io

    import numpy as np
    import PIL.Image

    files, values = pairs(), (0, 1) if colours == 2 else (0, 1, 3)
    for i in range(4):
        image = PIL.Image.fromarray(mask(i, values=values)).convert("P")
        image.putpalette(np.random.default_rng(0).integers(0, 256, 3 * colours).tolist())
        file = io.BytesIO()
        image.save(file, "PNG", bits=bits, transparency=0)
        assert file.getvalue()[24:26] == bytes([bits, 3])
        files[f"masks/{i}.png"] = file.getvalue()
    data, findings = load(MASKS.replace("[1, 2, 3]", "auto"), files, MODEL)
    assert data is not None, findings
    assert data.learned.labels["mask"] == tuple(map(str, values))
    wanted = np.searchsorted(values, nearest(mask(2, values=values)))
    assert np.array_equal(data.train.targets["mask"][2], wanted)


def test_an_autoencoder_has_its_input_as_target(load: Any) -> None:
    import numpy as np
    from image_cases import two_classes

    section = "{train: {images: pets}, targets: {mask: {column: image, divide: 255}}}"
    data, findings = load(section, two_classes(), COLOURS)
    assert not findings
    target = data.train.targets["mask"]
    assert target.dtype == np.float32
    np.testing.assert_allclose(target * 255, data.train.inputs["photo"], rtol=1e-5)


def test_a_target_may_be_larger_than_the_image(load: Any) -> None:
    layers = "Conv2D: {filters: 3, kernel_size: 3, padding: same, strides: 2}"
    model = f"""
  sequential:
    input: {{shape: [8, 8, 3], name: photo}}
    layers: [{layers}, UpSampling2D: {{size: 4, name: mask}}]
"""
    section = f"{{train: {PAIRS}, targets: {{mask: {{column: mask}}}}}}"
    data, findings = load(section, pairs(), model)
    assert not findings
    assert data.train.targets["mask"].shape == (4, 16, 16, 3)


def test_a_table_names_pairs(load: Any) -> None:
    import numpy as np

    rows = "photo,mask\nphotos/0.png,masks/2.png\nphotos/1.png,masks/3.png\n"
    files = {**pairs(), "t.csv": rows}
    labels = "targets: {mask: {column: mask, labels: [1, 2, 3]}}"
    plain, listed = "column: photo, pair: {mask: {resize: stretch}}", "column: [photo, mask]"
    for columns in (plain, listed):
        section = f"{{train: {{images: {{csv: t.csv, {columns}}}}}, inputs: photo, {labels}}}"
        data, findings = load(section, files, MODEL)
        assert not findings
        assert np.array_equal(data.train.targets["mask"][0], nearest(mask(2)).astype(int) - 1)


def test_several_images_an_example(load: Any) -> None:
    model = """
  functional:
    inputs: {left: {shape: [8, 8, 3]}, right: {shape: [4, 4, 1]}}
    layers:
      a: Flatten
      b: Flatten
      both: Concatenate
      kind: {Dense: {units: 1, activation: sigmoid}}
    edges: [left -> a, right -> b, "a, b -> both -> kind"]
    outputs: kind
"""
    pair = "pair: {right: {path: masks, color: grayscale}}"
    section = f"{{train: {{images: {{path: photos, {pair}}}}}"
    section += ", inputs: {left: image, right: right}, targets: label}"
    files = {
        name.replace("/", f"/{'ab'[i % 2]}/"): c for i, (name, c) in enumerate(pairs().items())
    }
    data, findings = load(section, files, model)
    assert not findings
    assert data.train.inputs["right"].shape == (4, 4, 4, 1)
    assert data.train.targets["kind"].ravel().tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("a/*_photo.png", "a/*_mask.png", ("a/x_photo.png", "a/x_mask.png")),
        ("a/*.png", "a/*_mask.png", ("a/x.png", "a/x_mask.png")),
        ("a/*/rgb.png", "a/*/seg.png", ("a/x/rgb.png", "a/x/seg.png")),
        ("a/**/*.png", "b/**/*.png", ("a/p/q/x.png", "b/p/q/x.png")),
        ("a/[xy]?.png", "b/[xy]?.*", ("a/x1.png", "b/x1.png")),
        ("a", "b", ("a/x.png", "b/x.png")),
    ],
)
def test_files_are_matched_by_what_wildcards_stand_for(
    load: Any, first: str, second: str, names: tuple[str, str]
) -> None:
    from image_cases import png

    others = [name.replace("x", "y") for name in names]
    files = {names[0]: png(1), others[0]: png(2)}
    files |= {names[1]: written(mask(1)), others[1]: written(mask(2))}
    section = MASKS.replace("photos/*.png", first).replace("masks/*.png", second)
    data, findings = load(section, files, MODEL)
    assert not findings
    assert sorted(Path(name).name for name in data.train.table.files) == sorted(
        Path(name).name for name in (names[0], others[0])
    )
    paths = data.train.table.columns["mask"].values.tolist()
    assert [Path(path).as_posix().endswith(names[1]) for path in paths].count(True) == 1


def test_larger_data_is_decoded_on_the_way(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    from modelspec.data.examples import cache
    from modelspec.data.feed.batches import Feed
    from modelspec.data.feed.structure import Structure

    whole, _ = load(MASKS, pairs(), MODEL)
    monkeypatch.setattr(cache, "CACHE_LIMIT", 1)
    data, findings = load(MASKS, pairs(), MODEL)
    assert not findings
    feed = Feed(data.train, Structure(("photo",), ("mask",), "single", "single"), 3)
    targets = [target.numpy() for _, target in feed.in_order()]
    assert [len(batch) for batch in targets] == [3, 1]
    assert np.array_equal(np.concatenate(targets), whole.train.targets["mask"])
    assert np.array_equal(cache.decoded(data.train.targets["mask"]), whole.train.targets["mask"])

    files = {**pairs(), "masks/2.png": written(mask(2, values=(1, 7)))}
    data, findings = load(MASKS, files, MODEL)
    assert not findings
    feed = Feed(data.train, Structure(("photo",), ("mask",), "single", "single"), 3)
    words = r"masks/2.png has pixels of value 7, not one of `labels`"
    place = Span("s.yaml", 1, 1, 1, 1)
    with (
        pytest.raises(SpecError, match=words),
        cache.report_undecodable_files(place, data.train),
    ):
        list(feed.in_order())


def test_bad_pairs_and_masks(assert_messages: Any) -> None:
    from image_cases import jpeg, png

    cases = {
        "no-partner": (MASKS, pairs(photos_9=png(9)) | {"photos/9.png": png(9)}, MODEL),
        "no-image": (MASKS, {**pairs(), "masks/8.png": written(mask(8))}, MODEL),
        "no-names-agree": (
            MASKS,
            {
                f"{'masks/m' if n.startswith('m') else 'photos/'}{n[-5:]}": c
                for n, c in pairs().items()
            },
            MODEL,
        ),
        "two-of-one-name": (
            MASKS.replace("masks/*.png", "masks/*"),
            {**pairs(), "masks/1.bmp": written(mask(1), "BMP")},
            MODEL,
        ),
        "not-a-label": (
            MASKS,
            {**pairs(), "masks/2.png": written(mask(2, values=(1, 7, 9)))},
            MODEL,
        ),
        "jpeg-mask": (
            MASKS.replace("masks/*.png", "masks/*.jpg"),
            pairs() | {f"masks/{i}.jpg": jpeg(i) for i in range(4)},
            MODEL,
        ),
        "damaged-mask": (MASKS, {**pairs(), "masks/2.png": damaged()}, MODEL),
        "deep-mask": (MASKS, {**pairs(), "masks/2.png": deep()}, MODEL),
        "one-class": (
            MASKS.replace("[1, 2, 3]", "auto"),
            pairs() | {f"masks/{i}.png": written(mask(i, values=(4,))) for i in range(4)},
            MODEL,
        ),
    }
    assert_messages("image_targets", cases)


def damaged() -> bytes:
    sound = written(mask(2))
    return sound[:50] + bytes(9) + sound[59:]


def deep() -> bytes:
    from image_cases import deep_png

    return deep_png()


def test_what_cannot_be_is_found_without_the_files(assert_messages: Any) -> None:
    sparse = LOSS % "sparse_categorical_crossentropy"
    binary = LOSS % "binary_crossentropy"
    numbers = f"{{train: {PAIRS}, targets: {{mask: {{column: mask}}}}}}"
    dense = "\n  sequential:\n    input: {shape: [8, 8, 3], name: photo}\n"
    dense += "    layers: [Flatten, Dense: {units: 3, activation: softmax, name: mask}]\n"
    open_size = MODEL.replace("[8, 8, 3]", "[null, null, 3]")
    labels = "labels: [1, 2, 3]"
    masks = MASKS.replace
    own = '{path: "masks/*.png"}'
    table = "{images: {csv: t.csv, column: photo, pair: {mask: {path: x}}}}"
    cases = {
        "three-classes-in-one-unit": (MASKS + binary, {}, ONE_UNIT),
        "two-classes-in-three-units": (masks("[1, 2, 3]", "[0, 1]") + binary, {}, MODEL),
        "too-few-units": (masks("[1, 2, 3]", "[1, 2, 3, 4]") + sparse, {}, MODEL),
        "one-hot-loss": (MASKS + LOSS % "categorical_crossentropy", {}, MODEL),
        "numbers-as-classes": (numbers + sparse, {}, MODEL),
        "pixels-of-a-binary-loss": (numbers + binary, {}, COLOURS),
        "grey-output": (numbers + LOSS % "mse", {}, ONE_UNIT),
        "other-size": (
            numbers.replace('masks/*.png"', 'masks/*.png", size: [9, 8]') + LOSS % "mse",
            {},
            COLOURS,
        ),
        "mixed-pixels": (
            masks(own, f"{own[:-1]}, color: rgb, interpolation: bilinear}}"),
            {},
            MODEL,
        ),
        "no-image-comes-out": (MASKS + sparse, {}, dense),
        "no-size": (
            masks(PAIRS, PAIRS.replace('photos/*.png"', 'photos/*.png", size: [8, 8]')),
            {},
            open_size,
        ),
        "labels-of-names": (masks("[1, 2, 3]", "[cat, dog, eel]"), {}, MODEL),
        "ignored-label": (masks(labels, f"{labels}, ignore: 3"), {}, MODEL),
        "ignore-without-the-loss": (masks(labels, f"{labels}, ignore: 255") + sparse, {}, MODEL),
        "ignore-without-labels": (masks(labels, "ignore: 255"), {}, MODEL),
        "divided-labels": (masks(labels, f"{labels}, divide: 255"), {}, MODEL),
        "divided-numbers": (
            "{train: {csv: t.csv}, inputs: [a], targets: {mask: {column: y, divide: 255}}}",
            {},
            MODEL,
        ),
        "two-images-in-one": (masks("column: mask", "column: [mask, image]"), {}, MODEL),
        "stratified-by-files": (masks("targets:", "stratify: mask, targets:"), {}, MODEL),
        "class-weights-and-ignored": (
            masks(labels, f"{labels}, ignore: 0") + "\ntraining: {optimizer: adam,"
            " loss: {SparseCategoricalCrossentropy: {ignore_class: -1}}, class_weight: balanced}",
            {},
            MODEL,
        ),
        "pair-without-path": (masks(own, "{color: grayscale}"), {}, MODEL),
        "pair-called-label": (masks("{mask: {path", "{label: {path"), {}, MODEL),
        "path-in-a-table": (masks(PAIRS, table), {}, MODEL),
    }
    assert_messages("image_target_specs", cases)

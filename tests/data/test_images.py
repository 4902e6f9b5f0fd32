"""Folders and tables of images: what is read, and what a bad file says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.diagnostics.finding import Span
from modelspec.diagnostics.problems import SpecError

pytestmark = pytest.mark.tensorflow

MODEL = """
  sequential:
    input: {shape: [8, 8, 3], name: picture}
    layers: [Flatten, Dense: {units: 2, name: kind}]
"""
PLAIN = "{train: {images: pets}, targets: label}"


def folder(**more: Any) -> dict[str, Any]:
    from image_cases import two_classes

    return {**two_classes(), **{f"pets/{name}": content for name, content in more.items()}}


def test_a_folder_of_classes(load: Any) -> None:
    data, findings = load(PLAIN, folder(), MODEL)
    assert not findings
    assert data.learned.labels == {"kind": ("cat", "dog")}
    assert data.train.targets["kind"].ravel().tolist() == [0, 0, 0, 1, 1, 1]
    assert data.train.inputs["picture"].shape == (6, 8, 8, 3)
    assert data.train.table.files[:2] == ["pets/cat/0.png", "pets/cat/1.jpg"]
    assert data.train.table.locate(3) == "pets/dog/0.png"


@pytest.mark.parametrize("resize", ["stretch", "crop_to_aspect", "pad_to_aspect"])
@pytest.mark.parametrize("color", ["grayscale", "rgb"])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_pixels_are_those_of_keras(
    load: Any, tmp_path: Path, resize: str, color: str, interpolation: str
) -> None:
    import keras
    import numpy as np

    model = MODEL.replace("[8, 8, 3]", "[null, null, null]").replace("Flatten", "Flatten")
    model = model.replace("Flatten", "GlobalAveragePooling2D").replace("null]", "3]")
    if color == "grayscale":
        model = model.replace("3]", "1]")
    options = f"color: {color}, size: [9, 6], resize: {resize}, interpolation: {interpolation}"
    section = f"{{train: {{images: {{path: pets, {options}}}}}, targets: label}}"
    data, findings = load(section, folder(), model)
    assert not findings
    batches = keras.utils.image_dataset_from_directory(
        tmp_path / "pets",
        color_mode=color,
        image_size=(9, 6),
        interpolation=interpolation,
        crop_to_aspect_ratio=resize == "crop_to_aspect",
        pad_to_aspect_ratio=resize == "pad_to_aspect",
        shuffle=False,
        verbose=False,
    )
    wanted = np.concatenate([images.numpy() for images, _ in batches])
    assert data.train.inputs["picture"].dtype == np.float32
    assert np.array_equal(data.train.inputs["picture"], wanted)


def test_more_than_memory_may_hold_is_decoded_on_the_way(
    load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    from modelspec.data.examples import cache
    from modelspec.data.feed.batches import Feed
    from modelspec.data.feed.structure import Structure
    from modelspec.data.table.table import LazyArray

    whole, _ = load(PLAIN, folder(), MODEL)
    monkeypatch.setattr(cache, "CACHE_LIMIT", 1)
    data, findings = load(PLAIN, folder(), MODEL)
    assert not findings
    assert isinstance(data.train.inputs["picture"], LazyArray)
    feed = Feed(data.train, Structure(("picture",), ("kind",), "single", "single"), 4)
    batches = [images.numpy() for images, _ in feed.in_order()]
    assert [len(batch) for batch in batches] == [4, 2]
    assert np.array_equal(np.concatenate(batches), whole.train.inputs["picture"])


def test_a_damaged_image_is_named_though_it_is_not_cached(
    load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from modelspec.data.examples import cache
    from modelspec.data.examples.cache import report_undecodable_files
    from modelspec.data.feed.batches import Feed
    from modelspec.data.feed.structure import Structure

    monkeypatch.setattr(cache, "CACHE_LIMIT", 1)
    files = folder()
    sound = files["pets/dog/0.png"]
    files["pets/dog/0.png"] = sound[:60] + bytes(30) + sound[90:]
    data, findings = load(PLAIN, files, MODEL)
    assert not findings
    feed = Feed(data.train, Structure(("picture",), ("kind",), "single", "single"), 4)
    words = r"pets/dog/0\.png cannot be decoded: Invalid PNG data"
    place = Span("s.yaml", 1, 1, 1, 1)
    with pytest.raises(SpecError, match=words), report_undecodable_files(place, None, data.train):
        list(feed.in_order())


def test_a_damaged_image_is_looked_for_by_the_class_of_the_error_not_by_its_words(
    load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tensorflow as tf

    from modelspec.data.examples import cache

    monkeypatch.setattr(cache, "CACHE_LIMIT", 1)
    files = folder()
    sound = files["pets/dog/0.png"]
    files["pets/dog/0.png"] = sound[:60] + bytes(30) + sound[90:]
    data, _ = load(PLAIN, files, MODEL)
    place = Span("s.yaml", 1, 1, 1, 1)
    reworded = tf.errors.InvalidArgumentError(None, None, "this picture makes no sense")
    with (
        pytest.raises(SpecError, match="cannot be decoded"),
        cache.report_undecodable_files(place, data.train),
    ):
        raise reworded
    with (
        pytest.raises(ValueError, match="decode"),
        cache.report_undecodable_files(place, data.train),
    ):
        raise ValueError("cannot decode the reply of a server")


def test_a_table_of_paths(load: Any) -> None:
    rows = ["file,kind", "cat/0.png,a", "dog/1.jpg,b", "cat/2.png,a", ""]
    files = {**folder(), "lists/t.csv": "\n".join(rows)}
    options = "csv: lists/t.csv, column: file, folder: pets"
    data, findings = load(f"{{train: {{images: {{{options}}}}}, targets: kind}}", files, MODEL)
    assert not findings
    assert data.train.targets["kind"].ravel().tolist() == [0, 1, 0]
    assert data.train.inputs["picture"].shape == (3, 8, 8, 3)
    assert data.train.table.locate(1) == "lists/t.csv, row 3"
    _, findings = load(f"{{train: {{images: {{{options}}}}}, targets: knd}}", files, MODEL)
    assert len(findings) == 1
    assert 'no column `knd`; did you mean "kind"' in findings[0]
    files["lists/t.csv"] = files["lists/t.csv"].replace("dog/1", "dog/9")
    _, findings = load(f"{{train: {{images: {{{options}}}}}, targets: kind}}", files, MODEL)
    assert len(findings) == 1
    assert "dog/9.jpg cannot be read: No such file or directory" in findings[0]


def cut(content: bytes, keep: float) -> bytes:
    return content[: int(len(content) * keep)]


def test_bad_images_are_named(assert_messages: Any) -> None:
    from image_cases import deep_png, encoded, jpeg, pixels, png

    bad = {
        "cut-jpeg": ("x.jpg", cut(jpeg(1, 40, 40), 0.8)),
        "cut-png": ("x.png", cut(png(1, 40, 40), 0.8)),
        "cut-gif": ("x.gif", cut(encoded(pixels(40, 40), "GIF"), 0.8)),
        "cut-bmp": ("x.bmp", cut(encoded(pixels(40, 40), "BMP"), 0.8)),
        "cut-header": ("x.jpg", jpeg()[:30]),
        "text": ("x.jpg", b"hello"),
        "empty": ("x.png", b""),
        "cmyk": ("x.jpg", encoded(pixels(9, 9).convert("CMYK"), "JPEG")),
        "deep": ("x.png", deep_png()),
        "grey-bmp": ("x.bmp", encoded(pixels(9, 9).convert("L"), "BMP")),
        "loose": ("../loose.png", png()),
    }
    cases = {
        case: (PLAIN, folder(**{f"cat/{name}": content}), MODEL)
        for case, (name, content) in bad.items()
    }
    shapes = {
        "grey-input": ("[8, 8, 1]", ""),
        "other-size": ("[8, 8, 3]", ", size: [8, 9]"),
        "no-size": ("[null, 8, 3]", ""),
        "no-channels": ("[8, 8]", ""),
        "alpha-input": ("[8, 8, 4]", ""),
        "no-such-channels": ("[8, 8, 7]", ""),
    }
    for case, (shape, options) in shapes.items():  # found without the files
        model = MODEL.replace("[8, 8, 3]", shape).replace("Flatten, ", "")
        section = f"{{train: {{images: {{path: nowhere{options}}}}}, targets: label}}"
        cases[case] = section, {}, model
    files = {**folder(), "t.csv": "file,kind\ncat/0.png,a\ndog/1.jpg,b\n"}
    for case, options in (("paths-elsewhere", ", column: file"), ("no-path-column", "")):
        section = f"{{train: {{images: {{csv: t.csv{options}}}}}, targets: kind}}"
        cases[case] = section, files, MODEL
    tables = {
        "paths-are-addresses": ("https://host/{}", "pictures/{}"),
        "paths-of-windows": ("pictures\\{}", "pictures/{}"),
        "paths-without-endings": ("pictures/{}", "pictures/{}.png"),
        "some-paths-missing": ("pictures/{}", "pictures/0"),
    }
    section = "{train: {images: {csv: t.csv, column: file}}, targets: kind}"
    for case, (written, there) in tables.items():
        rows = "".join(f"{written.format(i)},{'ab'[i]}\n" for i in range(2))
        pictures = {there.format(i): png(i) for i in range(2)}
        cases[case] = section, {**pictures, "t.csv": f"file,kind\n{rows}"}, MODEL
    converted = {f"photos/{kind}/{i}.webp": png(i) for kind in ("cat", "dog") for i in range(2)}
    cases["all-of-another-format"] = "{train: {images: photos}, targets: label}", converted, MODEL
    assert_messages("images", cases)


def test_an_image_that_cannot_be_decoded_is_named(load: Any) -> None:
    from image_cases import png

    middle = bytearray(png(1, 40, 40))
    middle[60:64] = b"\0\0\0\0"
    loaded, findings = load(PLAIN, folder(**{"cat/x.png": bytes(middle)}), MODEL)
    assert loaded is None
    assert len(findings) == 1
    assert "pets/cat/x.png cannot be decoded: Invalid PNG data" in findings[0]


def test_one_finding_for_all_files_with_the_same_error(load: Any) -> None:
    files = folder(**{f"cat/x{i}.jpg": b"no" for i in range(8)})
    _, findings = load(PLAIN, files, MODEL)
    assert len(findings) == 1
    assert "x0.jpg" in findings[0]
    assert "and 3 more" in findings[0]


def test_an_image_that_may_not_be_read(load: Any, tmp_path: Path) -> None:
    path = tmp_path / "pets" / "cat" / "9.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    path.chmod(0)
    try:
        path.read_bytes()
    except PermissionError:
        _, findings = load(PLAIN, folder(), MODEL)
        assert len(findings) == 1
        assert "pets/cat/9.jpg cannot be read: Permission denied" in findings[0]
    else:
        pytest.skip("this user may read every file")


def test_folders_that_are_not_as_they_should(load: Any, tmp_path: Path) -> None:
    (tmp_path / "pets" / "eel").mkdir(parents=True)
    _, findings = load(PLAIN, folder(), MODEL)
    assert len(findings) == 1
    assert "the class folder pets/eel has no file that can be read" in findings[0]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cat/.DS_Store", b"x", ""),
        ("cat/._1.jpg", b"x", ""),
        ("cat/readme.txt", b"x", "files that are skipped: cat/readme.txt"),
        ("cat/see_through.png", "alpha", "would lose the alpha channel"),
        ("cat/held.jpg", "held", "would be read as the camera was held"),
        ("cat/upright.jpg", "upright", ""),
    ],
)
def test_other_files(load: Any, name: str, content: Any, words: str) -> None:
    from image_cases import jpeg, png

    made = {"alpha": png(mode="RGBA"), "held": held(jpeg(), 6), "upright": held(jpeg(), 1)}
    content = made.get(content, content)
    data, findings = load(PLAIN, folder(**{name: content}), MODEL)
    assert data is not None
    assert len(findings) == bool(words)
    assert not words or (" warning: " in findings[0] and words in findings[0])


def held(jpeg: bytes, orientation: int) -> bytes:
    """A JPEG with the EXIF of a camera, of which the orientation is the second entry."""
    width = b"\x01\x00\x00\x04\x00\x00\x00\x01\x00\x00\x00\x08"
    turn = b"\x01\x12\x00\x03\x00\x00\x00\x01" + bytes([0, orientation, 0, 0])
    exif = b"Exif\0\0MM\x00\x2a\x00\x00\x00\x08\x00\x02" + width + turn + b"\0\0\0\0"
    return jpeg[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + jpeg[2:]


BOTH = "is in both `train` and `test`"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("{train: {images: pets}, test: {images: pets/cat}, targets: label}", BOTH),
        ("{train: {images: pets/cat}, test: {images: pets}, targets: label}", BOTH),
        (
            "{train: {images: pets}, targets: label, test: {images: {csv: t.csv}}}",
            "1.jpg is in both `train` and `test`",
        ),
    ],
)
def test_an_image_in_two_splits(load: Any, data: str, words: str) -> None:
    files = {**folder(), "t.csv": "image,label\npets/cat/1.jpg,cat\n"}
    loaded, findings = load(data, files, MODEL)
    assert loaded is None
    assert any("[leaking-split]" in finding and words in finding for finding in findings)


def test_headers_are_checked_without_numpy(tmp_path: Path) -> None:
    import subprocess
    import sys

    from image_cases import jpeg

    for name, content in folder(**{"cat/x.jpg": jpeg()[:-20]}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    spec = f"modelspec: 1\nmodel: {MODEL}\ndata: {PLAIN}\n"
    (tmp_path / "spec.yaml").write_text(spec, encoding="utf-8")
    code = """if True:
        import sys
        from modelspec.api.validation import data_check
        data_check.READER_PACKAGES = ("no_such_package",)
        from modelspec.api.validation import validate_file
        for finding in validate_file("spec.yaml", data=True):
            print(finding)
        assert not {"numpy", "tensorflow", "pyarrow"} & sys.modules.keys()
    """
    environment = {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "pets/cat/x.jpg cannot be read: the image is truncated" in done.stdout

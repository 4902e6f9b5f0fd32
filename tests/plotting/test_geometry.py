"""Nothing in a picture lies on anything else, on any spec of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn import drawing_of, picture_of
from geometry import overlaps

from modelspec.layers.applications import ARCHITECTURES
from modelspec.plotting import place

ROOT = Path(__file__).parents[2]
SPECS = [
    *sorted((ROOT / "specs").glob("*.yaml")),
    *sorted((ROOT / "tests/specs_ok").glob("*.yaml")),
    ROOT / "benchmarks/gpt3.yaml",
]
QUICK = {"ResNet50", "DenseNet121", "NASNetMobile", "InceptionV3", "MobileNetV3Small"}


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_no_part_of_a_picture_overlaps_another(path: Path) -> None:
    assert list(overlaps(picture_of(path))) == []
    assert list(overlaps(picture_of(path, unfold=True))) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", sorted((ROOT / "specs/keras_io").rglob("*.yaml")), ids=lambda path: path.stem
)
def test_nor_on_the_specs_of_keras_io(path: Path) -> None:
    assert list(overlaps(picture_of(path))) == []


def application(name: str) -> str:
    size = 331 if name == "NASNetLarge" else 224
    return f"""
modelspec: 1
name: {name}
model:
  sequential:
    input: {{shape: [{size}, {size}, 3]}}
    layers: [applications.{name}: {{weights: null}}]
"""


@pytest.mark.parametrize(
    "name",
    [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name in (*ARCHITECTURES, *(f"ResNet{n}{v}" for n in (50, 101, 152) for v in ("", "V2")))
    ],
)
def test_nor_on_applications(name: str) -> None:
    folded = place(drawing_of(application(name)))
    assert list(overlaps(folded)) == []
    assert len(folded.boxes) < 100
    whole = place(drawing_of(application(name), unfold=True))
    assert list(overlaps(whole)) == []


@pytest.mark.parametrize("count", [10, 200, 1000])
def test_a_long_stack_goes_on_in_columns(count: int) -> None:
    layers = "\n".join(f"      - Dense: {{units: {8 + number}}}" for number in range(count))
    text = (
        f"modelspec: 1\nmodel:\n  sequential:\n    input: {{shape: [4]}}\n    layers:\n{layers}\n"
    )
    picture = place(drawing_of(text))
    assert list(overlaps(picture)) == []
    assert len(picture.boxes) == count + 2
    assert picture.height < 1200 or picture.width > 0.8 * picture.height


def test_the_check_can_fail() -> None:
    picture = picture_of(ROOT / "specs/resnet.yaml")
    for number, part in enumerate((*picture.boxes, *picture.labels)):
        part.x += 90 * (number % 3)
    found = " ".join(overlaps(picture))
    for words in ("the card", "label", "the line from", "border", "outside"):
        assert words in found


def test_what_is_read_twice_and_by_name_is_drawn_once() -> None:
    text = """
modelspec: 1
model:
  functional:
    inputs: {x: {shape: [8, 16]}}
    layers:
      a: {MultiHeadAttention: {num_heads: 2, key_dim: 8}}
    edges: ["x, x -> a"]
    outputs: a
"""
    picture = place(drawing_of(text))
    assert [line.target.name for line in picture.lines] == ["a", "a"]
    assert list(overlaps(picture)) == []

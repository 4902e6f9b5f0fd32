"""What is folded, and what groups stand for."""

from __future__ import annotations

from pathlib import Path

from drawn import drawing_of
from geometry import overlaps

from modelspec.plotting import place
from modelspec.plotting.reading import all_nodes
from modelspec.plotting.scene import Scene, SceneNode

ROOT = Path(__file__).parents[2]
GPT3 = (ROOT / "benchmarks/gpt3.yaml").read_text(encoding="utf-8")


def shown(scene: Scene) -> list[SceneNode]:
    return [node for node in scene.nodes if not node.is_end]


def test_a_repeat_of_blocks_is_one_node() -> None:
    drawing = drawing_of(GPT3)
    embed, blocks, norm, words = shown(drawing.scene)
    assert (embed.name, norm.class_name, words.name) == (
        "embed",
        "LayerNormalization",
        "next_token",
    )
    assert (blocks.name, blocks.times, blocks.layers) == ("block0 … block95", 96, 7)
    assert blocks.params == 96 * 1_812_099_072
    assert blocks.is_open
    assert blocks.inside is not None
    assert [n.name for n in shown(blocks.inside)][:2] == ["norm1", "attention"]


def test_unfold_and_depth() -> None:
    assert len(shown(drawing_of(GPT3, unfold=True).scene)) == 99
    assert not any(node.is_open for node in all_nodes(drawing_of(GPT3, depth=0).scene))
    one = drawing_of(GPT3, depth=1).scene
    assert [node.is_open for node in shown(one)] == [True, True, False, False]


def test_a_repeat_of_plain_layers_is_one_node_whose_sizes_may_change() -> None:
    drawing = drawing_of("""
modelspec: 1
model:
  sequential:
    input: {shape: [4]}
    layers:
      - repeat:
          times: 30
          layers:
            - Dense: {units: "${8 + index}"}
            - ReLU
      - Dense: {units: 1}
""")
    repeat, last = shown(drawing.scene)
    assert (repeat.class_name, repeat.times, repeat.layers) == ("repeat", 30, 2)
    assert repeat.shapes == {None: "37"}
    assert last.name == "dense_30"


def test_blocks_of_an_application_are_found_by_their_names() -> None:
    drawing = drawing_of("""
modelspec: 1
model:
  sequential:
    input: {shape: [224, 224, 3]}
    layers: [applications.ResNet50: {weights: null}]
""")
    (whole,) = shown(drawing.scene)
    assert whole.inside is not None
    groups = [(n.name, n.times) for n in whole.inside.nodes if n.inside is not None]
    assert groups[:2] == [("conv2_block1", 1), ("conv2_block2", 1)]
    assert ("conv4_block2 … conv4_block6", 5) in groups


def test_a_layer_that_is_called_twice_has_its_weights_once() -> None:
    text = (ROOT / "specs/siamese.yaml").read_text(encoding="utf-8")
    calls = [(n.name, n.call) for n in shown(drawing_of(text).scene) if n.call[1] > 1]
    assert calls == [("left_code", (1, 2)), ("right_code", (2, 2))]


def test_branches_of_many_inputs_are_no_block_and_no_adapted_layer_is_frozen() -> None:
    names = [f"c{number}" for number in range(45)]
    inputs = ", ".join(f"{name}: {{shape: [1]}}" for name in names)
    layers = "".join(f"      n_{name}: Normalization\n" for name in names)
    edges = "".join(f"      - {name} -> n_{name}\n" for name in names)
    drawing = drawing_of(
        f"modelspec: 1\nmodel:\n  functional:\n    inputs: {{{inputs}}}\n    layers:\n{layers}"
        f"      all: Concatenate\n    edges:\n{edges}"
        f"      - {', '.join(f'n_{name}' for name in names)} -> all\n    outputs: all\n"
    )
    assert all(node.inside is None for node in drawing.scene.nodes)
    assert not any(node.is_frozen for node in drawing.scene.nodes)
    assert list(overlaps(place(drawing))) == []


def test_what_the_training_freezes_is_marked() -> None:
    drawing = drawing_of("""
modelspec: 1
model:
  sequential:
    input: {shape: [4]}
    layers: [Dense: {units: 3, name: body}, Dense: {units: 1, name: head}]
training: {loss: mse, optimizer: sgd, freeze: [body]}
""")
    assert [(n.name, n.is_frozen) for n in shown(drawing.scene)] == [
        ("body", True),
        ("head", False),
    ]

"""What `modelspec diff` says of changes that are easily missed, or told as more than they are."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelspec.api import diff
from modelspec.cli import run
from modelspec.comparison import FORMATS, SpecDiff, diff_specs
from modelspec.comparison.git_setup import set_up

SPECS = Path(__file__).parents[2] / "specs"

SIAMESE = """
inputs: {left: {shape: [8]}, right: {shape: [8]}}
layers:
  encoder: {Sequential: {layers: [Dense: {units: 6, name: inner}]}}
  between: {Subtract: {}}
  same: {Dense: {units: 1}}
edges:
  - left -> encoder as a
  - right -> encoder as b
  - a, b -> between -> same
outputs: same
"""

RECURRENT = """
inputs: {text: {shape: [null, 8]}}
layers:
  encode: {LSTM: {units: 8, return_sequences: true, return_state: true}}
  decode: {LSTM: {units: 8}}
  look: {MultiHeadAttention: {num_heads: 2, key_dim: 4}}
edges:
  - text -> encode as steps, h, c
  - {from: {sequences: steps, initial_state: [h, c]}, to: decode}
  - from: {query: steps, value: text}
    to: look
    call: {return_attention_scores: true}
    as: [seen, scores]
outputs: {summary: decode, seen: seen, state: h}
"""

ENDS = """
inputs: {x: {shape: [8]}, z: {shape: [8]}}
layers:
  a: {Dense: {units: 4}}
  b: {Dense: {units: 4}}
edges: [x -> a, z -> b]
outputs: [a, b]
"""

WEIGHTS = """
inputs: {p: {shape: [6, 4]}}
layers:
  position: {Weight: {shape: [6, 4], initializer: zeros}}
  placed: Add
  numbers: {ops.arange: {stop: 6}}
  order: {Embedding: {input_dim: 7, output_dim: 4}}
  out: ops.add
edges: ["p, position -> placed", numbers -> order, "placed, order -> out"]
outputs: out
"""

NESTED = """
inputs: {x: {shape: [8]}}
layers:
  encoder:
    Functional:
      inputs: {a: {shape: [8]}, b: {shape: [8]}}
      layers: {s: Subtract, t: ReLU, c: {Concatenate: {}}, d: {Dense: {units: 8}}}
      edges: ["a, b -> s -> d", a -> t, "d, t -> c"]
      outputs: c
  h: {Dense: {units: 8}}
  y: {Dense: {units: 2}}
edges: [x -> h, "x, h -> encoder -> y"]
outputs: y
"""


def write(path: Path, model: str | dict[str, Any], kind: str = "functional") -> Path:
    inner = yaml.safe_load(model) if isinstance(model, str) else model
    path.write_text(yaml.safe_dump({"modelspec": 1, "model": {kind: inner}}, sort_keys=False))
    return path


def compared(folder: Path, old: Any, new: Any, kind: str = "functional") -> SpecDiff:
    return diff(write(folder / "old.yaml", old, kind), write(folder / "new.yaml", new, kind))


def model_lines(found: SpecDiff) -> list[str]:
    """The lines of the section about the model."""
    text = FORMATS["text"](found)
    _, _, rest = text.partition("\nmodel\n")
    return [line.strip() for line in rest.partition("\n\n")[0].splitlines()]


CASES = {
    "another call of a shared layer": (
        SIAMESE,
        {"a, b ->": "b, a ->"},
        ["~ between  Subtract  rewired: reads b and a, before a and b"],
    ),
    "names of calls alone": (SIAMESE, {"as a": "as first", "a, b ->": "first, b ->"}, []),
    "calls in another order": (
        SIAMESE,
        {
            "- left -> encoder as a\n  - right -> encoder as b": "- right -> encoder as b\n"
            "  - left -> encoder as a"
        },
        [],
    ),
    "one call more": (
        SIAMESE,
        {
            "- a, b ->": "- b -> mid -> encoder as c\n  - a, c ->",
            "  same": "  mid: {Dense: {units: 8}}\n  same",
        },
        [
            "~ encoder  Sequential  rewired: reads left, right and mid, before left and right",
            "+ mid  Dense  {units: 8}  reads b  56 params",
            "~ between  Subtract  rewired: reads a and c, before a and b",
        ],
    ),
    "other results of a layer": (
        RECURRENT,
        {"[h, c]}": "[c, h]}"},
        [
            "~ decode  LSTM  rewired: reads initial_state: c, initial_state: h and "
            "sequences: steps, before initial_state: h, initial_state: c and sequences: steps"
        ],
    ),
    "another result as output": (
        RECURRENT,
        {"state: h}": "state: c}"},
        ["~ output state  is c, before h"],
    ),
    "tensors for other arguments": (
        RECURRENT,
        {"query: steps, value: text": "value: steps, query: text"},
        [
            "~ look  MultiHeadAttention  rewired: reads query: text and value: steps, before "
            "query: steps and value: text"
        ],
    ),
    "an argument of a call": (
        RECURRENT,
        {"scores: true": "scores: true, use_causal_mask: true"},
        ["~ look  MultiHeadAttention  call.use_causal_mask: null → true"],
    ),
    "outputs in another order": (ENDS, {"[a, b]": "[b, a]"}, ["~ outputs: [a, b] → [b, a]"]),
    "outputs as a mapping": (
        ENDS,
        {"[a, b]": "{a: a, b: b}"},
        ["~ outputs: [a, b] → {a: a, b: b}"],
    ),
    "inputs in another order": (
        ENDS,
        {"{x: {shape: [8]}, z: {shape: [8]}}": "{z: {shape: [8]}, x: {shape: [8]}}"},
        ["~ inputs: [x, z] → [z, x]"],
    ),
    "a renamed input beside a new one": (
        ENDS,
        {
            "{x: {shape: [8]}, z: {shape: [8]}}": "{u: {shape: [8]}, z: {shape: [8]}, "
            "v: {shape: [3]}}",
            "x -> a, z -> b": "u -> a, 'z, v -> c -> b'",
            "layers:": "layers:\n  c: Concatenate",
        },
        [
            "~ x → u  input  renamed",
            "+ v  input  {shape: [3], dtype: float32}",
            "+ c  Concatenate  reads z and v",
            "by this b has other params or FLOPs",
        ],
    ),
    "a sparse input": (
        ENDS,
        {"x: {shape: [8]": "x: {shape: [8], sparse: true"},
        ["~ x  input  sparse: false → true"],
    ),
    "a dict of inputs": (
        ENDS,
        {"layers:": "input_structure: dict\nlayers:"},
        ["~ input_structure: list → dict"],
    ),
    "a learned tensor and a constant": (
        WEIGHTS,
        {"zeros": "ones", "stop: 6": "stop: 6, dtype: int32"},
        [
            "~ position  Weight  initializer: Zeros → Ones",
            "~ numbers  ops.arange  dtype: null → int32",
        ],
    ),
    "a renamed constant": (
        WEIGHTS,
        {"numbers": "rows"},
        ["~ numbers → rows  ops.arange  renamed"],
    ),
    "inputs of a nested model": (
        NESTED,
        {"{a: {shape: [8]}, b: {shape: [8]}}": "{b: {shape: [8]}, a: {shape: [8]}}"},
        ["~ encoder/inputs: [a, b] → [b, a]"],
    ),
    "the last layer of a nested model": (
        SIAMESE,
        {"name: inner": "name: other"},
        ["~ encoder/inner → encoder/other  Dense  renamed"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_of_a_graph_is_told(tmp_path: Path, case: str) -> None:
    text, edits, expected = CASES[case]
    new = text
    for before, now in edits.items():
        assert before in new
        new = new.replace(before, now)
    found = compared(tmp_path, text, new)
    assert model_lines(found) == expected
    assert found.is_same == (not expected)
    assert compared(tmp_path, new, new).is_same


def test_a_model_of_another_kind_has_the_same_layers(tmp_path: Path) -> None:
    layers = [{"Dense": {"units": 4}}, "ReLU", {"Dense": {"units": 2}}]
    write(tmp_path / "old.yaml", {"input": {"shape": [8]}, "layers": layers}, "sequential")
    new = tmp_path / "new.yaml"
    assert run(["convert", str(tmp_path / "old.yaml"), "--to", "functional", "-o", str(new)]) == 0
    found = diff(tmp_path / "old.yaml", new)
    assert model_lines(found) == ["~ sequential → functional"]
    assert {str(tensor.fit) for tensor in found.tensors} == {"fits"}


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_spec_is_the_one_of_a_run_of_it(path: Path, tmp_path: Path) -> None:
    """A run has its spec with all defaults written out."""
    expanded = tmp_path / "expanded.yaml"
    assert run(["expand", str(path), "-o", str(expanded)]) == 0
    found = diff(path, expanded)
    assert (found.layers, found.affected, found.ends, found.kind) == ((), (), {}, None)
    assert not found.totals


def test_an_object_is_told_in_short(tmp_path: Path) -> None:
    other = ENDS.replace("{units: 4}", "{units: 4, kernel_initializer: he_normal}", 1)
    told = "~ a  Dense  kernel_initializer: GlorotUniform → HeNormal"
    assert model_lines(compared(tmp_path, ENDS, other)) == [told]
    written = other.replace("he_normal", "{HeNormal: {}}")
    assert compared(tmp_path, other, written).is_same
    seeded = other.replace("he_normal", "{HeNormal: {seed: 3}}")
    told = "~ a  Dense  kernel_initializer: HeNormal → {HeNormal: {seed: 3}}"
    assert model_lines(compared(tmp_path, other, seeded)) == [told]


def test_one_layer_of_a_long_stack_is_one_change(tmp_path: Path) -> None:
    old = [{"Dense": {"units": 8}}] * 1000
    new = [*old]
    new[500] = {"Dense": {"units": 8, "use_bias": False}}
    models = ({"input": {"shape": [8]}, "layers": layers} for layers in (old, new))
    found = compared(tmp_path, *models, kind="sequential")
    assert [(change.name, set(change.arguments)) for change in found.layers] == [
        ("dense_500", {"use_bias"})
    ]


def test_tensors_of_models_have_the_paths_of_their_layers(tmp_path: Path) -> None:
    app = "applications.MobileNetV2"
    tops = {"include_top": False, "weights": None}

    def model(**more: Any) -> dict[str, Any]:
        layer = {app: {**tops, **more, "name": "net"}}
        return {"input": {"shape": [32, 32, 3]}, "layers": [layer]}

    found = compared(tmp_path, model(alpha=1.0), model(alpha=0.5), kind="sequential")
    assert model_lines(found)[0].startswith("~ net  MobileNetV2  alpha: 1.0 → 0.5")
    assert len(found.layers) == 1
    assert {t.name: t.old_shape for t in found.tensors if t.layer == "net/Conv1"} == {
        "kernel": (3, 3, 3, 32)
    }
    without = {"input": {"shape": [32, 32, 3]}, "layers": [{"Flatten": {"name": "net"}}]}
    found = compared(tmp_path, model(), without, kind="sequential")
    assert {str(tensor.fit) for tensor in found.tensors} == {"gone"}
    assert len(found.tensors) == 260


def test_the_rename_that_is_told_is_the_one_of_initial_weights(tmp_path: Path) -> None:
    found = compared(
        tmp_path, SIAMESE.replace("between", "gap"), SIAMESE.replace("encoder", "tower")
    )
    assert "rename: {encoder: tower}}" in FORMATS["text"](found)
    wider = SIAMESE.replace("encoder", "tower").replace("{units: 1}", "{units: 2}")
    found = compared(tmp_path, SIAMESE, wider)
    told = "initial_weights: {from: …, rename: {encoder: tower}, fresh: [same]}"
    assert told in FORMATS["text"](found)


@pytest.mark.parametrize(
    ("new", "told"), [(0.25, "0.5 → 0.25"), (0.500001, "0.5 → 0.500001")], ids=["far", "near"]
)
def test_metrics_of_runs_of_one_spec_are_told(tmp_path: Path, new: float, told: str) -> None:
    same = compared(tmp_path, ENDS, ENDS)
    sides = [
        replace(side, metrics={"val_loss": value})
        for side, value in zip((same.old, same.new), (0.5, new), strict=True)
    ]
    found = diff_specs(*sides)
    assert found.is_same
    for form in ("text", "markdown"):
        assert f"~ val_loss: {told}" in FORMATS[form](found)


def test_no_value_ends_a_code_block_or_a_line(tmp_path: Path) -> None:
    text = (
        "modelspec: 1\nmodel:\n  sequential:\n    input: {shape: [1], name: a}\n"
        "    layers: [Dense: {units: 1, name: b}]\n"
        "data: {train: {csv: PATH}, targets: {b: TARGET}}\n"
    )
    (tmp_path / "old.yaml").write_text(text.replace("PATH", "a.csv").replace("TARGET", "y"))
    path = '"x\\n````\\e[31m.csv"'
    (tmp_path / "new.yaml").write_text(text.replace("PATH", path).replace("TARGET", '"12"'))
    found = diff(tmp_path / "old.yaml", tmp_path / "new.yaml")
    shown = FORMATS["markdown"](found)
    assert '\n`````diff\n~ train.csv: a.csv → "x\\n````\\x1b[31m.csv"\n' in shown
    assert '~ targets.b: y → "12"' in shown
    assert "\x1b" not in shown


def test_a_section_that_is_new_has_a_line_for_each_key(tmp_path: Path) -> None:
    old = write(tmp_path / "old.yaml", ENDS)
    new = tmp_path / "new.yaml"
    new.write_text(old.read_text() + "expect: {params: {max: 100}, flops: {max: 500}}\n")
    text = FORMATS["text"](diff(old, new))
    assert "\nexpect\n  + params: {max: 100}\n  + flops: {max: 500}\n" in text


def test_long_values_show_where_they_differ(tmp_path: Path) -> None:
    old = write(tmp_path / "old.yaml", SIAMESE)
    training = "training: {loss: mse, optimizer: adam, epochs: 1, callbacks: [%s]}"
    callbacks = "EarlyStopping: {}, TerminateOnNaN"
    old.write_text(old.read_text() + training % callbacks)
    new = tmp_path / "new.yaml"
    new.write_text(old.read_text().replace(", TerminateOnNaN]", "]"))
    told = "\ntraining\n  - callbacks: {TerminateOnNaN: {raise_error: false}}\n"
    assert told in FORMATS["text"](diff(old, new))
    long = "0.001, " * 30
    paths = (
        write(tmp_path / "a.yaml", LISTS % (long, 1)),
        write(tmp_path / "b.yaml", LISTS % (long, 2)),
    )
    found = model_lines(diff(*paths))
    assert found == ["~ out  ops.array  x: ….001, 0.001, 0.001, 1] → ….001, 0.001, 0.001, 2]"]
    path = write(tmp_path / "c.yaml", ENDS)
    sides = [tmp_path / "d.yaml", tmp_path / "e.yaml"]
    for side, count in zip(sides, (90, 91), strict=True):
        rest = "inputs: {x: [p], z: [q]}, targets: {a: y, b: z}"
        data = f"data: {{train: {{csv: {'a' * count}}}, {rest}}}\n"
        side.write_text(path.read_text().replace("- 8", "- 1") + data)
    assert f"csv: …{'a' * 20} → …{'a' * 21}" in FORMATS["text"](diff(*sides))


LISTS = """
inputs: {x: {shape: [31]}}
layers: {out: {ops.array: {x: [%s%s]}}, sum: ops.add, y: {Dense: {units: 1}}}
edges: ["x, out -> sum -> y"]
outputs: y
"""


def test_git_is_set_up_in_a_folder_whose_name_has_spaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path / "my [specs]"
    folder.mkdir()
    write(folder / "a b.yaml", ENDS)
    monkeypatch.chdir(folder)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    set_up(["*.yaml"])
    asked = ["git", "check-attr", "diff", "a b.yaml", "c.txt"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert done.stdout == "a b.yaml: diff: modelspec\nc.txt: diff: unspecified\n"
    assert done.stderr == ""

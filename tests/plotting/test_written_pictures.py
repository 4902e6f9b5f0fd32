"""`modelspec plot`: the files that it writes, and what it says."""

from __future__ import annotations

import json
import re
import struct
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from drawn import drawing_of

import modelspec
from modelspec.cli import run
from modelspec.plotting import PICTURE_FORMATS, Drawing, Folding, Picture
from modelspec.plotting.writing.dot import as_dot
from modelspec.plotting.writing.mermaid import MOST_LINES, MOST_TEXT, as_mermaid
from modelspec.plotting.writing.page import as_page
from modelspec.plotting.writing.png import MOST_PIXELS, as_png

ROOT = Path(__file__).parents[2]
DIGITS = str(ROOT / "specs/digits.yaml")

ODD_NAMES = """
modelspec: 1
name: odd
model:
  functional:
    inputs: {"x": {shape: [4]}}
    layers:
      end: {Dense: {units: 3}}
      class: {Activation: {activation: relu}}
      subgraph: Flatten
    edges: [x -> end -> class -> subgraph]
    outputs: subgraph
"""

WRONG = """
modelspec: 1
name: wrong
model:
  sequential:
    input: {shape: [8, 8, 1]}
    layers:
      - Conv2D: {filters: 4, kernel_size: 3}
      - Conv2D: {filters: 4, kernel_size: 30, name: large}
      - Flatten
      - Dense: {units: 2}
"""


def odd_drawing() -> Drawing:
    """Names that no spec can have, but a format may meet elsewhere."""
    drawing = drawing_of(ODD_NAMES)
    drawing.scene.nodes[1].name = 'p"] --> q`#<br>'
    return replace(drawing, name='a "b" <c> & {d} %%e')


@pytest.mark.parametrize("form", [form for form in PICTURE_FORMATS if form != "png"])
def test_the_ending_says_the_format(form: str, tmp_path: Path) -> None:
    for ending in PICTURE_FORMATS[form].suffixes:
        path = tmp_path / f"a{ending}"
        assert run(["plot", DIGITS, "-o", str(path)]) == 0
        assert path.read_text(encoding="utf-8") == modelspec.plot(DIGITS, form=form)


def test_svg_is_sound_and_names_every_layer(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plot", DIGITS]) == 0
    text = capsys.readouterr().out
    names = [each.text for each in ElementTree.fromstring(text).iter() if each.text]
    assert {"digits", "conv2d_3", "67,562 parameters, all trained", "8×8×32"} <= set(names)
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"(href|src|url)\s*[=(]", text)


def test_a_theme_is_written_alone() -> None:
    dark = str(modelspec.plot(DIGITS, theme="dark"))
    assert "prefers-color-scheme" not in dark
    assert "#10151d" in dark
    with pytest.raises(modelspec.UsageError, match=r"a theme is auto, light or dark, got blue"):
        modelspec.plot(DIGITS, theme="blue")


def test_errors_stand_at_their_layer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "wrong.yaml"
    spec.write_text(WRONG)
    assert run(["plot", str(spec), "-o", str(tmp_path / "a.svg")]) == 1
    said = capsys.readouterr().err
    assert "the spec has 1 error, in red in the picture: modelspec validate" in said
    bad = [n for n in drawing_of(WRONG).scene.nodes if n.findings]
    assert [node.name for node in bad] == ["large"]
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert 'class="convolution bad"' in text
    assert ">line 9: error:" in text


def test_a_model_with_broken_edges_is_drawn_as_far_as_it_goes() -> None:
    drawing = drawing_of(ODD_NAMES.replace("end -> class", "end, nothing -> class"))
    names = {node.name for node in drawing.scene.nodes}
    assert {"x", "end", "class", "subgraph"} <= names
    assert drawing.findings


def test_layers_without_an_edge_are_shown_beside_the_rest() -> None:
    drawing = drawing_of(ODD_NAMES.replace("subgraph: Flatten", "subgraph: Flatten\n      b: ReLU"))
    spare = next(node for node in drawing.scene.nodes if node.name == "b")
    assert [finding.code for finding in spare.findings] == ["unused-layer"]
    assert drawing.scene.nodes[1].shapes == {None: "3"}


def test_what_is_no_spec_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "a.yaml"
    spec.write_text("modelspec: 1\nmodel: 3\n")
    assert run(["plot", str(spec), "-o", str(tmp_path / "a.svg")]) == 1
    assert "a.yaml:2:8: error" in capsys.readouterr().out
    assert not (tmp_path / "a.svg").exists()


def test_an_ending_of_no_format_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plot", DIGITS, "-o", "a.gif"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("modelspec: the ending of a.gif says no format: svg is .svg, png is ")
    assert said.endswith("dot is .dot or .gv; or choose one by --format\n")


def test_mermaid_escapes_names_and_keeps_to_the_limits_of_github() -> None:
    text = as_mermaid(odd_drawing())
    assert text.startswith('flowchart TD\n%% a "b" <c> & ')
    assert "<b>p#quot;] --#gt; q#96;#35;#lt;br#gt;</b>" in text
    nodes = [line.split("[")[0].strip(" (") for line in text.splitlines() if ":::" in line]
    assert nodes == ["n0", "n1", "n2", "n3", "n4"]  # not the names, of which `end` would end all
    layers = "".join(f"      - Dense: {{units: {8 + n}}}\n" for n in range(700))
    large = drawing_of(
        "modelspec: 1\nmodel:\n  sequential:\n    input: {shape: [4]}\n    layers:\n"
        f"      - Sequential:\n          layers:\n{layers.replace('      -', '            -')}",
        unfold=True,
    )
    text = as_mermaid(large)
    assert text.count("-->") <= MOST_LINES
    assert len(text) <= MOST_TEXT


def test_dot_has_every_name_between_quotes() -> None:
    text = as_dot(odd_drawing())
    assert text.startswith('digraph "a \\"b\\" <c> & {d} %%e" {')
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    assert '"' not in bare
    assert bare.count("{") == bare.count("}")
    assert bare.count("[") == bare.count("]")


@pytest.mark.parametrize("outputs", ["y", "nothing"], ids=["with shapes", "without"])
def test_a_class_that_there_is_not_is_shown_as_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], outputs: str
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(
        "modelspec: 1\nmodel:\n  functional:\n    inputs: {x: {shape: [4]}}\n"
        "    layers: {a: {Dnse: {units: 3}}, y: {Dense: {units: 2}}}\n"
        f"    edges: [x -> a -> y]\n    outputs: {outputs}\n"
    )
    assert run(["plot", str(path), "--format", "mermaid"]) == 1
    assert "<b>a</b><br/>unknown layer" in capsys.readouterr().out


def test_png_is_drawn_by_resvg(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py")
    path = tmp_path / "a.png"
    assert run(["plot", DIGITS, "-o", str(path)]) == 0
    assert path.read_bytes().startswith(b"\x89PNG\r\n")


def test_a_png_is_at_most_as_large_as_programs_open() -> None:
    pytest.importorskip("resvg_py")
    drawing = drawing_of(ODD_NAMES)
    for height, least in ((20_000, MOST_PIXELS), (9_000, 9_000)):
        content = as_png(Picture(drawing, 400, height))
        width, tall = struct.unpack(">II", content[16:24])
        assert width < least <= tall <= MOST_PIXELS


def test_png_without_resvg_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert run(["plot", DIGITS, "-o", str(tmp_path / "a.png")]) == 3
    assert "pip install 'keras-modelspec[plot]'" in capsys.readouterr().err


def test_a_page_has_all_in_it_and_asks_no_host() -> None:
    text = str(modelspec.plot(ROOT / "specs/resnet.yaml", form="html"))
    assert "default-src 'none'" in text
    assert not re.search(r"""(href|src)=|url\(|@import|fetch\(|https?://(?!www\.w3\.org)""", text)
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert set(re.findall(r'<template id="view-(\w+)">', text)) == set(data["views"])
    stem = data["nodes"]["stem"]
    assert ["parameters", "432"] in stem["facts"]
    assert ["in the spec", f"{ROOT}/specs/resnet.yaml:34"] in stem["facts"]
    assert ["kernel_size", "3"] in stem["arguments"]
    assert "stage1/conv1" in data["nodes"]
    for view in data["views"].values():
        assert set(view["paths"]) <= set(data["nodes"])
        assert set(view["inside"].values()) <= set(data["views"])


def test_a_page_shows_the_findings_and_no_text_ends_its_data() -> None:
    drawing = replace(odd_drawing(), name="</script><b>")
    text = as_page(drawing, Folding())
    assert "</script><b>" not in text
    assert text.count("</script>") == 2
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert data["name"] == "</script><b>"


def test_validate_does_not_load_it() -> None:
    import subprocess

    program = (
        "import sys; from modelspec.cli import run; run(['validate', sys.argv[1]]);"
        "sys.exit(any(name.startswith('modelspec.plotting') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program, DIGITS], check=False, capture_output=True)
    assert done.returncode == 0


def test_the_pictures_of_the_documentation_are_what_the_command_draws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    drawn = modelspec.plot("specs/resnet.yaml")
    assert (ROOT / "docs/pictures/resnet.svg").read_text(encoding="utf-8") == drawn

"""csv and npz: what is read, and what a bad file, column or row says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from data_cases import IMAGE, ONE_INPUT, TWO_INPUTS, errors_of, table

from modelspec.data.sources.csv_text import separator_hint
from modelspec.data.sources.files import DataFile
from modelspec.diagnostics.finding import Span
from modelspec.spec.data import Source, options_of

pytestmark = pytest.mark.tensorflow

PLAIN = "{train: {csv: t.csv}, targets: kind}"


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("", "empty-data", "t.csv is empty"),
        ("x1,x2,kind\n", "empty-data", "has a header but no rows"),
        (b"x1,x2,kind\n1,2,\xff\n", "bad-data-file", "t.csv is not UTF-8 text"),
        ("x1,x2,kind\n1,2,a\n1,2\n", "bad-data-file", "row 3 has 2 values, the header has 3: 1,2"),
        ("x1,x1,kind\n1,2,a\n", "duplicate-column", "two columns called `x1`"),
        ("x1;x2;kind\n1;2;a\n", "unknown-column", "seem to be separated by semicolons"),
        ("x1,x2,kint\n1,2,a\n", "unknown-column", 'no column `kind`; did you mean "kint"'),
        ("kind\na\nb\n", "input-without-columns", "besides the targets: none"),
        ("x1,x2,kind\n1,2,a\n1,two,b\n", "not-a-number", '`x2` is "two" in t.csv, row 3'),
        ("x1,x2,kind\n1,inf,a\n1,2,b\n", "not-finite", "`x2` is infinite in t.csv, row 2"),
        (
            "x1,x2,x3,kind\n1,2,3,a\n4,5,6,b\n",
            "input-shape",
            "takes shape [2], but 3 columns make [3]",
        ),
    ],
)
def test_bad_tables(load: Any, content: Any, code: str, words: str) -> None:
    loaded, findings = load(PLAIN, {"t.csv": content})
    assert loaded is None
    assert len(findings) == 1
    assert f"[{code}]" in findings[0]
    assert words in findings[0]


def test_a_file_given_by_hand_is_read_as_the_csv_of_the_training() -> None:
    from modelspec.data.new_data.open_file import source_for_new_data

    span = Span("n.csv", 1, 1, 1, 1)
    table = Source("csv", ("t.csv",), (span,), span, {**options_of("csv"), "delimiter": ";"})
    images = Source("images", ("t.csv",), (span,), span, options_of("images"), table=table)
    for trained in (table, images):
        found = source_for_new_data(trained, Path("n.csv"), span)
        assert found is not None
        assert (found.table or found).options["delimiter"] == ";"
        assert found.paths == ("n.csv",)
    hint = separator_hint(DataFile(Path("n.csv"), "n.csv", span, table), ["a,b"])
    assert hint.endswith("new files are read like the training data, with semicolons")


def test_a_bad_value_far_down_names_its_row(load: Any) -> None:
    lines = [f"{i}.5,{i},a" for i in range(200_000)]
    lines[150_000] = "oops,1,a"
    loaded, findings = load(
        "{train: {csv: t.csv}, targets: {kind: {column: kind, labels: [a, b]}}}",
        {"t.csv": "\n".join(["x1,x2,kind", *lines, ""])},
    )
    assert loaded is None
    assert len(findings) == 1
    assert '`x1` is "oops" in t.csv, row 150002' in findings[0]


def test_a_text_column_says_what_it_needs(load: Any) -> None:
    _, findings = load(
        "{train: {csv: t.csv}, inputs: [x1, kind], targets: kind}", {"t.csv": table(3)}
    )
    assert len(errors_of(findings)) == 1
    assert '`kind` is "a" in t.csv, row 2 and 2 more' in findings[0]
    assert "dtype: string" in findings[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("{train: {csv: no.csv}, targets: kind}", 'no file "no.csv"'),
        ("{train: {csv: tt.csv}, targets: kind}", 'did you mean "t.csv"'),
        ('{train: {csv: "x*.csv"}, targets: kind}', 'no file matches "x*.csv"'),
        ("{train: {csv: sub}, targets: kind}", '"sub/*"'),
    ],
)
def test_files_that_are_not_there(load: Any, data: str, words: str) -> None:
    loaded, findings = load(data, {"t.csv": table(3), "sub/x": ""})
    assert loaded is None
    assert len(findings) == 1
    assert words in findings[0]


def test_a_file_without_permission(load: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table(3))
    (tmp_path / "t.csv").chmod(0)
    try:
        (tmp_path / "t.csv").read_text()
    except PermissionError:
        _, findings = load(PLAIN, {})
        assert len(findings) == 1
        assert "cannot be read: Permission denied" in findings[0]
    else:
        pytest.skip("this user may read every file")


def test_text_and_numbers_become_named_inputs(load: Any) -> None:
    import numpy as np

    data, findings = load(
        "{train: {csv: t.csv}, inputs: {word: w, numbers: [b, a]}, targets: k}",
        {
            "t.csv": 'a,b,w,k\n1,2.5,007,x\n3,4,"a, b",y\n5,true,"two\nlines",z\n'.replace(
                "true", "6"
            )
        },
        TWO_INPUTS,
    )
    assert not findings
    assert data.train.inputs["numbers"].tolist() == [[2.5, 1], [4, 3], [6, 5]]
    assert data.train.inputs["numbers"].dtype == np.float32
    assert data.train.inputs["word"].tolist() == [["007"], ["a, b"], ["two\nlines"]]
    assert data.learned.labels == {"kind": ("x", "y", "z")}


def test_booleans_are_0_and_1(load: Any) -> None:
    data, _ = load(PLAIN, {"t.csv": "x1,x2,kind\ntrue,1,a\nfalse,2,b\n"})
    assert data.train.inputs["x"].tolist() == [[1, 1], [0, 2]]


def test_all_errors_of_the_section_at_once(load: Any) -> None:
    _, findings = load(
        "{train: {csv: t.csv}, inputs: {y: x1}, targets: {kin: kind}}", {"t.csv": table(3)}
    )
    text = "\n".join(findings)
    assert "the model has no input `y`" in text
    assert "no columns feed" not in text  # `x` is what was meant by `y`
    assert 'the model has no output `kin`; did you mean "kind"' in text


def test_several_inputs_need_their_columns(load: Any) -> None:
    _, findings = load(PLAIN, {"t.csv": table(3)}, TWO_INPUTS)
    assert len(findings) == 1
    assert "2 inputs, `numbers` and `word`" in findings[0]


def test_npz_takes_the_one_array_that_is_left(load: Any) -> None:
    import numpy as np

    files = {"t.npz": {"pixels": np.ones((3, 4, 4), np.uint8), "y": np.array([2, 0, 1])}}
    data, findings = load("{train: {npz: t.npz}, targets: y}", files, IMAGE)
    assert not findings
    assert data.train.inputs["image"].shape == (3, 4, 4, 1)
    assert data.train.inputs["image"].dtype == np.float32
    assert data.train.targets["kind"].tolist() == [[2], [0], [1]]


def test_npz_text_labels_and_missing_numbers(load: Any) -> None:
    import numpy as np

    files = {
        "t.npz": {
            "x": np.array([[1, np.nan], [3, 4], [np.nan, 8], [2, 6]], np.float32),
            "k": np.array(["b", "a", "b", "b"]),
        }
    }
    section = "{train: {npz: t.npz}, targets: k, missing: {x: mean}}"
    data, findings = load(section, files)
    assert not findings
    assert data.train.inputs["x"].tolist() == [[1, 6], [3, 4], [2, 8], [2, 6]]
    assert data.learned.labels == {"kind": ("a", "b")}
    dropped, _ = load(section.replace("mean", "drop"), files)
    assert dropped.train.rows.tolist() == [1, 3]
    _, findings = load("{train: {npz: t.npz}, targets: k}", files)
    assert "`x` 2 (the first in t.npz, row 0)" in findings[0]


@pytest.mark.parametrize(
    ("arrays", "code", "words"),
    [
        (b"nothing", "bad-data-file", "not a valid npz file"),
        (b"", "bad-data-file", "not a valid npz file"),
        ({"image": (3, 4, 4, 1), "y": (2,)}, "unequal-lengths", "has 3 examples, `y` has 2"),
        ({"image": (3, 4, 5, 1), "y": (3,)}, "input-shape", "`image` has [4, 5, 1]"),
        ({"image": (3, 1, 4, 4), "y": (3,)}, "input-shape", "np.moveaxis(x, 1, -1)"),
        ({"image": (0, 4, 4, 1), "y": (0,)}, "empty-data", "has no examples"),
        ({"a": (3, 4, 4, 1), "b": (3,), "y": (3,)}, "input-without-columns", "`a` and `b`"),
        ({"image": (3, 4, 4, 1), "z": (3,)}, "unknown-column", "no column `y`"),
    ],
)
def test_bad_archives(load: Any, arrays: Any, code: str, words: str) -> None:
    import numpy as np

    content = arrays
    if not isinstance(arrays, bytes):
        content = {name: np.zeros(shape) for name, shape in arrays.items()}
    loaded, findings = load("{train: {npz: t.npz}, targets: y}", {"t.npz": content}, IMAGE)
    assert loaded is None
    assert len(findings) == 1
    assert f"[{code}]" in findings[0]
    assert words in findings[0]


def test_an_archive_of_objects_is_not_unpickled(load: Any) -> None:
    import numpy as np

    files = {"t.npz": {"image": np.array([{}, {}, {}], dtype=object), "y": np.zeros(3)}}
    _, findings = load("{train: {npz: t.npz}, targets: y}", files, IMAGE)
    assert len(findings) == 1
    assert "contains Python objects" in findings[0]


def test_a_damaged_archive_is_not_reported_as_one_of_objects(load: Any) -> None:
    import io

    import numpy as np

    stream = io.BytesIO()
    np.savez(stream, image=np.ones((3, 2)), y=np.zeros(3))
    content = bytearray(stream.getvalue())
    content[200] ^= 0xFF  # within the values of `image`
    _, findings = load("{train: {npz: t.npz}, targets: y}", {"t.npz": bytes(content)}, IMAGE)
    assert len(findings) == 1
    assert "is not a valid npz file" in findings[0]


def test_whole_numbers_where_the_input_takes_them(load: Any) -> None:
    model = ONE_INPUT.replace("shape: [2]", "shape: [2], dtype: int32")
    _, findings = load(PLAIN, {"t.csv": "x1,x2,kind\n1,2,a\n1,2.5,b\n"}, model)
    assert len(findings) == 1
    assert "takes int32, but `x2` is 2.5 in t.csv, row 3" in findings[0]


@pytest.mark.parametrize("weight", ["-1", "NA"])
def test_weights(load: Any, weight: str) -> None:
    section = "{train: {csv: t.csv}, inputs: [x1, x2], targets: kind, sample_weight: w}"
    data, findings = load(section, {"t.csv": "x1,x2,w,kind\n1,2,0.5,a\n3,4,2,b\n"})
    assert not findings
    assert data.train.weights.tolist() == [0.5, 2]
    _, findings = load(section, {"t.csv": f"x1,x2,w,kind\n1,2,{weight},a\n3,4,2,b\n"})
    assert len(findings) == 1
    assert "t.csv, row 2" in findings[0]
